"""One finding out of many: answers become placed findings, equal remarks become one, the worst stands first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from reviewers.anchoring import Placement, place
from reviewers.diff import Diff, Side
from reviewers.findings import DroppedFact, Fact, Finding, Severity
from reviewers.likeness import same
from reviewers.suggestions import proved
from reviewers.verification.values import Standing, Vote

if TYPE_CHECKING:
    from reviewers.answers import Answer, Remark
    from reviewers.incremental import Earlier
    from reviewers.plan import Task
    from reviewers.verification.values import Verification

NEAR_LINES = 5
"""How far from a finding a tool report may stand that the finding confirms."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A task with its checked answer.

    Attributes:
        task: What was asked.
        answer: What was answered.
        model: The model that answered, as ``provider/name``.
    """

    task: Task
    answer: Answer
    model: str


def remarks_of(answered: Answered, diff: Diff, contents: Mapping[str, str]) -> tuple[Finding, ...]:
    """An answer's remarks as findings, each at the place where its quote stands in the diff.

    Args:
        answered: The answer to read.
        diff: The whole change, which decides what can be placed.
        contents: New files by path, in which suggestions are proved.
    """
    return tuple(_finding(remark, answered, diff, contents) for remark in answered.answer.findings)


def dropped_by(answers: Iterable[Answered]) -> tuple[DroppedFact, ...]:
    """Tool reports that reviewers hold to be false alarms, with their reasons."""
    return tuple(
        DroppedFact(
            fact=item.task.facts[entry.id], reviewer=item.task.reviewer.name, reason=entry.reason, model=item.model
        )
        for item in answers
        for entry in item.answer.dropped_evidence
        if entry.id in item.task.facts
    )


def cured_by(answered: Answered) -> tuple[Earlier, ...]:
    """Earlier findings shown with a task that its answer holds to be cured."""
    earlier = answered.task.earlier
    return tuple(earlier[entry.id] for entry in answered.answer.dropped_evidence if entry.id in earlier)


def undecided(facts: Iterable[Fact], dropped: Iterable[DroppedFact], findings: Iterable[Finding]) -> tuple[Fact, ...]:
    """Tool reports that no reviewer confirmed or dropped, which therefore stand as they are.

    Args:
        facts: All that tools reported.
        dropped: What ``dropped_by`` found in the answers.
        findings: What ``remarks_of`` made of the answers; they hold what they confirm.
    """
    decided = {fact for finding in findings for fact in finding.evidence} | {entry.fact for entry in dropped}
    return tuple(fact for fact in facts if fact not in decided)


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """These findings, the worst first, and of equally bad ones those that the review is surest of."""
    return tuple(sorted(findings, key=lambda finding: (-finding.severity, -finding.confidence, *_rank(finding)[2:])))


def adjudicate(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each remark once, the worst first.

    Two findings are one remark when they stand on overlapping lines of the same side and either have one identity, or
    share evidence, or say it in largely the same words; fewer words in common are enough under the same or a near rule
    (``reviewers.near_rules``), and there different models may quote different lines of one fault, a few apart, where
    they say it in the same words. The more severe, then the more confident one gives the wording; the names, models,
    votes and evidence of the others are kept with it, and their fingerprints as aliases, so that the remark is
    recognised in a later run whoever makes it then.

    Example:
        >>> from reviewers.findings import Location, Severity
        >>> here = {"path": "a.py", "location": Location(path="a.py", start_line=3, end_line=3), "anchor": "run(name)"}
        >>> words = {"title": "The name reaches the shell", "message": "The name reaches the shell unquoted."}
        >>> told = adjudicate([
        ...     Finding(reviewer="bugs", rule="logic", severity=Severity.MEDIUM, confidence=0.9, **here, **words),
        ...     Finding(reviewer="security", rule="injection", severity=Severity.HIGH, confidence=0.8, **here, **words),
        ... ])
        >>> [(finding.reviewers, finding.severity.label) for finding in told]
        [(('security', 'bugs'), 'high')]
    """
    merged: list[Finding] = []
    for finding in sorted(_numbered(findings), key=_rank):
        for index, other in enumerate(merged):
            if same(finding, other):
                merged[index] = _merge(other, finding)
                break
        else:
            merged.append(finding)
    return tuple(sorted(merged, key=_rank))


