"""A tracker of a fake Langfuse."""

from __future__ import annotations

from typing import Any

from llm_runtime.analytics.langfuse.tracker import LangfuseCostTracker
from tests.fakes.langfuse import SECRET_KEY, FakeLangfuse
from tests.llm_runtime.analytics.langfuse.records import BEGAN
from tests.llm_runtime.doubles import FakeClock


def tracker(server: FakeLangfuse, **fields: Any) -> LangfuseCostTracker:
    given = {"secret_key": SECRET_KEY, "base_url": server.url, "clock": FakeClock(BEGAN), **fields}
    return LangfuseCostTracker(public_key=server.public_key, **given)
