"""A debate of at most two rounds: disputes go in, findings with what was decided and who dissents come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewers.questions import Question
from reviewers.verification.answers import Stance, parse_stance, stance_schema
from reviewers.verification.disagreement import OF_A_FAULT, Position, severity_between
from reviewers.verification.families import family_of
from reviewers.verification.purse import OUTPUT_LIMITS
from reviewers.verification.quoted import stands_in
from reviewers.verification.values import Dissent, Standing, Verification
from reviewers.verification.wording import dispute_question, dispute_wording

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec
    from llm_runtime.messages import Call, Request
    from reviewers.findings import Finding
    from reviewers.questions import Replies, Reply
    from reviewers.verification.batches import Material
    from reviewers.verification.disputes import Dispute, Side
    from reviewers.verification.purse import Purse

Ask = Callable[[Sequence[Question[Stance]]], "Replies[Stance]"]
"""Puts questions to models at once and waits for all."""

OUTPUT_TOKENS = OUTPUT_LIMITS[2]


@dataclass(frozen=True, slots=True)
class Heard:
    """What one side said in its round.

    Attributes:
        position: Where it stands; without code that was shown it holds nothing.
        model: The model that spoke for it, or the empty string.
        quote: Its code, or the empty string.
        reason: Its words, or the empty string.
    """

    position: Position
    model: str = ""
    quote: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Debated:
    """What came of all disputes.

    Attributes:
        decided: For each dispute's finding, what it became.
        calls: Every exchange with a model.
        stopped: Why somebody stopped it, or the empty string.
    """

    decided: Mapping[Finding, Finding]
    calls: tuple[Call, ...] = ()
    stopped: str = ""


def debate(
    disputes: Sequence[Dispute],
    models: Mapping[str, ModelSpec],
    material: Material,
    money: Purse,
    ask: Ask,
) -> Debated:
    """Hear the side that reported each finding, then, where it holds, the other one; and decide by the table.

    A dispute that there is no money for is not held: what was said before it stands.

    Args:
        disputes: The worst first.
        models: For each of the panel's LLMs the model it asks first.
        material: What both sides are shown.
        money: What there is.
        ask: Puts the questions.
    """
    held = list(disputes)
    while held and not money.holds(_both(held, models, material)):
        held.pop()
    again = money.holds(2 * _both(held, models, material))

    def question(each: Dispute, side: Side, said: Sequence[tuple[str, str, str]]) -> Question[Stance]:
        return replace(_question(each, side, said, models, material), again=again)

    opening = [question(each, each.claimant, _openings(each)) for each in held]
    first = ask(opening) if opening else None
    replies = first.all if first else ()
    calls = [call for reply in replies for call in reply.calls]
    claims = [_heard(reply, each.claimant, asked) for reply, each, asked in zip(replies, held, opening, strict=True)]
    left = [(each, claim) for each, claim in zip(held, claims, strict=True) if claim.position is Position.HOLDS]
    stopped = first.reason if first else ""
    answers: dict[int, Heard] = {}
    if left and not stopped:
        closing = [question(each, each.opponent, _closings(each, claim)) for each, claim in left]
        second = ask(closing)
        stopped = second.reason
        calls += [call for reply in second.all for call in reply.calls]
        for (each, _), reply, asked in zip(left, second.all, closing, strict=True):
            answers[held.index(each)] = _heard(reply, each.opponent, asked)
    decided = {
        each.finding: _decided(each, claim, answers.get(number))
        for number, (each, claim) in enumerate(zip(held, claims, strict=True))
    }
    return Debated({} if stopped else decided, tuple(calls), stopped)


def _both(
    held: Sequence[Dispute], models: Mapping[str, ModelSpec], material: Material
) -> list[tuple[ModelSpec, Request]]:
    """All questions that may have to be put; the second of each pair is as long as the first, and a rejoinder."""
    asked = []
    for each in held:
        for side in (each.claimant, each.opponent):
            question = _question(each, side, _openings(each) * 3, models, material)
            asked.append((question.model, question.request))
    return asked


def _question(
    dispute: Dispute,
    side: Side,
    said: Sequence[tuple[str, str, str]],
    models: Mapping[str, ModelSpec],
    material: Material,
) -> Question[Stance]:
    finding = dispute.finding
    words = dispute_question(finding, side=side.view, said=said, fence=material.fence)
    context = material.context(material.chunk_of(finding), [finding])
    request = material.request(context, words, stance_schema(), "stance", dispute_wording())
    request = replace(request, max_output_tokens=OUTPUT_TOKENS)
    return Question(llm=side.llm, model=models[side.llm], request=request, read=parse_stance)


def _openings(dispute: Dispute) -> list[tuple[str, str, str]]:
    return [("The other side", dispute.quote, dispute.reason)]


def _closings(dispute: Dispute, claim: Heard) -> list[tuple[str, str, str]]:
    return [("You", dispute.quote, dispute.reason), ("The other side", claim.quote, claim.reason)]


def _heard(reply: Reply[Stance], side: Side, question: Question[Stance]) -> Heard:
    """What a side said; a stand-in of another family does not speak for it."""
    answer = reply.answer
    if answer is None or family_of(reply.model) != family_of(side.model):
        return Heard(Position.SILENT)
    position = Position(answer.stance)
    shown = stands_in(answer.quote, question.request.context)
    if position is Position.HOLDS and not shown:
        position = Position.UNSURE
    return Heard(position, reply.model, answer.quote.strip("\n") if shown else "", answer.reason.strip())


def _decided(dispute: Dispute, claim: Heard, answer: Heard | None) -> Finding:
    finding = dispute.finding
    position = answer.position if answer else None
    if dispute.low is not None:
        severity = severity_between(finding.severity, dispute.low, claim.position, position)
        dissent = _dissent_on_severity(dispute, claim, answer, lowered=severity < finding.severity)
        return replace(finding, severity=severity, dissent=(*finding.dissent, *dissent))
    if claim.position is Position.HOLDS and position is None:
        position = Position.SILENT
    standing = OF_A_FAULT[claim.position, position]
    if standing is Standing.REFUTED and not dispute.quote and claim.position is not Position.YIELDS:
        # Neither side has shown any code: that is no reason to take back what was reported.
        if claim.position is Position.SILENT:
            return finding
        standing = Standing.UNSURE
    last = answer if answer and answer.position is not Position.SILENT else None
    speaker = claim if standing is Standing.CONFIRMED or last is None else last
    verification = Verification(
        standing=standing,
        by=dispute.opponent.model,
        independence=2,
        quote=dispute.quote if standing is Standing.REFUTED else speaker.quote,
        reason=dispute.reason if standing is Standing.REFUTED else speaker.reason,
    )
    return replace(finding, verification=verification, dissent=_dissent_on_fault(dispute, standing, claim, last))


def _dissent_on_fault(dispute: Dispute, standing: Standing, claim: Heard, last: Heard | None) -> tuple[Dissent, ...]:
    if standing is Standing.CONFIRMED:
        return ()
    if standing is Standing.REFUTED:
        if claim.position in {Position.YIELDS, Position.SILENT}:
            return ()
        return (_view(dispute.claimant, claim, 1),)
    return (_view(dispute.opponent, last, 2) if last else _first_view(dispute),)


def _dissent_on_severity(dispute: Dispute, claim: Heard, answer: Heard | None, *, lowered: bool) -> tuple[Dissent, ...]:
    if claim.position is Position.YIELDS or (answer and answer.position is Position.YIELDS):
        return ()
    if lowered:
        return (_view(dispute.claimant, claim, 1),)
    return (_view(dispute.opponent, answer, 2) if answer and answer.model else _first_view(dispute),)


def _view(side: Side, heard: Heard, round_: int) -> Dissent:
    return Dissent(by=heard.model or side.model, view=side.view, quote=heard.quote, reason=heard.reason, round=round_)


def _first_view(dispute: Dispute) -> Dissent:
    side = dispute.opponent
    return Dissent(by=side.model, view=side.view, quote=dispute.quote, reason=dispute.reason)
