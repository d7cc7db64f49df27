"""What somebody should know goes to Python's log, for programs that look at nothing else."""

from __future__ import annotations

import logging

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
)

_LOG = logging.getLogger("llm_runtime")


class LoggedEvents:
    """An observer that writes warnings; calls, waits and fallbacks are the everyday business and are only debugged."""

    def record(self, event: Event) -> None:
        """Write an event down."""
        importance = level(event)
        if _LOG.isEnabledFor(importance):
            _LOG.log(importance, "%s", told(event))


def level(event: Event) -> int:
    """How much it matters."""
    match event:
        case LedgerLost() | LimitsUnknown() | BudgetNearlySpent() | BreakerOpened():
            return logging.WARNING
        case LedgerFound() | PriceUnknown():
            return logging.INFO
        case _:
            return logging.DEBUG


def told(event: Event) -> str:  # noqa: PLR0911 - one for each kind
    """An event in one line for people."""
    match event:
        case LedgerLost(detail=detail):
            return f"the shared ledger is lost ({detail}); limits are kept alone and cautiously until it answers"
        case LedgerFound():
            return "the shared ledger answers again"
        case LimitsUnknown(provider=provider, model=model):
            return f"{provider}/{model}: its limits are not known, so cautious ones are kept; set yours"
        case BudgetNearlySpent(account=account, spent=spent, cap=cap):
            return f"of the cap of ${cap} for {account}, ${spent} is gone"
        case BreakerOpened(provider=provider, model=model, error=error, seconds=seconds):
            long = "until this process restarts" if seconds is None else f"for {seconds:.0f} s"
            return f"{provider}/{model} is not asked any more {long}: {error}"
        case PriceUnknown(provider=provider, model=model):
            return f"{provider}/{model}: its price is not known, so neither is the cost"
        case FellBack(failed=failed, chosen=chosen, error=error):
            return f"{failed} failed ({error}), so {chosen} is asked"
        case Waited(provider=provider, model=model, seconds=seconds, reason=reason):
            return f"{provider}/{model}: waited {seconds:.1f} s for {reason}"
        case CallEnded(call=call):
            return f"{call.provider}/{call.model}: {call.error or 'answered'} after {call.seconds:.1f} s"
