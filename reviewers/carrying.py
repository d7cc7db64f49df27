"""Findings of earlier runs and the present change in; those that still have their code out, and those that do not.

When it is open whether a finding's code is gone, it is not: a fault that is taken for fixed is worse than one that is
told a day too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewers.anchoring import Placement, places_of
from reviewers.diff import Diff, FileDiff, FileStatus, Side
from reviewers.hunk_identity import ids_of
from reviewers.incremental import Earlier
from reviewers.verification.values import Standing

if TYPE_CHECKING:
    from reviewers.chunks import Chunk
    from reviewers.findings import Finding
    from reviewers.incremental import Reviewed
    from reviewers.snapshot import PullRequestSnapshot


@dataclass(frozen=True, slots=True)
class Carried:
    """Findings of earlier runs on the present change.

    Attributes:
        standing: Those whose code is there, or may be.
        gone: Those whose code is not.
        settled: Of which findings in which hunks (``Earlier.settled``) their reviewers have said whether they hold.
    """

    standing: tuple[Earlier, ...] = ()
    gone: tuple[Finding, ...] = ()
    settled: frozenset[str] = frozenset()

    def to_ask_again(self, reviewer: str, chunk: Chunk) -> Iterator[Earlier]:
        """What a reviewer's models found in lines of this chunk; what tools alone said, they say again themselves."""
        mine = [
            each
            for each in self.standing
            if each.finding.reviewer == reviewer and each.finding.models and not _refuted(each.finding)
        ]
        if not mine:
            return
        shown = {(path, side, line.number(side)) for path, _, _, line in chunk.places for side in Side}
        for each in mine:
            at = each.finding.location
            if at is not None and (at.path, at.side, at.start_line) in shown:
                yield each


def _refuted(finding: Finding) -> bool:
    return finding.verification is not None and finding.verification.standing is Standing.REFUTED


NOTHING_CARRIED = Carried()
"""Of a first look."""


def carry(reviewed: Reviewed, snapshot: PullRequestSnapshot) -> Carried:
    """Look up each earlier finding by the code it stood on.

    Equal code may stand in a file several times: findings keep their order among these places.

    Args:
        reviewed: What earlier runs found, and of which hunks.
        snapshot: The change as it is now.
    """
    if not reviewed.findings:
        return NOTHING_CARRIED
    diff = snapshot.diff
    ids = {
        (file.path, side, line.number(side)): hunk_id
        for file, hunks in zip(diff.files, ids_of(diff.files), strict=True)
        for hunk_id, hunk in zip(hunks, file.hunks, strict=True)
        for line in hunk.lines
        for side in Side
    }
    answered = _answered_paths(reviewed, diff)
    standing: list[Earlier] = []
    gone: list[Finding] = []
    for group in _by_code(reviewed.findings):
        for finding, placement in _assigned(group, diff):
            if placement is not None:
                here = placement.location
                hunk = ids.get((here.path, here.side, here.start_line), "")
                standing.append(Earlier(finding=_moved(finding, placement), hunk=hunk))
            elif _may_stand(finding, snapshot, answered):
                standing.append(Earlier(finding=replace(finding, location=None, suggestion=None)))
            else:
                gone.append(finding)
    return Carried(_once(standing), tuple(gone), frozenset().union(*reviewed.by.values()))


def _by_code(findings: Iterable[Finding]) -> Iterable[Sequence[Finding]]:
    """Findings of the same fault in the same code, by where they stood; of several in one place the last one."""
    groups: dict[tuple[str, Side | None], dict[int, Finding]] = {}
    for finding in findings:
        at = finding.location
        places = groups.setdefault((finding.fingerprint, at.side if at else None), {})
        places[at.start_line if at else 0] = finding
    return [[places[line] for line in sorted(places)] for places in groups.values()]


def _assigned(group: Sequence[Finding], diff: Diff) -> Iterable[tuple[Finding, Placement | None]]:
    places = _places(group[0], diff)
    left = list(places)
    assigned: list[tuple[Finding, Placement | None]] = []
    for finding in group:
        line = finding.location.start_line if finding.location else 0
        # Of a finding that was made again further down, one run after the other, each is told of the one place.
        nearest = min(left or places, key=lambda each: abs(each.location.start_line - line), default=None)
        if nearest in left:
            left.remove(nearest)
        assigned.append((finding, nearest))
    return assigned


def _places(finding: Finding, diff: Diff) -> tuple[Placement, ...]:
    at = finding.location
    if at is None or not finding.anchor.strip():
        return ()
    if files := diff.of(finding.path):
        return places_of(files, finding.anchor, at.side)
    # A file that the change itself adds and that is renamed by a later push leaves no trace of its old name.
    renamed = [file for file in diff.files if file.status is not FileStatus.MODIFIED]
    places = places_of(renamed, finding.anchor, at.side)
    return places if len({place.location.path for place in places}) == 1 else ()


def _may_stand(finding: Finding, snapshot: PullRequestSnapshot, answered: Mapping[str, frozenset[str]]) -> bool:
    """Whether a finding whose code is not to be seen is open all the same."""
    files = snapshot.diff.of(finding.path) if finding.path else snapshot.diff.files
    if _unseen(files) or (finding.path and not files and snapshot.unlisted):
        return True
    if finding.location is not None:
        return False
    # One that never had a place stands as long as anything does that its reviewer had looked at.
    paths = answered.get(finding.reviewer, frozenset())
    return any(file.path in paths for file in files)


def _unseen(files: Iterable[FileDiff]) -> bool:
    return any(file.unseen_lines for file in files)


def _answered_paths(reviewed: Reviewed, diff: Diff) -> Mapping[str, frozenset[str]]:
    """For each reviewer's name the files in which a hunk is left that it has answered, in whole or in part."""
    hunks = {
        hunk_id: file.path for file, hunks in zip(diff.files, ids_of(diff.files), strict=True) for hunk_id in hunks
    }
    found: dict[str, set[str]] = {}
    for key, ids in reviewed.by.items():
        paths = (hunks.get(each.partition("/")[0]) for each in ids)
        found.setdefault(key.rpartition(":")[0] or key, set()).update(path for path in paths if path)
    return {name: frozenset(paths) for name, paths in found.items()}


def _moved(finding: Finding, placement: Placement) -> Finding:
    """The finding at its new place; what it was called under another path it answers to still."""
    old, new = finding.location, placement.location
    shift = new.start_line - (old.start_line if old else new.start_line)
    moved = replace(
        finding,
        path=new.path,
        location=new,
        evidence=tuple(
            replace(fact, path=new.path, start_line=fact.start_line + shift, end_line=fact.end_line + shift)
            for fact in finding.evidence
        ),
    )
    if moved.fingerprint == finding.fingerprint:
        return moved
    return replace(moved, aliases=tuple(dict.fromkeys((*finding.aliases, finding.fingerprint))))


def _once(standing: Iterable[Earlier]) -> tuple[Earlier, ...]:
    """Each once, without those that another one says again."""
    once = {(each.finding.fingerprint, each.finding.location): each for each in standing}
    said_again = {alias for each in once.values() for alias in each.finding.aliases}
    return tuple(each for each in once.values() if each.finding.fingerprint not in said_again)
