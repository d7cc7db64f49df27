"""Evidence as values: what a tool reads, how it is called, what its answer means, and what came of it all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from reviewers.diff import FileDiff
from reviewers.findings import Fact, Severity
from reviewers.review import Gap

if TYPE_CHECKING:
    from reviewers.snapshot import PullRequestSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Code that a tool reads: a whole file, or what is known of it.

    Attributes:
        path: The file in the change. It never becomes a path on the disk: see ``name``.
        name: What the tool finds it under, in a folder of its own; fixed words, never taken from the change.
        text: The code; lines end with ``\\n`` alone.
        numbers: For each line of ``text`` its number in the new file, 0 for a line that the file does not have.
        whole: Whether this is the whole file.
    """

    path: str
    name: str
    text: str
    numbers: tuple[int, ...]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a tool says of a piece, mapped to a reviewer's rule; the lines are counted from 1 in the piece.

    Attributes:
        place: Where the piece it is about was put.
        code: The tool's rule.
        start_line: First line in the piece.
        end_line: Last line in the piece.
        message: What the tool says; never the secret itself.
        reviewer: The reviewer it concerns.
        rule: That reviewer's rule.
        cwe: The weakness, where the tool's rule is more exact than the reviewer's.
        severity: How bad the tool's rule is on our scale.
        confidence: How often the tool's rule is right, 0–1.
        url: The tool's page on the rule, or the empty string.
        lines_before: How many lines before it may hold the cause: the nearest changed one counts where the remark
            itself stands on none.
    """

    place: str
    code: str
    start_line: int
    end_line: int
    message: str
    reviewer: str
    rule: str
    cwe: str | None = None
    severity: Severity
    confidence: float
    url: str = ""
    lines_before: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A tool's answer: its remarks, and the places of the pieces it could not make sense of."""

    remarks: tuple[Remark, ...] = ()
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Printed:
    """A tool ended as it should: what it wrote to standard output and to standard error."""

    output: str
    log: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A tool gave no answer.

    Attributes:
        reason: Why, in one line that names the cure.
        crashed: Whether it broke down while reading, so that less to read may help.
        missing: Whether the program is not installed.
    """

    reason: str
    crashed: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of a tool in a fresh folder.

    Attributes:
        program: Name of the program, or ``python`` for the interpreter that runs this.
        arguments: What follows it; the tool finds its files in the working directory.
        package: What to install where the program is missing.
        files: Place below the folder and text of each file.
        seconds: How long it may take.
        statuses: Exit statuses with which it gives an answer.
        named: Whether it is told its files one by one, after the arguments, because it looks into no folder.
        needs: A module without which a script for ``python`` is a program that is missing; or the empty string.
    """

    program: str
    arguments: tuple[str, ...]
    package: str
    files: tuple[tuple[str, str], ...] = ()
    seconds: float = 30
    statuses: frozenset[int] = frozenset({0})
    named: bool = False
    needs: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """All that follows the program's name."""
        return (*self.arguments, *(place for place, _ in self.files)) if self.named else self.arguments


Run = Callable[[Sequence[Job]], Sequence[Printed | Failed]]
"""Run tools, all at the same time, and answer in the same order."""


