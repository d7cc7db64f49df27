"""What the lines before a file's first hunk say of it: names, what happened, modes, whether it is binary."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviewers.diff import FileDiff, FileStatus, Hunk
from reviewers.diff_paths import (
    binary_pair,
    git_pair,
    read_name,
    unquoted,
    without_prefix,
    without_prefixes,
)

_NO_FILE = "/dev/null"
_MODE = re.compile(r"[0-7]{6}")
_INDEX = re.compile(r"index [0-9a-f,]+\.\.[0-9a-f]+ ([0-7]{6})$")
_MERGED_MODES = re.compile(r"mode ([0-7]{6})[0-7,]*\.\.([0-7]{6})$")

# How diff -N, hg, CVS and svn say that a side does not exist.
_NOWHERE = re.compile(r"1970-01-01|1969-12-31|Jan +0?1 [0-9:]+ 1970|1 Jan 1970|\(nonexistent\)|\(revision 0\)$")

_WORDS = {
    "rename from ": ("moved_from", FileStatus.RENAMED),
    "rename to ": ("moved_to", FileStatus.RENAMED),
    "copy from ": ("moved_from", FileStatus.COPIED),
    "copy to ": ("moved_to", FileStatus.COPIED),
}
_BINARY = ("GIT binary patch", "Cannot display: file marked as a binary type.")


@dataclass(slots=True, kw_only=True)
class FileHeader:
    """A file's header while it is read.

    Attributes:
        git: What follows ``diff --git``, or None.
        merged: The name that follows ``diff --cc``, or None.
        index: The name that follows svn's ``Index:``, or None.
        crlf: Whether the header's lines end with ``\\r\\n``, so that the content's do for no reason of their own.
        old: The name after ``---``, as it stands there, or None.
        new: The name after ``+++``, as it stands there, or None.
        old_note: What follows the old name, such as a date.
        new_note: What follows the new name.
        moved_from: The old path, where git says that the file was renamed or copied.
        moved_to: The new path, where git says so.
        status: What happened, where a line says so outright.
        old_mode: Six octal digits, or None.
        new_mode: Six octal digits, or None.
        binary: Whether a line says so.
        touched: Whether any line after the first has been taken.
    """

    git: str | None = None
    merged: str | None = None
    index: str | None = None
    crlf: bool = False
    old: str | None = None
    new: str | None = None
    old_note: str = ""
    new_note: str = ""
    moved_from: str | None = None
    moved_to: str | None = None
    status: FileStatus | None = None
    old_mode: str | None = None
    new_mode: str | None = None
    binary: bool = False
    touched: bool = False

    def name_sides(self, old_line: str, new_line: str) -> None:
        """Take the ``---`` and the ``+++`` line."""
        self.old, self.old_note = read_name(old_line.removesuffix("\r")[4:])
        self.new, self.new_note = read_name(new_line.removesuffix("\r")[4:])
        self.crlf = old_line.endswith("\r") and new_line.endswith("\r")
        self.touched = True

    def take(self, line: str) -> None:
        """Take any other line; what says nothing of the file is passed over."""
        self.touched = True
        for words, (field, status) in _WORDS.items():
            if line.startswith(words):
                setattr(self, field, unquoted(line[len(words) :]))
                self.status = status
                return
        self._take_mode(line)
        if line.startswith(_BINARY):
            self.binary = True
        elif line.startswith("Binary files ") and line.endswith(" differ"):
            self.binary = True
            pair = binary_pair(line)
            if pair and self.old is None:
                self.old, self.new = pair

    def file(self, hunks: tuple[Hunk, ...]) -> FileDiff | None:
        """The file that this header and these hunks tell of, or None where no line names one."""
        old, new = self._paths()
        path = new or old
        if not path:
            return None
        status = self._status(old, new, hunks)
        moved = status in (FileStatus.RENAMED, FileStatus.COPIED)
        return FileDiff(
            path=path,
            old_path=old if moved else None,
            status=status,
            hunks=hunks,
            binary=self.binary,
            old_mode=self.old_mode,
            new_mode=self.new_mode,
        )

    def _take_mode(self, line: str) -> None:
        match line.split(" "):
            case ["old", "mode", mode] if _MODE.fullmatch(mode):
                self.old_mode = mode
            case ["new", "mode", mode] if _MODE.fullmatch(mode):
                self.new_mode = mode
            case ["new", "file", "mode", mode] if _MODE.fullmatch(mode):
                self.status, self.new_mode = FileStatus.ADDED, mode
            case ["deleted", "file", "mode", modes] if _MODE.match(modes):
                self.status, self.old_mode = FileStatus.DELETED, modes[:6]
            case ["index", _, _]:
                if found := _INDEX.fullmatch(line):
                    self.old_mode = self.new_mode = found[1]
            case ["mode", _]:
                if found := _MERGED_MODES.fullmatch(line):
                    self.old_mode, self.new_mode = found.groups()
            case _:
                pass

    def _paths(self) -> tuple[str | None, str | None]:
        """Old and new path; None for a side that does not exist."""
        if self.moved_to is not None:
            return self.moved_from, self.moved_to
        only = self.merged if self.merged is not None else self.index
        if only is not None:
            return only, only
        if self.git is not None and (self.old is None or _NO_FILE in (self.old, self.new)):
            return self._git_paths(self.git)
        return self._side_paths()

    def _side_paths(self) -> tuple[str | None, str | None]:
        """Paths as the ``---`` and ``+++`` lines have them."""
        if self.old is None or self.new is None:
            return None, None
        if self.old == _NO_FILE:
            return None, without_prefix(self.new)
        if self.new == _NO_FILE:
            return without_prefix(self.old), None
        return without_prefixes(self.old, self.new)

    def _git_paths(self, text: str) -> tuple[str | None, str | None]:
        """Paths of a file whose ``---`` and ``+++`` lines, if any, name one side only."""
        names = {name for name in (self.old, self.new) if name not in (None, _NO_FILE)}
        pair = git_pair(text)
        if pair and (not names or names & set(pair)):
            return without_prefixes(*pair)
        name = names.pop() if names else None
        path = without_prefix(name) if name else None
        return path, path

    def _status(self, old: str | None, new: str | None, hunks: tuple[Hunk, ...]) -> FileStatus:
        if self.status is not None:
            return self.status
        # git has words for a file that comes or goes; for others an empty side is all there is to see.
        sole = hunks[0] if len(hunks) == 1 and self.git is None and self.merged is None else None
        no_old = sole and not sole.old_start and (self.index is None or _NOWHERE.search(self.old_note))
        no_new = sole and not sole.new_start and _NOWHERE.search(self.new_note)
        if self.old == _NO_FILE or no_old:
            return FileStatus.ADDED
        if self.new == _NO_FILE or no_new:
            return FileStatus.DELETED
        return FileStatus.RENAMED if old != new and self._prefixed() else FileStatus.MODIFIED

    def _prefixed(self) -> bool:
        """Whether both sides carry git's prefixes, so that two names are two paths of one tree."""
        return bool(self.old and self.new and self.old.startswith("a/") and self.new.startswith("b/"))
