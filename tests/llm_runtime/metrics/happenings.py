"""One event of each shape, with texts in it that no figure may carry."""

from __future__ import annotations

from decimal import Decimal

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
from llm_runtime.messages import Call, Usage

SECRETS = ("acme/shop", "2026-11-21", "hunter2", "sk-live")
USAGE = Usage(
    input_tokens=1_000, cached_input_tokens=600, cache_write_tokens=100, output_tokens=200, reasoning_tokens=150
)
ANSWERED = Call(provider="openai", model="gpt-6.1-sol", usage=USAGE, cost_usd=Decimal("0.0123"), seconds=2.5)
FAILED = Call(provider="openai", model="gpt-6.1-sol", seconds=0.1, error="TimedOut", detail="sk-live was slow")
EVENTS: dict[str, Event] = {
    "an answered call": CallEnded(call=ANSWERED),
    "a failed call": CallEnded(call=FAILED),
    "a wait": Waited(provider="openai", model="gpt-6.1-sol", seconds=1.5, reason=WaitReason.RATE_LIMIT),
    "a fallback": FellBack(failed="openai/gpt-6.1-sol", chosen="anthropic/claude-opus-5-5", error="Overloaded"),
    "a breaker": BreakerOpened(provider="openai", model="gpt-6.1-sol", error="QuotaExhausted", seconds=90.0),
    "a breaker until the restart": BreakerOpened(
        provider="openai", model="gpt-6.1-sol", error="AuthenticationFailed", seconds=None
    ),
    "a budget": BudgetNearlySpent(account="repository:acme/shop:2026-11-21", spent=Decimal("0.81"), cap=Decimal(1)),
    "an unknown price": PriceUnknown(provider="openai", model="a-new-one"),
    "unknown limits": LimitsUnknown(provider="openai", model="a-new-one"),
    "a lost ledger": LedgerLost(detail="redis://user:hunter2@host cannot be reached"),
    "a found ledger": LedgerFound(),
}
