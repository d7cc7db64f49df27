"""A review goes in; the same review, with what other models say of its findings, comes out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reviewers.findings import Finding, Severity
from reviewers.firewall.standing import stands
from reviewers.review import Gap, Review, Stage
from reviewers.verification.batches import Material, affordable
from reviewers.verification.choice import KEY
from reviewers.verification.debate import Debated, debate
from reviewers.verification.disputes import disputes
from reviewers.verification.purse import Price, Purse, purse
from reviewers.verification.settling import settled, unverified
from reviewers.verification.values import Standing

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec
    from llm_runtime.messages import Call
    from reviewers.questions import Question, Replies

NO_MONEY = "left out to keep second looks under 35 % of the review's cost"
NO_TIME = "the review ended before"

Ask = Callable[[Sequence["Question[Any]"]], "Replies[Any]"]
"""Puts questions to models at once, tells of each reply as it comes, and waits for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a second look is made with.

    Attributes:
        material: What the models are shown.
        at_hand: Models that may look, the best first.
        models: For each reviewer's name the model that answers it.
        price: Dollars for some usage of a model, or None where unknown.
        earlier_usd: Dollars of earlier attempts at the same review.
    """

    material: Material
    at_hand: Sequence[ModelSpec]
    models: Mapping[str, ModelSpec]
    price: Price
    earlier_usd: Decimal = Decimal(0)


def due(finding: Finding) -> bool:
    """Whether a finding is to be put to another model: one of medium severity and above, and each suggestion.

    What a second look has decided in an earlier run is not put again, and what speaks to models is not put to one.
    """
    wanted = finding.severity >= Severity.MEDIUM or finding.suggestion is not None
    open_ = finding.verification is None or finding.verification.standing is Standing.UNVERIFIED
    return wanted and open_ and not any(stands(fact) for fact in finding.evidence)


def without_second_look(review: Review, reason: str = NO_TIME) -> Review:
    """The review with a word on each finding that another model was to look at.

    Args:
        review: What was concluded.
        reason: Why nobody looks.
    """
    told = tuple(unverified(each, reason) if due(each) else each for each in review.findings)
    return _without_refuted(replace(review, findings=told, stages=_stages(review.calls)))


def second_look(review: Review, look: Look, ask: Ask) -> Review:
    """Put what is due to models of other families, let families that disagree on what is bad debate it, and decide.

    Refuted findings leave the findings and are kept beside them. What nobody could look at stays, unverified.

    Args:
        review: What was concluded.
        look: What it is made with.
        ask: Puts the questions.
    """
    candidates = [finding for finding in review.findings if due(finding)]
    money = purse(review.calls, look.at_hand, look.price, earlier_usd=look.earlier_usd)
    planned = affordable(candidates, look.at_hand, look.material, money)
    replies = ask([batch.question for batch in planned])
    seen = {
        before: after
        for batch, reply in zip(planned, replies.all, strict=True)
        for before, after in settled(batch, reply)
    }
    calls = tuple(call for reply in replies.all for call in reply.calls)
    left = {finding: unverified(finding, NO_MONEY) for finding in candidates if finding not in seen}
    looked = replace(
        review,
        findings=tuple(seen.get(each) or left.get(each) or each for each in review.findings),
        calls=(*review.calls, *calls),
        stages=_stages(review.calls, verification=calls),
        gaps=(*review.gaps, *_stopped(replies.reason)),
    )
    if not replies.interrupted:
        worst = sum((money.worst(batch.question.model, batch.question.request) for batch in planned), Decimal(0))
        fresh = {*seen.values(), *left.values()}
        looked = _debated(looked, fresh, calls, look, money.without(calls, worst), ask)
    return _without_refuted(looked)


def _debated(  # noqa: PLR0917 - private, and each argument has a type of its own
    review: Review, fresh: Collection[Finding], verification: tuple[Call, ...], look: Look, money: Purse, ask: Ask
) -> Review:
    models = {**look.models, **{f"{KEY}{model.id}": model for model in look.at_hand}}
    held = disputes((each for each in review.findings if each in fresh), review.dropped, models)
    if not held:
        return review
    came: Debated = debate(held, models, look.material, money, ask)
    first = review.stages[0].calls
    return replace(
        review,
        findings=tuple(came.decided.get(each, each) for each in review.findings),
        calls=(*review.calls, *came.calls),
        stages=_stages(first, verification=verification, debate=came.calls),
        gaps=(*review.gaps, *_stopped(came.stopped)),
    )


def _stages(review: tuple[Call, ...], **others: tuple[Call, ...]) -> tuple[Stage, ...]:
    told = [Stage(name=name, calls=calls) for name, calls in others.items() if calls]
    return (Stage(name="review", calls=review), *told)


def _stopped(reason: str) -> Iterable[Gap]:
    """A gap where somebody stopped it: what is shown then is not all that there would be to say."""
    if reason:
        yield Gap(reviewer="verification", path="", reason=reason)


def _without_refuted(review: Review) -> Review:
    kept: list[Finding] = []
    refuted = list(review.refuted)
    for finding in review.findings:
        said = finding.verification
        (refuted if said is not None and said.standing is Standing.REFUTED else kept).append(finding)
    return replace(review, findings=tuple(kept), refuted=tuple(refuted))
