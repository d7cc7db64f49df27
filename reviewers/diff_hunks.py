"""One hunk out of the lines of a diff: its header says how many lines follow, and exactly those are taken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reviewers.diff import Hunk, Line
from reviewers.errors import DiffError

# One "-" range per parent: an ordinary diff has one parent, `diff --cc` of a merge has several.
_HEADER = re.compile(r"(@@+)((?: -[0-9]+(?:,[0-9]+)?)+) \+([0-9]+(?:,[0-9]+)?) (@@+)(.*)", re.DOTALL)

# GitHub keeps line numbers in 32 bits; git itself refuses files that would need more.
_LARGEST_NUMBER = 2**31 - 1


def read_hunk(lines: Sequence[str], at: int, *, crlf: bool = False) -> tuple[Hunk, int]:
    """The hunk whose header stands at an index of ``lines``, and the index after its last line.

    Content is never looked at for its meaning: a removed ``-- x`` that shows as ``--- x`` stays a removed line. A hunk
    of a merge is told as its first parent sees it, without the lines that neither that parent nor the result has.

    Args:
        lines: The whole text, split at line feeds.
        at: Index of the header.
        crlf: Whether the text was carried with ``\\r\\n``, so that each line has a ``\\r`` that is not content.

    Raises:
        DiffError: The header is malformed, or other lines follow than it promises.
    """
    header = _read_header(lines[at], at)
    body = _Body(header=header, header_at=at, crlf=crlf)
    at = body.read(lines, at + 1)
    old, new = header.olds[0], header.new
    hunk = Hunk(
        old_start=old.start,
        old_count=old.count,
        new_start=new.start,
        new_count=new.count,
        section=header.section,
        lines=tuple(body.lines),
    )
    return hunk, at


@dataclass(frozen=True, slots=True)
class _Range:
    start: int
    count: int


@dataclass(frozen=True, slots=True)
class _Header:
    olds: tuple[_Range, ...]
    new: _Range
    section: str

    @property
    def promise(self) -> str:
        olds = " and ".join(f"{old.count} old" for old in self.olds)
        return f"{olds} and {self.new.count} new lines"


def _read_header(line: str, at: int) -> _Header:
    found = _HEADER.match(line)
    if not found or found[1] != found[4]:
        raise DiffError("not a hunk header: expected '@@ -START,COUNT +START,COUNT @@'", line=at + 1)
    olds = tuple(_read_range(part[1:], at) for part in found[2].split())
    if len(found[1]) != len(olds) + 1:
        raise DiffError(f"hunk header with {len(found[1])} '@' and {len(olds)} old ranges", line=at + 1)
    return _Header(olds, _read_range(found[3], at), found[5].removeprefix(" ").rstrip("\r"))


def _read_range(text: str, at: int) -> _Range:
    start_digits, _, count_digits = text.partition(",")
    longest = len(str(_LARGEST_NUMBER))
    if max(len(start_digits), len(count_digits)) > longest:
        raise DiffError("hunk header with a number that no file has lines for", line=at + 1)
    start, count = int(start_digits), int(count_digits or "1")
    if start + count > _LARGEST_NUMBER:
        raise DiffError("hunk header with a number that no file has lines for", line=at + 1)
    if count and not start:
        raise DiffError("hunk header that counts lines from 0: the first line of a file is 1", line=at + 1)
    return _Range(start, count)


class _Body:
    """The lines of a hunk while they are read."""

    def __init__(self, *, header: _Header, header_at: int, crlf: bool) -> None:
        self._header = header
        self._header_at = header_at
        self._crlf = crlf
        self._olds = [old.start for old in header.olds]
        self._old_ends = [old.start + old.count for old in header.olds]
        self._new = header.new.start
        self._new_end = header.new.start + header.new.count
        self._taken = 0
        self._last_dropped = False
        self.lines: list[Line] = []

    def read(self, lines: Sequence[str], at: int) -> int:
        take = self._take if len(self._olds) == 1 else self._take_merged
        while self._new < self._new_end or self._olds != self._old_ends:
            if at == len(lines):
                raise DiffError(f"{self._promise}, the text ends after {self._taken}", line=max(at, 1))
            raw = lines[at].removesuffix("\r") if self._crlf else lines[at]
            if raw.startswith("\\"):
                self._end_file()
            elif take(raw):
                self._taken += 1
            else:
                raise DiffError(f"{self._promise}, something else follows after {self._taken}", line=at + 1)
            at += 1
        while at < len(lines) and lines[at].startswith("\\ "):
            self._end_file()
            at += 1
        self._refuse_more(lines, at)
        return at

    @property
    def _promise(self) -> str:
        return f"the hunk at line {self._header_at + 1} promises {self._header.promise}"

    def _take(self, raw: str) -> bool:
        old, new = self._olds[0], self._new
        in_old, in_new = old < self._old_ends[0], new < self._new_end
        match raw[:1]:
            case "+" if in_new:
                self.lines.append(Line(raw[1:], None, new))
                self._new = new + 1
            case "-" if in_old:
                self.lines.append(Line(raw[1:], old, None))
                self._olds[0] = old + 1
            # Mail programs and editors strip the lone space of an empty context line; git apply takes it, too.
            case " " | "" if in_old and in_new:
                self.lines.append(Line(raw[1:], old, new))
                self._olds[0], self._new = old + 1, new + 1
            case _:
                return False
        return True

    def _take_merged(self, raw: str) -> bool:
        """Take a line with one marker per parent.

        ``-`` says that this parent has the line and the result does not, beside a ``-`` a space says that this parent
        has it neither; ``+`` that the result has it and this parent does not, beside that a space that both do
        (git-diff, "Combined diff format").
        """
        parents = len(self._olds)
        markers, text = raw[:parents].ljust(parents), raw[parents:]
        lost = "-" in markers
        if not set(markers) <= ({" ", "-"} if lost else {" ", "+"}):
            return False
        holders = [index for index, marker in enumerate(markers) if marker == ("-" if lost else " ")]
        if any(self._olds[index] == self._old_ends[index] for index in holders):
            return False
        if not lost and self._new == self._new_end:
            return False
        old = self._olds[0] if 0 in holders else None
        new = None if lost else self._new
        self._last_dropped = old is None and new is None
        if not self._last_dropped:
            self.lines.append(Line(text, old, new))
        for index in holders:
            self._olds[index] += 1
        self._new += not lost
        return True

    def _end_file(self) -> None:
        if self.lines and not self._last_dropped:
            self.lines[-1] = replace(self.lines[-1], ends_file=True)

    def _refuse_more(self, lines: Sequence[str], at: int) -> None:
        """A changed line that the header does not count would be lost without a word."""
        while at < len(lines) and lines[at].startswith(" "):
            at += 1
        # "--" opens the signature of a mail and the header of the next file.
        if at < len(lines) and lines[at].startswith(("+", "-")) and not lines[at].startswith("--"):
            raise DiffError(f"{self._promise}, more follow", line=at + 1)
