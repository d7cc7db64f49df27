"""Unified diffs go in, as git, GitHub, svn, hg and diff write them; files, hunks and numbered lines come out."""

from __future__ import annotations

import codecs
import re

from reviewers.diff import Diff, FileDiff, FileStatus, Hunk
from reviewers.diff_headers import FileHeader
from reviewers.diff_hunks import read_hunk
from reviewers.diff_paths import unquoted
from reviewers.errors import DiffError

# Lines that start the message of the next commit: git format-patch, git log and git show, hg export.
_MESSAGE = re.compile(r"From [0-9a-f]{40,64} |commit [0-9a-f]{40,64}\b|# HG changeset patch$")
# Lines of git and diff that tell of a change without text: `git diff --submodule=log`, a conflict, `diff -r`.
_WORDLESS = ("Submodule ", "* Unmerged path ", "Only in ")
_COMBINED = ("diff --cc ", "diff --combined ")
# What can follow `diff --git` in git's output, and hardly does in a message that speaks of it.
_EXTENDED = (
    "index ",
    "old mode ",
    "new file ",
    "deleted file ",
    "similarity ",
    "dissimilarity ",
    "rename ",
    "copy ",
    "--- ",
)
_NOTHING_PRINTED = re.compile(r"\s*")


def parse_diff(text: str) -> Diff:
    """Read a unified diff.

    Takes what ``git diff``, ``git show``, ``git log -p`` and ``git format-patch`` print, with any prefixes, and what
    svn, hg, CVS and ``diff -u`` print. The diff of a merge (``diff --cc``) is told as its first parent sees it. Lines
    end at line feeds only: other characters that Python takes for line ends are content.

    Returns:
        The files in the order of the text; none for an empty text and for one that tells of commits or submodules
        without any text.

    Raises:
        DiffError: The text is not a unified diff, or breaks off inside one.

    Example:
        >>> diff = parse_diff("--- a/x.py\\n+++ b/x.py\\n@@ -1 +1,2 @@\\n one\\n+two\\n")
        >>> diff.files[0].path, [line.new for line in diff.files[0].lines]
        ('x.py', [1, 2])
    """
    text = text.removeprefix("\ufeff")
    reading = _Reading(_split(text))
    while reading.at < len(reading.lines):
        reading.step()
    reading.close()
    if not reading.files and not reading.understood and not _NOTHING_PRINTED.fullmatch(text):
        raise DiffError(_diagnosis(reading.lines), line=1)
    return Diff(tuple(reading.files))


def parse_patch(
    patch: str,
    *,
    path: str,
    old_path: str | None = None,
    status: FileStatus = FileStatus.MODIFIED,
    unseen_lines: int = 0,
) -> FileDiff:
    """Read the hunks of one file, as GitHub's API gives them in ``patch``.

    Args:
        patch: Hunks without a header; empty where there are none. GitHub leaves out the last line feed.
        path: The file's path now.
        old_path: Its path before, when it was renamed or copied.
        status: What happened to it.
        unseen_lines: Changed lines that are counted by the source and not in ``patch``.

    Raises:
        DiffError: The text is something else than hunks, or breaks off inside one.
    """
    lines = _split(patch)
    at = 0
    # GitLab and Gitea put the names before the hunks.
    while at < len(lines) and lines[at].startswith(("--- ", "+++ ")):
        at += 1
    hunks: list[Hunk] = []
    while at < len(lines):
        hunk, at = read_hunk(lines, at)
        hunks.append(hunk)
    return FileDiff(path=path, old_path=old_path, status=status, hunks=tuple(hunks), unseen_lines=unseen_lines)


