"""A change as values: files, hunks and lines, numbered as they are in the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Which of the two files a line number belongs to, in GitHub's words."""

    LEFT = "LEFT"
    RIGHT = "RIGHT"


class FileStatus(StrEnum):
    """What happened to a file."""

    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"
    COPIED = "copied"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk.

    Attributes:
        text: The line without its marker and without ``\\n``; a ``\\r`` before the line feed is kept.
        old: Its number in the old file, or None for an added line.
        new: Its number in the new file, or None for a removed line.
        ends_file: Whether git said that no line feed follows it.
    """

    text: str
    old: int | None
    new: int | None
    ends_file: bool = False

    @property
    def added(self) -> bool:
        """Whether the line is only in the new file."""
        return self.old is None

    @property
    def removed(self) -> bool:
        """Whether the line is only in the old file."""
        return self.new is None

    @property
    def changed(self) -> bool:
        """Whether the line is added or removed."""
        return self.old is None or self.new is None

    def number(self, side: Side) -> int | None:
        """The line's number on one side, or None when it is not there."""
        return self.old if side is Side.LEFT else self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Lines that stand together, with unchanged lines around them.

    Attributes:
        old_start: First line in the old file, as the header says it (0 for an empty side).
        old_count: Lines in the old file.
        new_start: First line in the new file, as the header says it (0 for an empty side).
        new_count: Lines in the new file.
        section: What the header quotes after ``@@``, often the enclosing function.
        lines: In the order of the diff.
    """

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def changed_lines(self) -> int:
        """Number of added and removed lines."""
        return sum(line.changed for line in self.lines)

    @property
    def header(self) -> str:
        """The hunk's first line in a unified diff."""
        section = f" {self.section}" if self.section else ""
        return f"@@ -{self.old_start},{self.old_count} +{self.new_start},{self.new_count} @@{section}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    """What happened to one file.

    Attributes:
        path: Its path now, or, when it was deleted, the path it had; ``/`` between folders.
        old_path: Its path before, when it was renamed or copied; else None.
        status: What happened.
        hunks: The changed places; empty for binaries, pure renames and mode changes.
        binary: Whether git says that the content is binary.
        old_mode: Six octal digits, or None where the diff does not say.
        new_mode: Six octal digits, or None where the diff does not say.
        unseen_lines: Changed lines that the source counts but did not deliver (GitHub leaves big patches out).
    """

    path: str
    old_path: str | None = None
    status: FileStatus = FileStatus.MODIFIED
    hunks: tuple[Hunk, ...] = ()
    binary: bool = False
    old_mode: str | None = None
    new_mode: str | None = None
    unseen_lines: int = 0

    @property
    def submodule(self) -> bool:
        """Whether this is a pointer to a commit of another repository (mode 160000)."""
        return "160000" in (self.old_mode, self.new_mode)

    @property
    def symlink(self) -> bool:
        """Whether the new side is a symbolic link (mode 120000)."""
        return (self.new_mode or self.old_mode) == "120000"

    @property
    def lines(self) -> Iterator[Line]:
        """Every line of every hunk, in order."""
        return (line for hunk in self.hunks for line in hunk.lines)

    @property
    def additions(self) -> int:
        """Number of added lines."""
        return sum(line.added for line in self.lines)

    @property
    def deletions(self) -> int:
        """Number of removed lines."""
        return sum(line.removed for line in self.lines)

    @property
    def shown_lines(self) -> int:
        """Number of added and removed lines that were delivered."""
        return sum(line.changed for line in self.lines)

    @property
    def changed_lines(self) -> int:
        """Number of added and removed lines, those that were not delivered included."""
        return self.shown_lines + self.unseen_lines


@dataclass(frozen=True, slots=True)
class Diff:
    """A whole change. A path may come twice, where the text was a series of patches."""

    files: tuple[FileDiff, ...] = ()

    @property
    def changed_lines(self) -> int:
        """Number of added and removed lines of all files."""
        return sum(file.changed_lines for file in self.files)

    def of(self, path: str) -> tuple[FileDiff, ...]:
        """Every file diff at a path, new or old."""
        return tuple(file for file in self.files if path in (file.path, file.old_path))
