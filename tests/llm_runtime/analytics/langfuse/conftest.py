from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from langfuse._client.resource_manager import LangfuseResourceManager

from llm_runtime.analytics.langfuse import adapter
from tests.fakes.langfuse import FakeLangfuse

_KEYS = itertools.count()


@pytest.fixture
def langfuse() -> Iterator[FakeLangfuse]:
    """A Langfuse that listens."""
    # The SDK keeps one connection for each public key in a process, so every test takes a key of its own.
    with FakeLangfuse(public_key=f"pk-lf-{next(_KEYS)}") as server:
        yield server
    disconnect(server.public_key)


@pytest.fixture
def gone() -> Iterator[FakeLangfuse]:
    """A Langfuse that listens no more."""
    with FakeLangfuse(public_key=f"pk-lf-{next(_KEYS)}") as server:
        pass
    yield server
    disconnect(server.public_key)


def disconnect(public_key: str) -> None:
    """What we and the SDK leave to the end of the process: threads and connections."""
    adapter._ADAPTERS.pop(public_key, None)
    with LangfuseResourceManager._lock:
        manager = LangfuseResourceManager._instances.pop(public_key, None)
    if manager is not None and manager.tracer_provider is not None:
        manager.tracer_provider.shutdown()
        manager.shutdown()
        manager.httpx_client.close()
