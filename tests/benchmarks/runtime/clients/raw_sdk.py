"""OpenAI's SDK with ten retries of its own; its pauses are scaled as the minute is."""

from __future__ import annotations

import importlib

import openai

from tests.benchmarks.runtime.protocol import ClientSettings

MODEL = "gpt-4o-mini"
RETRIES = 10


class Client:
    """The SDK as it comes."""

    def __init__(self, settings: ClientSettings, *, retries: int = RETRIES) -> None:
        scale_pauses(settings.scale)
        self._client = openai.OpenAI(base_url=settings.base_url, api_key="bench", max_retries=retries, timeout=600)

    def call(self, prompt: str, tokens: int) -> None:
        """Ask, for as long as the SDK tries."""
        self._client.chat.completions.create(
            model=MODEL, max_completion_tokens=16, messages=[{"role": "user", "content": prompt}]
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def scale_pauses(scale: float) -> None:
    """Shorten the pauses that the SDK makes where the vendor says nothing (0.5 to 8 s), so that minutes stay minutes.

    Raises:
        AttributeError: This version of the SDK keeps them elsewhere.
    """
    module = importlib.import_module("openai._base_client")
    for name, seconds in (("INITIAL_RETRY_DELAY", 0.5), ("MAX_RETRY_DELAY", 8.0)):
        getattr(module, name)
        setattr(module, name, seconds * scale)
