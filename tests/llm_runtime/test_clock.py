from __future__ import annotations

from datetime import UTC, datetime

from llm_runtime.clock import SystemClock


def test_the_systems_clock_goes_forward_and_knows_its_zone() -> None:
    clock = SystemClock()

    assert clock.monotonic() <= clock.monotonic()
    assert clock.now().tzinfo is UTC
    assert clock.now() > datetime(2026, 1, 1, tzinfo=UTC)
