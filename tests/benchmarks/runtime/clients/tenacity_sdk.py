"""``tenacity`` around OpenAI's SDK, as OpenAI's cookbook has it: exponential pauses with full jitter, ten retries.

https://cookbook.openai.com/examples/how_to_handle_rate_limits
"""

from __future__ import annotations

import openai
import tenacity

from tests.benchmarks.runtime.clients import raw_sdk
from tests.benchmarks.runtime.protocol import ClientSettings


class Client:
    """The SDK without retries, under a decorator that has them."""

    def __init__(self, settings: ClientSettings) -> None:
        self._sdk = raw_sdk.Client(settings, retries=0)
        self._retrying = tenacity.Retrying(
            wait=tenacity.wait_random_exponential(multiplier=settings.scale, max=60 * settings.scale),
            stop=tenacity.stop_after_attempt(1 + raw_sdk.RETRIES),
            retry=tenacity.retry_if_exception_type(openai.RateLimitError),
            reraise=True,
        )

    def call(self, prompt: str, tokens: int) -> None:
        """Ask, again and again after a 429."""
        self._retrying(self._sdk.call, prompt, tokens)

    def close(self) -> None:
        """Close the connections."""
        self._sdk.close()
