"""Findings and their verdicts go in; disputes between families on what is high or critical come out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewers.findings import DroppedFact, Finding, Severity
from reviewers.verification.choice import KEY
from reviewers.verification.families import family_of
from reviewers.verification.values import Standing, Verification

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec

APART = 2
"""Steps between two severities from which they are a dispute: critical and medium, high and low."""


NO_FAULT = "it is not a fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a dispute.

    Attributes:
        model: Who spoke, as ``provider/name``.
        llm: Which of the panel's LLMs speaks for it.
        view: What it holds, as it is told to itself and to people.
    """

    model: str
    llm: str
    view: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """What two families disagree on.

    Attributes:
        finding: As it was reported, without a verdict.
        claimant: Who reported it, or says that it is worse.
        opponent: Who refuted or dropped it, or says that it is less bad.
        quote: The code that the opponent went by, or the empty string.
        reason: What the opponent said.
        low: The opponent's severity, where the dispute is on that; else None.
        verification: What stands if nobody is heard.
    """

    finding: Finding
    claimant: Side
    opponent: Side
    quote: str
    reason: str
    low: Severity | None = None
    verification: Verification | None = None


def disputes(
    findings: Iterable[Finding],
    dropped: Iterable[DroppedFact],
    models: Mapping[str, ModelSpec],
) -> tuple[Dispute, ...]:
    """What is worth a debate, in the order of the findings.

    That is a finding of high or critical severity that one family reported, and another refuted, or took the tool's
    report of it for a false alarm while the second look decided nothing; or that two families hold to be two steps
    apart in severity, one of them high or critical.

    Args:
        findings: With what second looks said of them.
        dropped: Tool reports that reviewers took for false alarms.
        models: For each of the panel's LLMs the model it asks first; who is not here cannot be heard.
    """
    against = tuple(dropped)
    found = (_of_a_fault(each, against, models) or _of_a_severity(each, models) for each in findings)
    return tuple(dispute for dispute in found if dispute is not None)


def _of_a_fault(finding: Finding, dropped: Iterable[DroppedFact], models: Mapping[str, ModelSpec]) -> Dispute | None:
    if finding.severity < Severity.HIGH or not finding.models or finding.reviewer not in models:
        return None
    author, said = finding.models[0], finding.verification
    against = _refutation(finding, models) or _dropping(finding, dropped, models)
    if against is None or family_of(against[0].model) == family_of(author):
        return None
    opponent, quote, reason = against
    return Dispute(
        finding=finding,
        claimant=Side(model=author, llm=finding.reviewer, view="it is a fault"),
        opponent=opponent,
        quote=quote,
        reason=reason,
        verification=said,
    )


def _refutation(finding: Finding, models: Mapping[str, ModelSpec]) -> tuple[Side, str, str] | None:
    said = finding.verification
    if said is None or said.standing is not Standing.REFUTED or not (llm := _verifier(said.by, models)):
        return None
    return Side(model=said.by, llm=llm, view=NO_FAULT), said.quote, said.reason


def _dropping(
    finding: Finding, dropped: Iterable[DroppedFact], models: Mapping[str, ModelSpec]
) -> tuple[Side, str, str] | None:
    """Who took a tool's report of it for a false alarm, where no second look has decided it."""
    if finding.verification is not None and finding.verification.standing in {Standing.CONFIRMED, Standing.REFUTED}:
        return None
    for entry in dropped:
        heard = entry.reviewer in models and family_of(entry.model) != family_of(finding.models[0])
        if entry.model and heard and entry.fact in finding.evidence:
            return Side(model=entry.model, llm=entry.reviewer, view=NO_FAULT), "", entry.reason
    return None


def _of_a_severity(finding: Finding, models: Mapping[str, ModelSpec]) -> Dispute | None:
    if finding.severity < Severity.HIGH or (
        finding.verification is not None and finding.verification.standing is Standing.REFUTED
    ):
        return None
    votes = [vote for vote in finding.votes if vote.model and vote.reviewer in models]
    high = next((vote for vote in votes if Severity.of(vote.severity) is finding.severity), None)
    if high is None:
        return None
    others = [vote for vote in votes if family_of(vote.model) != family_of(high.model)]
    low = min(others, key=lambda vote: Severity.of(vote.severity), default=None)
    if low is None or finding.severity - Severity.of(low.severity) < APART:
        return None
    return Dispute(
        finding=finding,
        claimant=Side(model=high.model, llm=high.reviewer, view=f"its severity is {high.severity}"),
        opponent=Side(model=low.model, llm=low.reviewer, view=f"its severity is only {low.severity}"),
        quote="",
        reason=f"Its severity is {low.severity}, not {high.severity}.",
        low=Severity.of(low.severity),
        verification=finding.verification,
    )


def _verifier(model: str, models: Mapping[str, ModelSpec]) -> str:
    """The LLM of the second look that answered as this model, perhaps under a dated name; empty where none did."""
    family = family_of(model)
    names = [name for name, spec in models.items() if name.startswith(KEY) and family_of(spec.id) == family]
    return min(names, key=lambda name: not model.startswith(name.removeprefix(KEY)), default="")
