"""Functions counted by lizard: those that a change adds, or changes, and makes harder to follow than they were.

For the languages whose trees are not measured here already. A function that was as tangled before is not this change's.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reviewers.diff import FileDiff, FileStatus
from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence_source import EvidenceSource, Job, Piece, Printed, Reading, Remark, in_tests, suffix
from reviewers.findings import Severity
from reviewers.pieces import whole_piece
from reviewers.snapshot import PullRequestSnapshot

MOST_PATHS = 20
"""Paths through a function (McCabe's number) from which it is told; the usual limits of linters are 10 to 25."""


def wants(path: str) -> bool:
    """Sources, not tests, in languages that lizard knows and nobody else counts."""
    return suffix(path) in _ENDINGS and not in_tests(path)


def pieces(file: FileDiff, text: str | None) -> tuple[Piece, ...]:
    """The whole file where it is known: a part of it has parts of functions."""
    whole = whole_piece(file, text, f"after{suffix(file.path)}")
    return (whole,) if whole and len(whole.text) <= _MOST_CHARACTERS else ()


def beside(file: FileDiff, snapshot: PullRequestSnapshot) -> Mapping[str, str] | None:
    """The file as it was; None where that is not known, as then nobody can tell what the change made worse."""
    if file.status is FileStatus.ADDED:
        return {}
    text = snapshot.before.get(file.old_path or file.path)
    return None if text is None or len(text) > _MOST_CHARACTERS else {f"before{suffix(file.path)}": text}


def parse(printed: Printed, pieces: Mapping[str, Piece]) -> Reading:
    """Lizard's CSV (https://github.com/terryyin/lizard#using-lizard): a row for each function of both versions."""
    try:
        functions = [_function(row) for row in csv.reader(printed.output.splitlines()) if row]
    except (ValueError, IndexError, csv.Error) as error:
        raise ToolAnswerUnreadable(str(error)) from error
    return Reading(remarks=tuple(remark for place in pieces for remark in _remarks(place, functions)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Function:
    """What lizard counted of a function."""

    place: str
    name: str
    paths: int
    start_line: int
    end_line: int


_ENDINGS = {
    *(".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".m", ".mm", ".cs", ".rb", ".php", ".swift", ".scala"),
    *(".rs", ".kt", ".kts", ".lua", ".zig", ".sol"),
}
_MOST_CHARACTERS = 500_000
_COLUMNS = 11


def _function(row: list[str]) -> _Function:
    if len(row) != _COLUMNS:
        raise ValueError("not a row of lizard")
    return _Function(
        place=row[6].replace("\\", "/").removeprefix("./"),
        name=row[7],
        paths=int(row[1]),
        start_line=int(row[9]),
        end_line=int(row[10]),
    )


def _remarks(place: str, functions: Iterable[_Function]) -> Iterator[Remark]:
    earlier: dict[str, int] = defaultdict(int)
    for each in functions:
        if each.place == place.replace("/after", "/before"):
            earlier[each.name] = max(earlier[each.name], each.paths)
    for each in functions:
        if each.place == place and each.paths >= MOST_PATHS and each.paths > earlier[each.name]:
            yield _remark(each, earlier[each.name])


def _remark(function: _Function, before: int) -> Remark:
    was = f", {before} before this change" if before else ""
    return Remark(
        place=function.place,
        code="cyclomatic-complexity",
        start_line=function.start_line,
        end_line=function.end_line,
        message=f"{function.name} has {function.paths} paths through it{was}",
        reviewer="architecture",
        rule="excessive-complexity",
        severity=Severity.LOW,
        confidence=0.6,
        url="https://github.com/terryyin/lizard#readme",
    )


LIZARD = EvidenceSource(
    name="lizard",
    wants=wants,
    pieces=pieces,
    job=Job(
        program="lizard",
        package="quartet-review[evidence]",
        arguments=("--csv", "--ignore_warnings", "-1", "--no-gitignore", "."),
    ),
    parse=parse,
    partial="not known as a whole",
    signs=frozenset({("architecture", "excessive-complexity")}),
    optional=True,
    reads=False,
    beside=beside,
)
