"""How tasks ended, as values: with an answer or with a gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from llm_runtime.errors import AllModelsExhausted, LLMError, WouldWaitTooLong

if TYPE_CHECKING:
    from llm_runtime.messages import Call
    from reviewers.adjudication import Answered
    from reviewers.plan import Task
    from reviewers.review import Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a task ended: with an answer or with a gap, and what was exchanged for it.

    Attributes:
        task: What was asked.
        answered: The answer, if there is one.
        gap: Else what people are told of it.
        error: What the call for it ended with; None also where the answers kept breaking their form.
        calls: Every exchange with a model.
    """

    task: Task
    answered: Answered | None = None
    gap: Gap | None = None
    error: LLMError | None = None
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelResult:
    """How all tasks ended, in the order of the plan.

    Attributes:
        outcomes: One for each task.
        interrupted: Whether somebody stopped it before all tasks had ended.
    """

    outcomes: tuple[Outcome, ...]
    interrupted: bool = False

    @property
    def answers(self) -> tuple[Answered, ...]:
        """What was answered."""
        return tuple(outcome.answered for outcome in self.outcomes if outcome.answered)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What was not."""
        return tuple(outcome.gap for outcome in self.outcomes if outcome.gap)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every exchange with a model."""
        return tuple(call for outcome in self.outcomes for call in outcome.calls)

    @property
    def parked_for(self) -> float | None:
        """Seconds after which everything that is missing would have room; None where waiting is not all it takes.

        That is so when tasks are missing, and each of them could be answered by a model that only has no room yet.
        """
        waits = [_wait(outcome.error) for outcome in self.outcomes if outcome.gap]
        return None if None in waits else max((wait for wait in waits if wait is not None), default=None)


def _wait(error: LLMError | None) -> float | None:
    """Seconds until the first of a task's models would have room; None where none of them lacks only that."""
    causes = error.causes if isinstance(error, AllModelsExhausted) else (error,)
    return min((cause.eta for cause in causes if isinstance(cause, WouldWaitTooLong)), default=None)
