"""The models we know, as data with source and date: a name comes in, its limits and capabilities go out."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

from llm_runtime.errors import UnknownModel
from llm_runtime.llm import ModelSpec

_OPENAI = "developers.openai.com/api/docs/models, read through vercel.com/ai-gateway/models and docs.oxen.ai, 2026-11"
_OPENAI_OLD = "genai-prices 0.2.3 (window), developers.openai.com/api/docs/models (output), 2026-11"
_CLAUDE = "platform.claude.com/docs/en/models/overview, 2026-11"
_CLAUDE_OLD = "platform.claude.com/docs/en/models, pages of the legacy models, 2026-11"
_CLAUDE_CAPPED = "genai-prices 0.2.3 (window); output cap not found, 64,000 taken as the vendor's lowest, 2026-11"
# Tokens from which on a marked beginning is cached (platform.claude.com/docs/en/build-with-claude/prompt-caching, read
# through copies of October 2026); too high a figure costs nothing but a cache that is not used.
_CACHED_FROM = {
    "claude-opus-5-5": 512,
    "claude-sonnet-5-5": 512,
    "claude-haiku-5-5": 512,
    "claude-fable-5-1": 512,
    "claude-opus-5": 512,
    "claude-sonnet-5": 1_024,
    "claude-opus-4-8": 1_024,
    # Documented as 1,024, measured as 2,048 (github.com/anthropics/anthropic-sdk-python/issues/1194).
    "claude-sonnet-4-6": 2_048,
    "claude-haiku-4-5": 4_096,
}
# The largest that is documented, for models that the page did not name when it was copied.
_CACHED_SURELY = 4_096
_ARGON = (
    "docs.cloud.google.com, Get started with Gemini 4, 2026-11: 1,048,576 for input, thoughts and output together; "
    "32,768 of output where the answer is not streamed, as here"
)
_GEMINI = "ai.google.dev/gemini-api/docs/models, read through vercel.com/ai-gateway/models and runware.ai, 2026-11"
_GEMINI_CAPPED = "genai-prices 0.2.3 (window), output cap of its generation (65,536), 2026-11"

MODELS: tuple[ModelSpec, ...] = (
    *(
        ModelSpec(
            provider="openai",
            name=name,
            context_window=1_050_000,
            max_output_tokens=128_000,
            effort=True,
            source=_OPENAI,
        )
        for name in (
            *("gpt-6.1-sol", "gpt-6.1-terra", "gpt-6-astra", "gpt-6-sol", "gpt-6-luna"),
            *("gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna"),
        )
    ),
    *(
        ModelSpec(
            provider="openai",
            name=name,
            context_window=window,
            max_output_tokens=output,
            effort=effort,
            source=_OPENAI_OLD,
        )
        for name, window, output, effort in (
            ("gpt-5.5", 1_000_000, 128_000, True),
            ("gpt-5.4", 1_050_000, 128_000, True),
            ("gpt-5.4-mini", 400_000, 128_000, True),
            ("gpt-5-mini", 400_000, 128_000, True),
            ("gpt-4.1", 1_000_000, 32_768, False),
            ("gpt-4.1-mini", 1_000_000, 32_768, False),
            ("gpt-4o", 128_000, 16_384, False),
        )
    ),
    *(
        ModelSpec(
            provider="anthropic",
            name=name,
            context_window=window,
            max_output_tokens=output,
            effort=effort,
            least_cached_tokens=_CACHED_FROM.get(name, _CACHED_SURELY),
            source=source,
        )
        for name, window, output, effort, source in (
            ("claude-opus-5-5", 1_000_000, 128_000, True, _CLAUDE),
            ("claude-sonnet-5-5", 1_000_000, 128_000, True, _CLAUDE),
            ("claude-haiku-5-5", 1_000_000, 128_000, True, _CLAUDE),
            ("claude-fable-5-2", 1_000_000, 128_000, True, _CLAUDE),
            ("claude-fable-5-1", 1_000_000, 128_000, True, _CLAUDE_OLD),
            ("claude-opus-5", 1_000_000, 128_000, True, _CLAUDE_OLD),
            ("claude-sonnet-5", 1_000_000, 128_000, True, _CLAUDE_OLD),
            ("claude-opus-4-8", 1_000_000, 64_000, True, _CLAUDE_CAPPED),
            ("claude-sonnet-4-6", 1_000_000, 64_000, True, _CLAUDE_CAPPED),
            ("claude-haiku-4-5", 200_000, 64_000, False, _CLAUDE_OLD),
        )
    ),
    *(
        ModelSpec(
            provider="gemini",
            name=name,
            context_window=window,
            max_output_tokens=output,
            effort=effort,
            source=source,
        )
        for name, window, output, effort, source in (
            ("gemini-4-argon", 1_048_576, 32_768, True, _ARGON),
            ("gemini-3.8-flash", 1_000_000, 65_536, True, _GEMINI),
            ("gemini-3.7-flash", 1_000_000, 65_536, True, _GEMINI),
            ("gemini-3.6-flash", 1_000_000, 65_536, True, _GEMINI_CAPPED),
            ("gemini-3.5-flash", 1_000_000, 65_536, True, _GEMINI_CAPPED),
            ("gemini-3.5-flash-lite", 1_000_000, 65_536, False, _GEMINI),
            ("gemini-3.1-pro-preview", 1_000_000, 65_536, True, _GEMINI_CAPPED),
            ("gemini-2.5-pro", 1_000_000, 65_536, False, _GEMINI_CAPPED),
            ("gemini-2.5-flash", 1_000_000, 65_536, False, _GEMINI_CAPPED),
        )
    ),
)

_UNDESCRIBED = {
    "openai": ModelSpec(provider="openai", name="", context_window=32_768, max_output_tokens=8_192),
    "anthropic": ModelSpec(
        provider="anthropic",
        name="",
        context_window=200_000,
        max_output_tokens=32_000,
        least_cached_tokens=_CACHED_SURELY,
    ),
    "gemini": ModelSpec(provider="gemini", name="", context_window=200_000, max_output_tokens=32_768),
}
_BY_ID = {spec.id: spec for spec in MODELS}
_BY_NAME = {spec.name: spec for spec in MODELS}
_DATE = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2})$")


def find(name: str) -> ModelSpec:
    """What is known of a model.

    Args:
        name: ``provider/name``, or the bare name of a model in the catalogue; a date behind a known name
            (``claude-opus-5-5-20260922``) is a version of it.

    Returns:
        The catalogue's entry. For a name it does not have, behind a provider: a cautious guess without a source.
        ``openai/`` also stands for every server that speaks OpenAI's protocol, so the guess there is what a model on a
        machine of one's own can do.

    Raises:
        UnknownModel: No such provider, or a bare name that the catalogue does not have.

    Example:
        >>> find("claude-opus-5-5-20260922").id
        'anthropic/claude-opus-5-5-20260922'
        >>> find("openai/a-model-of-ours").source
        ''
    """
    name = name.strip()
    known = _BY_ID.get(name) or _BY_NAME.get(name)
    if known is not None:
        return known
    undated = _DATE.sub("", name)
    base = _BY_ID.get(undated) or _BY_NAME.get(undated)
    if base is not None:
        return replace(base, name=name.removeprefix(f"{base.provider}/"))
    provider, slash, model = name.partition("/")
    if slash and provider in _UNDESCRIBED and model:
        return replace(_UNDESCRIBED[provider], name=model)
    raise UnknownModel(_unknown(name, provider if slash else "", model))


def similar(provider: str, name: str) -> str | None:
    """The name of a model of that provider which is almost called ``name``; None for a name that is known itself."""
    names = [known.name for known in MODELS if known.provider == provider]
    near = [] if name in names else difflib.get_close_matches(name, names, n=1, cutoff=0.8)
    return near[0] if near else None


def _unknown(name: str, provider: str, model: str) -> str:
    if provider and provider not in _UNDESCRIBED:
        if model in _BY_NAME:
            return f"no provider is called {provider!r}; did you mean {_BY_NAME[model].id}?"
        providers = ", ".join(_UNDESCRIBED)
        hint = f"write openai/{name} for a model on an OpenAI-compatible server"
        return f"no provider is called {provider!r}; there are {providers}; {hint}"
    near = difflib.get_close_matches(name, [*_BY_NAME, *_BY_ID], n=1, cutoff=0.5)
    guess = f"did you mean {_BY_NAME.get(near[0], _BY_ID.get(near[0], MODELS[0])).id}?" if near else ""
    return f"no model is called {name!r}; {guess or 'write it as provider/model'}"
