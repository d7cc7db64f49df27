"""How a step ends: a word for later steps, a line for people, and the exit status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.action.outcome import FAILED, SKIPPED
from app.verdicts import Conclusion

if TYPE_CHECKING:
    from app.action.inputs import Inputs
    from app.action.outcome import Outcome
    from app.errors import AppError

_OK, _FOUND, _CONFIGURATION, _INCOMPLETE = 0, 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The end of a step.

    Attributes:
        word: The output ``verdict``.
        line: What happened, for people.
        status: As the command line's: 0, 1 found, 2 configuration, 3 not done or incomplete.
        problem: Whether somebody should see the line beside the run.
    """

    word: str
    line: str
    status: int = _OK
    problem: bool = False


def failed(error: AppError) -> Ending:
    """The end of a step that could not do it."""
    return Ending(word=FAILED, line=str(error), status=error.exit_status, problem=True)


def ending_of(outcome: Outcome, inputs: Inputs, line: str) -> Ending:
    """The end of a step whose work has come to an end.

    Args:
        outcome: What was done.
        inputs: What the workflow says of incomplete reviews.
        line: What the event led to.
    """
    verdict, review = outcome.verdict, outcome.review
    if verdict is None:
        return Ending(word=SKIPPED, line=line)
    title = verdict.title
    if review is None:
        # A configuration that cannot be used, or a pull request that was closed meanwhile.
        wrong = verdict.conclusion is Conclusion.NEUTRAL
        return Ending(word=verdict.conclusion.value, line=title, status=_CONFIGURATION if wrong else _OK, problem=wrong)
    word = verdict.conclusion.value
    if verdict.found:
        return Ending(word=word, line=title, status=_FOUND)
    if review.gaps:
        fails = inputs.fail_on_incomplete or verdict.conclusion is Conclusion.FAILURE or review.coverage.nothing
        reason = f"{title}; the first reason: {review.gaps[0].reason}"
        return Ending(word=word, line=reason, status=_INCOMPLETE if fails else _OK, problem=True)
    return Ending(word=word, line=title)