def _finding(remark: Remark, answered: Answered, diff: Diff, contents: Mapping[str, str]) -> Finding:
    reviewer, facts = answered.task.reviewer, answered.task.facts
    placement = place(
        diff,
        path=remark.path,
        quote=remark.quote,
        line_hint=remark.line,
        side_hint=Side.LEFT if remark.removed else Side.RIGHT,
    )
    finding = Finding(
        reviewer=reviewer.name,
        rule=remark.rule,
        cwe=reviewer.rule(remark.rule).cwe,
        severity=Severity.of(remark.severity),
        confidence=remark.confidence,
        path=placement.location.path if placement else remark.path,
        location=placement.location if placement else None,
        anchor=placement.anchor if placement else remark.quote,
        title=remark.title.strip(),
        message=remark.message.strip(),
        suggestion=remark.suggestion,
        evidence=tuple(facts[name] for name in remark.evidence if name in facts and _near(facts[name], placement)),
        models=(answered.model,),
        votes=(
            Vote(reviewer=reviewer.name, model=answered.model, severity=remark.severity, confidence=remark.confidence),
        ),
    )
    whole = placement is not None and placement.whole
    return proved(replace(finding, aliases=_said_again(remark, answered, finding)), contents, whole=whole)


def _said_again(remark: Remark, answered: Answered, finding: Finding) -> tuple[str, ...]:
    """Identities of the earlier findings that a remark says again in other words or of other lines."""
    named = (answered.task.earlier[name].finding for name in remark.evidence if name in answered.task.earlier)
    identities = (identity for each in named if _close(each, finding) for identity in (each.fingerprint, *each.aliases))
    return tuple(identity for identity in dict.fromkeys(identities) if identity != finding.fingerprint)


def _close(earlier: Finding, finding: Finding) -> bool:
    one, other = earlier.location, finding.location
    if one is None or other is None:
        return earlier.path == finding.path
    return (
        one.path == other.path
        and one.start_line <= other.end_line + NEAR_LINES
        and one.end_line >= other.start_line - NEAR_LINES
    )


def _near(fact: Fact, placement: Placement | None) -> bool:
    """Whether a report can be about the same fault: a model that mixes up the ids confirms nothing."""
    if placement is None:
        return False
    location = placement.location
    return (
        fact.path == location.path
        and fact.start_line <= location.end_line + NEAR_LINES
        and fact.end_line >= location.start_line - NEAR_LINES
    )


def _numbered(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Number the places at which the same code has the same fault, so that each keeps an identity of its own."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.fingerprint].append(finding)
    for group in groups.values():
        places = sorted({_place(finding) for finding in group})
        for finding in group:
            yield replace(finding, occurrence=places.index(_place(finding)))


def _place(finding: Finding) -> tuple[int, str]:
    return (finding.location.start_line, finding.location.side.value) if finding.location else (0, "")


def _rank(finding: Finding) -> tuple[object, ...]:
    location = finding.location
    return (
        -finding.severity,
        # One of an earlier run is compared by what its author said, as the others are.
        -(finding.confidence if finding.stated is None else finding.stated),
        location is None,
        finding.path,
        location.start_line if location else 0,
        finding.reviewer,
        finding.rule,
        finding.title,
    )


def _merge(kept: Finding, other: Finding) -> Finding:
    return replace(
        kept,
        evidence=_union(kept.evidence, other.evidence),
        models=_union(kept.models, other.models),
        also=tuple(name for name in _union(kept.also, other.reviewers) if name != kept.reviewer),
        aliases=tuple(
            name for name in _union(kept.aliases, (other.fingerprint, *other.aliases)) if name != kept.fingerprint
        ),
        suggestion=kept.suggestion or (other.suggestion if kept.location == other.location else None),
        votes=_union(kept.votes, other.votes),
        verification=_verdict(kept, other),
        dissent=_union(kept.dissent, other.dissent),
    )


def _verdict(kept: Finding, other: Finding) -> Verification | None:
    """What a second look said of either in an earlier run; what was refuted and is said again is looked at again."""
    said = [finding.verification for finding in (kept, other)]
    verdicts = [verdict for verdict in said if verdict is not None]
    if len(verdicts) < len(said):
        verdicts = [verdict for verdict in verdicts if verdict.standing is not Standing.REFUTED]
    return min(verdicts, key=lambda verdict: _WEIGHT[verdict.standing], default=None)


_WEIGHT = {
    Standing.CONFIRMED: 0,
    Standing.CONTESTED: 1,
    Standing.UNSURE: 2,
    Standing.REFUTED: 3,
    Standing.UNVERIFIED: 4,
}


def _union(first: Sequence[_T], second: Sequence[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys([*first, *second]))
