"""``pyrate-limiter`` in front of OpenAI's SDK with ten retries: the limit that is believed, in a bucket of its own.

In memory for one process; for several in Redis, the one of its buckets that more than one machine may share.
"""

from __future__ import annotations

import importlib
from typing import Any

from tests.benchmarks.runtime.clients import raw_sdk
from tests.benchmarks.runtime.protocol import ClientSettings


class Client:
    """A call waits for its place in the bucket, then goes to the SDK."""

    def __init__(self, settings: ClientSettings) -> None:
        self._sdk = raw_sdk.Client(settings)
        self._by_tokens = settings.tpm is not None
        limiting: Any = importlib.import_module("pyrate_limiter")
        limit = settings.tpm or settings.rpm
        rates = [limiting.Rate(limit, round(settings.minute * 1000))]
        if settings.ledger == "redis":
            redis: Any = importlib.import_module("redis")
            self._store: Any = redis.Redis.from_url(settings.ledger_url)
            bucket = limiting.RedisBucket.init(rates, self._store, "bench")
        else:
            self._store = None
            bucket = limiting.InMemoryBucket(rates)
        self._limiter = limiting.Limiter(bucket)

    def call(self, prompt: str, tokens: int) -> None:
        """Take one place, or as many as the call has tokens, and ask."""
        weight = tokens if self._by_tokens else 1
        if not self._limiter.try_acquire("bench", weight=weight):
            raise RuntimeError("the limiter gave no place")
        self._sdk.call(prompt, tokens)

    def close(self) -> None:
        """Close the connections."""
        self._limiter.close()
        if self._store is not None:
            self._store.close()
        self._sdk.close()
