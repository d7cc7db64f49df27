"""Findings with suggestions go in; the same come out, without the suggestions in which a tool finds a new fault.

All suggestions of a review are read at once: each as the file that it would make, beside the file as it is. What a
tool says of the lines now and not of those before is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewers.diff import Diff, FileDiff, Hunk, Line
from reviewers.evidence import Source
from reviewers.evidence.firewall import FIREWALL
from reviewers.evidence.patterns import PATTERNS
from reviewers.evidence.ruff import RUFF
from reviewers.evidence.secrets import SECRETS
from reviewers.evidence.zizmor import ZIZMOR
from reviewers.findings import Finding
from reviewers.gathering import gather
from reviewers.review import Target
from reviewers.snapshot import PullRequestSnapshot
from reviewers.suggestions import applied, as_prose

if TYPE_CHECKING:
    from reviewers.evidence_source import Run

PROVERS: tuple[Source, ...] = (RUFF, SECRETS, ZIZMOR, PATTERNS, FIREWALL)
"""Who reads them: what is quick, and needs no more than the file."""

MOST_SUGGESTIONS = 60
"""More than these are prose, as no review tells so many findings."""


def without_new_faults(findings: Iterable[Finding], snapshot: PullRequestSnapshot, run: Run) -> tuple[Finding, ...]:
    """The findings in their order, each suggestion that brings a new fault turned into prose.

    Args:
        findings: With suggestions that are proved to parse.
        snapshot: The change, with the files that they are for.
        run: Runs the tools, once for all suggestions, or not at all where there are none.
    """
    given = tuple(findings)
    trials = [_trial(index, each, snapshot) for index, each in enumerate(given) if each.suggestion is not None]
    trials = trials[:MOST_SUGGESTIONS]
    kept = {trial.index for trial in trials} - _faulty(trials, run)
    return tuple(
        each if each.suggestion is None or index in kept else as_prose(each) for index, each in enumerate(given)
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    """A suggestion as two files: the lines now, and the lines as they would be."""

    index: int
    now: _Version
    then: _Version


@dataclass(frozen=True, slots=True)
class _Version:
    file: FileDiff
    text: str


def _trial(index: int, finding: Finding, snapshot: PullRequestSnapshot) -> _Trial:
    at, text = finding.location, snapshot.contents.get(finding.path, "")
    start, end = (at.start_line, at.end_line) if at else (1, 1)
    suggestion = finding.suggestion or ""
    after = applied(text, at, suggestion) if at else suggestion
    count = len(suggestion.split("\n"))
    return _Trial(
        index,
        now=_version(f"now{index}/{finding.path}", text, start, end),
        then=_version(f"then{index}/{finding.path}", after, start, start + count - 1),
    )


def _version(path: str, text: str, start: int, end: int) -> _Version:
    """A file of which just these lines were added."""
    lines = text.split("\n")[start - 1 : end]
    hunk = Hunk(
        old_start=start - 1,
        old_count=0,
        new_start=start,
        new_count=len(lines),
        lines=tuple(Line(line, None, start + offset) for offset, line in enumerate(lines)),
    )
    return _Version(FileDiff(path=path, hunks=(hunk,)), text)


def _faulty(trials: Sequence[_Trial], run: Run) -> set[int]:
    """Those whose lines get a fault that they had not; told by the tool's rule, as its words name the code."""
    if not trials:
        return set()
    versions = [version for trial in trials for version in (trial.now, trial.then)]
    evidence = gather(_snapshot(versions), [version.file for version in versions], run, PROVERS)
    faults: dict[str, set[tuple[str, str]]] = {}
    for fact in evidence.facts:
        faults.setdefault(fact.path, set()).add((fact.source, fact.code))
    return set(_with_more(trials, faults))


def _with_more(trials: Sequence[_Trial], faults: dict[str, set[tuple[str, str]]]) -> Iterator[int]:
    for trial in trials:
        if faults.get(trial.then.file.path, set()) - faults.get(trial.now.file.path, set()):
            yield trial.index


def _snapshot(versions: Sequence[_Version]) -> PullRequestSnapshot:
    return PullRequestSnapshot(
        target=Target(kind="diff", name="suggestions"),
        diff=Diff(tuple(version.file for version in versions)),
        contents={version.file.path: version.text for version in versions},
    )
