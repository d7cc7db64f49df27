"""Answers of second looks go in; what each of them says of its findings comes out, by code that was really shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewers.verification.quoted import stands_in
from reviewers.verification.values import Standing, Verification

if TYPE_CHECKING:
    from reviewers.findings import Finding
    from reviewers.questions import Reply
    from reviewers.verification.answers import Verdict, Verdicts
    from reviewers.verification.batches import Batch

NO_VERDICT = "it was asked, and said nothing of this one"
TWO_VERDICTS = "it said both yes and no"
WITHOUT_CODE = "the code that it quotes is not in what it was shown"


def settled(batch: Batch, reply: Reply[Verdicts]) -> Iterator[tuple[Finding, Finding]]:
    """Each finding of a batch as it was, and with what was said of it.

    A verdict counts as unsure where its quote is not in what the model was shown, or where there are two that
    contradict each other. Without an answer, or without a verdict on it, a finding stays unverified.

    Args:
        batch: What was asked.
        reply: How that ended.
    """
    said: dict[str, list[Verdict]] = {name: [] for name in batch.claims}
    for verdict in reply.answer.verdicts if reply.answer else ():
        said.get(verdict.claim.strip().upper(), []).append(verdict)
    for name, finding in batch.claims.items():
        yield finding, _with(finding, said[name], batch, reply)


def unverified(finding: Finding, reason: str) -> Finding:
    """The finding with a word on why nobody has looked at it a second time."""
    return replace(finding, verification=Verification(standing=Standing.UNVERIFIED, reason=reason))


def _with(finding: Finding, verdicts: Sequence[Verdict], batch: Batch, reply: Reply[Verdicts]) -> Finding:
    if not verdicts:
        return unverified(finding, reply.fault or NO_VERDICT)
    first = verdicts[0]
    verification = Verification(
        standing=Standing(first.verdict),
        by=reply.model,
        independence=batch.verifier.independence,
        quote=first.quote.strip("\n"),
        reason=first.reason.strip(),
    )
    if any(verdict.verdict != first.verdict for verdict in verdicts):
        verification = replace(verification, standing=Standing.UNSURE, quote="", reason=TWO_VERDICTS)
    elif verification.standing is not Standing.UNSURE and not stands_in(first.quote, batch.question.request.context):
        reason = f"{WITHOUT_CODE}: {verification.reason}" if verification.reason else WITHOUT_CODE
        verification = replace(verification, standing=Standing.UNSURE, quote="", reason=reason)
    kept = all(verdict.suggestion_holds for verdict in verdicts)
    return replace(finding, verification=verification, suggestion=finding.suggestion if kept else None)