def decode_diff(data: bytes) -> str:
    """The text of a diff file.

    UTF-8, in which every byte that is none becomes U+FFFD; a file in UTF-16, as PowerShell's ``>`` writes it, is known
    by its byte order mark, or, without one, by a zero in every other byte of its first line.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    beginning = data[:16]
    if len(beginning) > 1 and beginning.isascii():
        if not any(beginning[1::2]) and all(beginning[::2]):
            return data.decode("utf-16-le", "replace")
        if not any(beginning[::2]) and all(beginning[1::2]):
            return data.decode("utf-16-be", "replace")
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")


def _split(text: str) -> list[str]:
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


class _Reading:
    """A pass over the lines, with the file that is open at the moment."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0
        self.files: list[FileDiff] = []
        self.understood = False
        self._header: FileHeader | None = None
        self._hunks: list[Hunk] = []
        self._in_message = False

    def step(self) -> None:
        """Take one line that is in no hunk, or a whole hunk."""
        line = self.lines[self.at].removesuffix("\r")
        if line.startswith("@@"):
            self._take_hunk(line)
            return
        if line.startswith("--- ") and self._take_names():
            return
        if line.startswith("diff "):
            self._open_at_command(line)
        elif line.startswith("Index: ") and self._next(1).startswith("====="):
            self._open(FileHeader(index=line[len("Index: ") :]))
        elif _MESSAGE.match(line):
            self.close()
            self._in_message = self.understood = True
        elif line.startswith(_WORDLESS):
            self.close()
            self.understood = True
        elif line in ("-- ", "--"):
            self.close()
        elif self._header and not self._hunks:
            self._header.take(line)
        elif line.startswith("Binary file"):
            self._take_binary(line)
        self.at += 1

    def close(self) -> None:
        """End the file that is open."""
        if self._header:
            file = self._header.file(tuple(self._hunks))
            if file:
                self.files.append(file)
        self._header, self._hunks = None, []

    def _open(self, header: FileHeader) -> None:
        self.close()
        self._header = header
        self._in_message = False

    def _open_at_command(self, line: str) -> None:
        # `svn diff --git` and CVS put their Index line before the command.
        indexed = self._header is not None and self._header.index is not None and not self._hunks
        if line.startswith("diff --git "):
            if self._in_message and not self._next(1).startswith(_EXTENDED):
                return
            if indexed:
                self._header = None
            self._open(FileHeader(git=line[len("diff --git ") :]))
            return
        for command in _COMBINED:
            if line.startswith(command):
                self._open(FileHeader(merged=unquoted(line[len(command) :])))
                return
        if not indexed:
            self.close()

    def _take_names(self) -> bool:
        """Take ``---`` and ``+++``, which open a file where no other header did."""
        new_at = self.at + 1
        merged = self._header is not None and self._header.merged is not None
        # `git diff --combined-all-paths` names the file in every parent.
        while merged and self._line(new_at).startswith("--- "):
            new_at += 1
        if not self._line(new_at).startswith("+++ "):
            return False
        if not self._header or self._hunks or self._header.new is not None:
            if not self._line(new_at + 1).startswith("@@ -"):
                return False
            self._open(FileHeader())
        if self._header:
            self._header.name_sides(self.lines[self.at], self.lines[new_at])
        self.at = new_at + 1
        return True

    def _take_hunk(self, line: str) -> None:
        if self._header:
            hunk, self.at = read_hunk(self.lines, self.at, crlf=self._header.crlf)
            self._hunks.append(hunk)
            return
        if not self._in_message and line.startswith("@@ -"):
            raise DiffError(
                "a hunk without the name of its file: expected --- and +++ lines before it", line=self.at + 1
            )
        self.at += 1

    def _take_binary(self, line: str) -> None:
        """Take what diff and hg write in place of a binary file, without any header."""
        if line.startswith("Binary file ") and line.endswith(" has changed"):
            name = line[len("Binary file ") : -len(" has changed")]
            self._open(FileHeader(old=name, new=name, binary=True))
        elif line.startswith("Binary files ") and line.endswith(" differ"):
            header = FileHeader()
            header.take(line)
            self._open(header)

    def _next(self, steps: int) -> str:
        return self._line(self.at + steps)

    def _line(self, at: int) -> str:
        return self.lines[at] if at < len(self.lines) else ""


def _diagnosis(lines: list[str]) -> str:
    if any(line.startswith("\x1b[") for line in lines):
        return "not a unified diff, but a coloured one: make it with 'git diff --no-color'"
    if any(line.startswith("***************") for line in lines):
        return "not a unified diff, but a context diff: make it with 'diff -u' or 'git diff'"
    return "not a unified diff: no line names a file ('diff --git', or '---' and '+++')"
