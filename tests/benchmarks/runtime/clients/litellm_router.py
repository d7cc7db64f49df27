"""LiteLLM's ``Router`` with usage-based routing and ten retries, alone or on Redis.

It counts by the calendar's minute and cannot be told of a shorter one, so its runs last as long as real ones.
"""

from __future__ import annotations

import importlib
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.runtime.clients import raw_sdk
from tests.benchmarks.runtime.protocol import ClientSettings


class Client:
    """One deployment with the believed limits."""

    def __init__(self, settings: ClientSettings) -> None:
        litellm: Any = importlib.import_module("litellm")
        deployment: dict[str, object] = {
            "model": f"openai/{raw_sdk.MODEL}",
            "api_base": settings.base_url,
            "api_key": "bench",
            "max_tokens": 16,
        }
        deployment |= {
            name: limit for name, limit in (("rpm", settings.rpm), ("tpm", settings.tpm)) if limit is not None
        }
        shared: dict[str, object] = {}
        if settings.ledger == "redis":
            address = urlsplit(settings.ledger_url)
            shared = {"redis_host": address.hostname, "redis_port": address.port, "redis_password": ""}
        self._router = litellm.Router(
            model_list=[{"model_name": "bench", "litellm_params": deployment}],
            routing_strategy="usage-based-routing-v2",
            enable_pre_call_checks=True,
            num_retries=raw_sdk.RETRIES,
            # A model that is put aside after a failure would leave none: there is one deployment.
            disable_cooldowns=True,
            **shared,
        )

    def call(self, prompt: str, tokens: int) -> None:
        """Ask through the router."""
        self._router.completion(model="bench", messages=[{"role": "user", "content": prompt}])

    def close(self) -> None:
        """Drop the router and its handlers."""
        self._router.discard()
