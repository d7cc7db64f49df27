"""How long a call waits, and for whom: a person is not kept waiting where another model is ready."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from llm_runtime.errors import LLMError
from llm_runtime.scheduling.backoff import Backoff, Decision, FinalAttempt, GiveUp, History
from llm_runtime.scheduling.ledger import Priority
from llm_runtime.scheduling.strategy import Ready

INTERACTIVE_WAIT_SECONDS = 20.0
BACKGROUND_WAIT_SECONDS = 300.0
QUOTA_SECONDS = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a call waits.

    Attributes:
        priority: Who goes first.
        max_wait_seconds: Beyond this nothing sleeps, for a limit or after a failure; None is, for a limit, 20 s where a
            person waits, else 300 s.
        hurry_seconds: The same while a person waits and another model is ready; it holds for waits after failures, too.
        backoff: How long to wait after a failure.
        quota_seconds: How long a used-up quota is believed to stay so where the vendor does not say.
    """

    priority: Priority = Priority.BACKGROUND
    max_wait_seconds: float | None = None
    hurry_seconds: float = INTERACTIVE_WAIT_SECONDS
    backoff: Backoff = field(default=Backoff())
    quota_seconds: float = QUOTA_SECONDS

    @property
    def seconds(self) -> float:
        """The longest wait for a limit."""
        if self.max_wait_seconds is not None:
            return self.max_wait_seconds
        return INTERACTIVE_WAIT_SECONDS if self.priority is Priority.INTERACTIVE else BACKGROUND_WAIT_SECONDS

    def outlasts(self, seconds: float) -> bool:
        """Whether a wait is too long for somebody who could have another model's answer instead."""
        return self.priority is Priority.INTERACTIVE and seconds > min(self.hurry_seconds, self.seconds)

    def after_failure(self, error: LLMError, history: History, now: float, *, chance: float, ready: Ready) -> Decision:
        """What to do after a failure.

        Args:
            error: What the last attempt failed with.
            history: All attempts, this one included.
            now: The moment, on the clock of ``history``.
            chance: A random number from 0 to 1, for the jitter.
            ready: Whether another model would be asked instead.
        """
        longest = math.inf if self.max_wait_seconds is None else self.max_wait_seconds
        decision = self.backoff.should_retry_after_error(error, history, now, chance=chance, longest=longest)
        if isinstance(decision, GiveUp) or self.priority is not Priority.INTERACTIVE:
            return decision
        unworthy = isinstance(decision, FinalAttempt) or self.outlasts(decision.seconds)
        return GiveUp() if unworthy and ready() else decision
