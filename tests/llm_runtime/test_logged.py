from __future__ import annotations

import logging

import pytest

from llm_runtime.events import BreakerOpened, LedgerFound, LedgerLost, LimitsUnknown, PriceUnknown, Waited, WaitReason
from llm_runtime.logged import LoggedEvents


def test_what_somebody_should_know_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="llm_runtime"):
        for event in (
            LedgerLost(detail="redis does not answer"),
            LimitsUnknown(provider="openai", model="new"),
            BreakerOpened(provider="openai", model="m", error="QuotaExhausted", seconds=90),
            BreakerOpened(provider="openai", model="m", error="AuthenticationFailed", seconds=None),
            LedgerFound(),
            PriceUnknown(provider="openai", model="m"),
            Waited(provider="openai", model="m", seconds=1.25, reason=WaitReason.BACKOFF),
        ):
            LoggedEvents().record(event)

    assert [(record.levelname, record.message) for record in caplog.records] == [
        (
            "WARNING",
            "the shared ledger is lost (redis does not answer); limits are kept alone and cautiously until it answers",
        ),
        ("WARNING", "openai/new: its limits are not known, so cautious ones are kept; set yours"),
        ("WARNING", "openai/m is not asked any more for 90 s: QuotaExhausted"),
        ("WARNING", "openai/m is not asked any more until this process restarts: AuthenticationFailed"),
        ("INFO", "the shared ledger answers again"),
        ("INFO", "openai/m: its price is not known, so neither is the cost"),
        ("DEBUG", "openai/m: waited 1.2 s for backoff"),
    ]


def test_nothing_is_worded_that_nobody_reads(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="llm_runtime"):
        LoggedEvents().record(LedgerFound())

    assert caplog.records == []
