"""A concluded review goes in; it comes out looked at by a second model, weighed, and held to its thresholds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from llm_runtime.cost.calculator import CostCalculator
from reviewers.adjudication import ranked
from reviewers.calibration import held_to_thresholds, of_all
from reviewers.report.wording import counted
from reviewers.verification.batches import Material
from reviewers.verification.second_look import Look, second_look, without_second_look
from reviewers.verification.values import Standing

if TYPE_CHECKING:
    from app.reviewing import Prepared
    from llm_runtime.scheduling.cancellation import Cancellation
    from reviewers.findings import Finding
    from reviewers.panel import MultiModelCodeReviewer, PanelResult
    from reviewers.plan import ReviewPlan
    from reviewers.questions import Question, Replies
    from reviewers.review import Review

_FINDINGS = Callable[["tuple[Finding, ...]"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who is told of what happens after the first pass.

    Attributes:
        on_verdicts: Takes the findings with what was said of them, the refuted ones too, once all is said.
    """

    on_verdicts: _FINDINGS = lambda _: None


NOBODY = Watch()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a second look is made in.

    Attributes:
        panel: Asks the models.
        calculator: Knows the prices.
        cancellation: Ends it before all is answered.
        stopped: Why it was ended so.
        watch: Who is told of it.
        earlier_usd: Dollars of earlier attempts at the same review, whose answers are kept.
    """

    panel: MultiModelCodeReviewer
    calculator: CostCalculator
    cancellation: Cancellation | None
    stopped: Callable[[], str]
    watch: Watch = NOBODY
    earlier_usd: Decimal = Decimal(0)


def verified(review: Review, prepared: Prepared, plan: ReviewPlan, result: PanelResult, room: Room) -> Review:
    """The review after the second look, with what it says of how sure it is.

    Args:
        review: What was concluded from the first pass.
        prepared: What the review was made of.
        plan: What was asked in the first pass.
        result: What came of it; where somebody stopped it, or it goes on later, nobody looks now.
        room: What the second look is made in.
    """
    wishes = prepared.wishes
    before = set(review.findings)
    if not wishes.verifiers:
        looked = review
    elif result.interrupted or result.parked_for is not None:
        looked = without_second_look(review)
    else:
        looked = second_look(review, _look(prepared, plan, room), _ask(room))
        fresh = (each for each in (*looked.findings, *looked.refuted) if each not in before and _decided(each))
        room.watch.on_verdicts(tuple(replace(each, occurrence=0) for each in fresh))
    return weighed(looked, prepared)


def weighed(review: Review, prepared: Prepared) -> Review:
    """The review with calibrated findings, without those that it is not sure enough of; the note counts them."""
    wishes = prepared.wishes
    sure = replace(
        review,
        findings=ranked(of_all(review.findings, wishes.record)),
        refuted=ranked(of_all(review.refuted, wishes.record)),
    )
    told = held_to_thresholds(sure, wishes.thresholds)
    notes = [note for note in (told.note, _unverified_line(told), _below_line(told)) if note]
    return replace(told, note="; ".join(notes))


def _look(prepared: Prepared, plan: ReviewPlan, room: Room) -> Look:
    wishes = prepared.wishes
    return Look(
        material=Material(
            plan=plan,
            snapshot=prepared.snapshot,
            fence=prepared.fence,
            house_rules=wishes.house_rules,
            masked=prepared.guard.masked,
        ),
        at_hand=wishes.verifiers,
        models={name: specs[0] for name, specs in wishes.models.items()},
        price=room.calculator.cost,
        earlier_usd=room.earlier_usd,
    )


def _ask(room: Room) -> Callable[[Sequence[Question[Any]]], Replies[Any]]:
    def ask(questions: Sequence[Question[Any]]) -> Replies[Any]:
        return room.panel.ask(questions, cancellation=room.cancellation, stopped=room.stopped)

    return ask


def _decided(finding: Finding) -> bool:
    return finding.verification is not None and finding.verification.standing is not Standing.UNVERIFIED


def _unverified_line(review: Review) -> str:
    """A word on what nobody could look at, with the reasons."""
    found = [each.verification for each in review.findings if each.verification]
    reasons = [said.reason for said in found if said.standing is Standing.UNVERIFIED]
    if not reasons:
        return ""
    were = "was" if len(reasons) == 1 else "were"
    why = ", ".join(dict.fromkeys(reasons))
    return f"{counted(len(reasons), 'finding')} {were} not verified by a second model: {why}"


def _below_line(review: Review) -> str:
    count = len(review.below_threshold)
    are = "is" if count == 1 else "are"
    them = "it" if count == 1 else "them"
    return f"{counted(count, 'finding')} {are} not told, as too little speaks for {them}" if count else ""
