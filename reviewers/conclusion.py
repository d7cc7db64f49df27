"""The end of a run: answers, tool reports and what stayed open become one review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from reviewers.adjudication import adjudicate, dropped_by, remarks_of, undecided
from reviewers.coverage import coverage
from reviewers.fact_findings import as_findings
from reviewers.review import Coverage, Review, Skipped
from reviewers.still_open import fixed, still_open

if TYPE_CHECKING:
    from reviewers.evidence import Source
    from reviewers.evidence_source import Evidence, Unread
    from reviewers.findings import Fact
    from reviewers.panel import PanelResult
    from reviewers.plan import ReviewPlan
    from reviewers.selection import Selection
    from reviewers.snapshot import PullRequestSnapshot

SECRET_SCAN = "detect-secrets"  # noqa: S105 - the name of a tool
"""It reads every kind of file, so having been read by it alone does not make a line reviewed."""

NO_TOOL = "no model was asked, and no tool but the secret scan reads this kind of file"
"""Reason for files of a review without models."""


def conclude(
    snapshot: PullRequestSnapshot,
    plan: ReviewPlan,
    result: PanelResult,
    evidence: Evidence,
    *,
    reviewers: Sequence[str],
) -> Review:
    """The review of a change that models were asked about.

    Tool reports that a reviewer confirmed are part of its findings, those it dropped are listed with its reason, and
    those it did not decide stand as they are. What earlier runs found stands beside it, as far as it is still open.

    Args:
        snapshot: The change.
        plan: What was to be asked.
        result: What came of it.
        evidence: What tools found.
        reviewers: Names of those that were asked to look.
    """
    said = [finding for item in result.answers for finding in remarks_of(item, snapshot.diff, snapshot.contents)]
    dropped = dropped_by(result.answers)
    facts = [fact for fact in _concerning(evidence, reviewers) if fact not in plan.decided]
    left = undecided(facts, dropped, said)
    earlier = still_open(plan.carried, result.answers, said=said, left=left, evidence=evidence, reviewers=reviewers)
    findings = adjudicate((*said, *as_findings(left, snapshot.diff), *earlier))
    return Review(
        target=snapshot.target,
        findings=findings,
        coverage=coverage(plan, (item.task for item in result.answers)),
        gaps=(*plan.gaps, *result.gaps, *evidence.gaps),
        dropped=dropped,
        calls=result.calls,
        reviewers=tuple(reviewers),
        note=evidence.note,
        fixed=fixed(plan.carried, findings),
        unchanged=plan.unchanged,
    )


def conclude_without_models(
    snapshot: PullRequestSnapshot,
    selection: Selection,
    evidence: Evidence,
    *,
    reviewers: Sequence[str],
    sources: Iterable[Source],
    reason: str,
) -> Review:
    """The review of a change that only tools looked at.

    Args:
        snapshot: The change.
        selection: Which of its files were looked at.
        evidence: What tools found.
        reviewers: Whose rules count.
        sources: The tools.
        reason: Why no model was asked, for people.
    """
    facts = _concerning(evidence, reviewers)
    note = f"{reason}; {evidence.note}" if evidence.note else reason
    return Review(
        target=snapshot.target,
        findings=adjudicate(as_findings(facts, snapshot.diff)),
        coverage=_read_by_tools(snapshot, selection, evidence, tuple(sources)),
        gaps=evidence.gaps,
        reviewers=tuple(reviewers),
        models_asked=False,
        note=note,
    )


def _concerning(evidence: Evidence, reviewers: Sequence[str]) -> tuple[Fact, ...]:
    return tuple(fact for fact in evidence.facts if fact.reviewer in reviewers)


def _read_by_tools(
    snapshot: PullRequestSnapshot, selection: Selection, evidence: Evidence, sources: Sequence[Source]
) -> Coverage:
    readers = [source for source in sources if source.name != SECRET_SCAN and source.reads]
    skipped = [*selection.skipped, *snapshot.unlisted]
    for file in selection.files:
        wanting = {source.name for source in readers if source.wants(file.path)}
        if all(_failed(name, file.path, evidence) for name in wanting):
            reason = f"no model was asked, and {_without(wanting, evidence)}" if wanting else NO_TOOL
            skipped.append(Skipped(path=file.path, reason=reason, lines=file.shown_lines))
    skipped += _read_in_part(evidence, {source.name for source in readers})
    changed = snapshot.diff.changed_lines + sum(item.lines for item in snapshot.unlisted)
    missing = sum(item.lines for item in skipped)
    return Coverage(changed_lines=changed, reviewed_lines=changed - missing, skipped=tuple(skipped))


def _without(names: Iterable[str], evidence: Evidence) -> str:
    """What kept tools from reading a file: they broke down, or they are not there."""
    broke = sorted(name for name in names if name not in evidence.absent)
    return f"{', '.join(broke)} failed" if broke else f"{', '.join(sorted(names))} not installed"


def _read_in_part(evidence: Evidence, readers: set[str]) -> Iterator[Skipped]:
    """For each path what the tool could not read that could read least.

    By path, as a series of patches has one twice: what was not read of both is summed up.
    """
    missed: dict[str, dict[str, list[Unread]]] = {}
    for each in evidence.unread:
        if each.source in readers and not _failed(each.source, each.path, evidence):
            missed.setdefault(each.path, {}).setdefault(each.source, []).append(each)
    for path, by_source in missed.items():
        worst = max(by_source.values(), key=_lines)
        yield Skipped(path=path, reason=f"{worst[0].source}: {worst[0].reason}", lines=_lines(worst))


def _lines(unread: Iterable[Unread]) -> int:
    return sum(each.lines for each in unread)


def _failed(source: str, path: str, evidence: Evidence) -> bool:
    """Whether a tool gave no answer on a file; a gap without paths is about all of them."""
    if source in evidence.absent:
        return True
    gaps = (gap.path for gap in evidence.gaps if gap.reviewer == f"evidence: {source}")
    # Looked up with its separators, because a file name may hold one.
    return any(not paths or f", {path}, " in f", {paths}, " for paths in gaps)
