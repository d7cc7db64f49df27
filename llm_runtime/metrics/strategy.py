"""Events come in as they happen; figures about them are kept, shown or sent by each strategy in its own way."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import assert_never

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
from llm_runtime.messages import Call

_LOG = logging.getLogger(__name__)


class MetricsStrategy(ABC):
    """Figures about what the runtime does. It is an ``Observer``; safe to share between threads.

    What is kept of an event are numbers and a few words that cannot grow without bound: provider, model, the error's
    class, the reason of a wait, the scope of a cap. Names of accounts and texts of errors are not kept.
    """

    def __init__(self) -> None:
        self._failing = False

    def record(self, event: Event) -> None:
        """Keep the figures of an event.

        Where they cannot be kept (a disk is full, a directory gone), the call that they are about goes on, and it is
        said in the log, once until it works again.
        """
        try:
            self._dispatch(event)
        except (OSError, ValueError) as error:
            # ValueError is what a file mapped into memory raises once it has been closed.
            if not self._failing:
                self._failing = True
                reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
                _LOG.warning("figures of %s are lost (%s); calls are not affected", type(self).__name__, reason)
        else:
            self._failing = False

    def close(self) -> None:
        """Give back what it holds, before the process ends."""
        return

    @abstractmethod
    def record_call(self, call: Call) -> None:
        """One attempt ended: its latency, error, tokens and cost."""

    @abstractmethod
    def record_wait(self, wait: Waited) -> None:
        """A call waited before it was sent."""

    @abstractmethod
    def record_fallback(self, fallback: FellBack) -> None:
        """A model failed and another one is asked."""

    @abstractmethod
    def record_breaker(self, opened: BreakerOpened) -> None:
        """A model is not asked any more for a while."""

    @abstractmethod
    def record_budget_warning(self, scope: str) -> None:
        """A cap of this scope (``repository``) has been used to four fifths."""

    @abstractmethod
    def record_unknown_price(self, provider: str, model: str) -> None:
        """A call was answered and nobody knows what it cost."""

    @abstractmethod
    def record_unknown_limits(self, provider: str, model: str) -> None:
        """No limits are known for a model."""

    @abstractmethod
    def record_ledger_lost(self) -> None:
        """A shared ledger cannot be reached."""

    @abstractmethod
    def record_ledger_found(self) -> None:
        """A shared ledger answers again."""

    def _dispatch(self, event: Event) -> None:
        match event:
            case CallEnded(call=call):
                self.record_call(call)
            case Waited():
                self.record_wait(event)
            case FellBack():
                self.record_fallback(event)
            case BreakerOpened():
                self.record_breaker(event)
            case BudgetNearlySpent(account=account):
                # The rest of an account's name is a repository, a run or a day: new ones without end.
                self.record_budget_warning(account.partition(":")[0])
            case PriceUnknown(provider=provider, model=model):
                self.record_unknown_price(provider, model)
            case LimitsUnknown(provider=provider, model=model):
                self.record_unknown_limits(provider, model)
            case LedgerLost():
                self.record_ledger_lost()
            case LedgerFound():
                self.record_ledger_found()
            case _:
                assert_never(event)
