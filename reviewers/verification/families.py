"""Which models were raised together: a model's name goes in, its family comes out.

Two models of one family share training data and blind spots, so that one's second look at the other's finding says
less than a stranger's.
"""

from __future__ import annotations

import re

_OF_PROVIDERS = {"anthropic": "anthropic", "gemini": "google"}
"""Providers that serve their own models only; an OpenAI-compatible server may serve anybody's."""

_OF_NAMES = {
    "gpt": "openai",
    "chatgpt": "openai",
    "codex": "openai",
    "o": "openai",
    "claude": "anthropic",
    "gemini": "google",
    "gemma": "google",
    "llama": "meta",
    "codellama": "meta",
    "qwen": "alibaba",
    "qwq": "alibaba",
    "mistral": "mistral",
    "mixtral": "mistral",
    "ministral": "mistral",
    "magistral": "mistral",
    "codestral": "mistral",
    "devstral": "mistral",
    "deepseek": "deepseek",
    "grok": "xai",
    "kimi": "moonshot",
    "glm": "zhipu",
    "phi": "microsoft",
    "granite": "ibm",
    "nemotron": "nvidia",
    "command": "cohere",
    "minimax": "minimax",
    "nova": "amazon",
}
"""What the names of a family's models begin with, digits left out."""

_VERSION = re.compile(r"(-[0-9][0-9-]*|@[0-9]+|-latest)?")


def family_of(model: str) -> str:
    """The family of a model, by its provider or, where that serves others' models too, by its name.

    A distilled model is of the family that it was distilled into, which the end of its name says; a name that nobody
    knows is a family of its own.

    Args:
        model: As ``provider/name``; the name may have slashes, as gateways and hubs write them.

    >>> family_of("openai/gpt-6.1-sol"), family_of("openai/meta-llama/Llama-4-70B"), family_of("gemini/gemini-4-argon")
    ('openai', 'meta', 'google')
    """
    provider, _, name = model.partition("/")
    if provider in _OF_PROVIDERS:
        return _OF_PROVIDERS[provider]
    words = re.findall(r"[a-z]+", name.rpartition("/")[2].lower())
    known = [word for word in words if word in _OF_NAMES and (word != "o" or word == words[0])]
    if known:
        return _OF_NAMES[known[-1]]
    return words[0] if words else name


def same_model(one: str, other: str) -> bool:
    """Whether two names are of one model, of which one may carry the version that the vendor answered with.

    >>> same_model("openai/gpt-6-sol", "openai/gpt-6-sol-2026-10-01"), same_model("openai/gpt-6", "openai/gpt-6-sol")
    (True, False)
    """
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and _VERSION.fullmatch(long[len(short) :]) is not None
