"""LangChain's ``InMemoryRateLimiter`` under ``ChatOpenAI`` with ten retries.

It knows one process and requests only. Several processes get an equal part of the limit each, which is the best that
can be done with it; a limit of tokens becomes the calls of the middle size that it admits. A bucket holds one call, as
by default.
"""

from __future__ import annotations

import importlib
from typing import Any

from tests.benchmarks.runtime.clients import raw_sdk
from tests.benchmarks.runtime.protocol import ClientSettings
from tests.benchmarks.runtime.shapes import RPM


class Client:
    """A chat model that asks its limiter first."""

    def __init__(self, settings: ClientSettings) -> None:
        raw_sdk.scale_pauses(settings.scale)
        limiters: Any = importlib.import_module("langchain_core.rate_limiters")
        chat: Any = importlib.import_module("langchain_openai")
        requests = settings.rpm or RPM
        limiter = limiters.InMemoryRateLimiter(
            requests_per_second=requests / settings.minute / settings.processes,
            check_every_n_seconds=0.1 * settings.scale,
        )
        self._model = chat.ChatOpenAI(
            model=raw_sdk.MODEL,
            base_url=settings.base_url,
            api_key="bench",
            max_tokens=16,
            max_retries=raw_sdk.RETRIES,
            timeout=600,
            rate_limiter=limiter,
        )

    def call(self, prompt: str, tokens: int) -> None:
        """Wait for the limiter, then ask."""
        self._model.invoke(prompt)

    def close(self) -> None:
        """Close the connections."""
        self._model.root_client.close()
