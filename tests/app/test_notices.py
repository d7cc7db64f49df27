from __future__ import annotations

from decimal import Decimal

from app.notices import Notices
from llm_runtime.events import (
    BreakerOpened,
    BudgetNearlySpent,
    CallEnded,
    Event,
    FellBack,
    LedgerFound,
    LedgerLost,
    LimitsUnknown,
    PriceUnknown,
    Waited,
    WaitReason,
)
from llm_runtime.messages import Call


def lines(*events: Event) -> list[str]:
    said: list[str] = []
    notices = Notices(said.append)
    for event in events:
        notices.record(event)
    return said


def waited(seconds: float) -> Waited:
    return Waited(provider="openai", model="m", seconds=seconds, reason=WaitReason.RATE_LIMIT)


def test_long_waits_are_told_and_short_ones_are_not() -> None:
    assert lines(waited(4.9), waited(12.34)) == ["openai/m: waited 12.3 s for rate limit"]


def test_a_stand_in_is_told_once_for_each_reason() -> None:
    overloaded = FellBack(failed="openai/m", chosen="gemini/n", error="Overloaded")
    refused = FellBack(failed="openai/m", chosen="gemini/n", error="Refused")

    assert lines(overloaded, overloaded, refused, overloaded) == [
        "openai/m failed (Overloaded), so gemini/n is asked",
        "openai/m failed (Refused), so gemini/n is asked",
    ]


def test_warnings_are_told() -> None:
    assert lines(
        LedgerLost(detail="no answer"),
        LimitsUnknown(provider="openai", model="new"),
        BudgetNearlySpent(account="review", spent=Decimal("0.81"), cap=Decimal(1)),
    ) == [
        "the shared ledger is lost (no answer); limits are kept alone and cautiously until it answers",
        "openai/new: its limits are not known, so cautious ones are kept; set yours",
        "of the cap of $1 for review, $0.81 is gone",
    ]


def test_everyday_business_is_not_told() -> None:
    assert (
        lines(
            CallEnded(call=Call(provider="openai", model="m")),
            PriceUnknown(provider="openai", model="m"),
            LedgerFound(),
            BreakerOpened(provider="openai", model="m", error="QuotaExhausted", seconds=9),
        )
        == []
    )