def nothing_beside(file: FileDiff, snapshot: PullRequestSnapshot) -> Mapping[str, str]:  # noqa: ARG001 - as all are asked
    """What most tools read beside the pieces of a file."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSource:
    """A tool that computes facts from code.

    Attributes:
        name: What people call it: ``ruff``.
        wants: Whether it reads files of that path.
        pieces: What it reads of a file, given its whole text where that is known.
        job: How to run it, before it is given files.
        parse: What its answer means; the mapping holds the pieces by where they were put.
            Raises ``ToolAnswerUnreadable`` when it does not understand the answer.
        partial: What to say of changed lines that it could not read, in a few words.
        signs: Rules it may report, as (reviewer, rule).
        optional: Whether a review goes without it where its program is not installed; the note tells so.
        reads: Whether a line has been looked at when this tool alone has read it; not where it looks for a single
            kind of fault.
        beside: What else it finds in the folder of a file's first piece, as name and text: the file as it was, a
            configuration. None keeps it from reading the file at all.
    """

    name: str
    wants: Callable[[str], bool]
    pieces: Callable[[FileDiff, str | None], tuple[Piece, ...]]
    job: Job
    parse: Callable[[Printed, Mapping[str, Piece]], Reading]
    partial: str
    signs: frozenset[tuple[str, str]]
    optional: bool = False
    reads: bool = True
    beside: Callable[[FileDiff, PullRequestSnapshot], Mapping[str, str] | None] = nothing_beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Changed lines that a source would have read but could not.

    Attributes:
        source: Name of the source.
        path: The file.
        lines: Number of added lines.
        reason: Why, in a few words: ``only parts of it are known``.
    """

    source: str
    path: str
    lines: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the tools found on the changed lines.

    Attributes:
        facts: Each once, by path and line.
        gaps: Sources that gave no answer.
        unread: What a source that did answer could not read; not a fault of the tool.
        absent: Names of optional sources that would have read files, but whose programs are not installed; without
            those that look for a single kind of fault.
    """

    facts: tuple[Fact, ...] = ()
    gaps: tuple[Gap, ...] = ()
    unread: tuple[Unread, ...] = field(default=())
    absent: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """What was not read, in one line for people, or the empty string."""
        sources = dict.fromkeys(each.source for each in self.unread)
        notes = [_note(source, [each for each in self.unread if each.source == source]) for source in sources]
        if self.absent:
            are = "is" if len(self.absent) == 1 else "are"
            notes.append(f"{', '.join(self.absent)} {are} not installed (docs/evidence.md)")
        return "; ".join(notes)


def json_list(text: str) -> list[Any]:
    """The list that a tool printed as JSON.

    Raises:
        ValueError: It is no JSON, or no list.
    """
    value = json.loads(text)
    if not isinstance(value, list):
        raise ValueError("not a list")  # noqa: TRY004 - no fault of the caller, but of the text
    return value


def suffix(path: str) -> str:
    """The lower-case ending of a path with its dot: ``.py``."""
    return PurePosixPath(path).suffix.lower()


def in_tests(path: str) -> bool:
    """Whether a path is a test, or something that tests read."""
    *folders, name = path.lower().split("/")
    return (
        not _TEST_FOLDERS.isdisjoint(folders)
        or name == "conftest.py"
        or name.startswith("test_")
        or any(mark in name for mark in ("_test.", ".test.", ".spec.", "_spec."))
    )


def in_test_data(path: str) -> bool:
    """Whether a path is what tests read: code that is as wrong as its test wants it."""
    *folders, _ = path.lower().split("/")
    return not _DATA_FOLDERS.isdisjoint(folders) or (in_tests(path) and not _INNER_DATA_FOLDERS.isdisjoint(folders))


_DATA_FOLDERS = {"fixtures", "testdata", "test_data", "test-data", "__snapshots__", "snapshots"}
_INNER_DATA_FOLDERS = {"data", "resources", "cases", "samples", "examples", "corpus", "input", "golden"}
_TEST_FOLDERS = {"test", "tests", "testing", "__tests__", "spec", "specs", "e2e", "__mocks__"} | _DATA_FOLDERS
_NAMED_FILES = 3


def _note(source: str, unread: Sequence[Unread]) -> str:
    names = ", ".join(each.path for each in unread[:_NAMED_FILES])
    more = f" and {len(unread) - _NAMED_FILES} more files" if len(unread) > _NAMED_FILES else ""
    reasons = ", ".join(dict.fromkeys(each.reason for each in unread))
    lines = sum(each.lines for each in unread)
    return f"{source} did not read {lines} changed line{'s' * (lines > 1)} in {names}{more} ({reasons})"
