"""One piece of context: lines of a file, or somebody's words, with the reason why it is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from reviewers.firewall.invisible import escaped
from reviewers.firewall.prose import plain
from reviewers.firewall.secrets import without_named

MAX_LINE_CHARACTERS = 400
"""A longer line of a piece is cut."""


class Rank(IntEnum):
    """What is taken first while there is room; the reasons are in docs/decisions/context.md."""

    CALLED = 8
    CALLER = 7
    ENCLOSING = 6
    ISSUE = 5
    THREAD = 4
    GUIDANCE = 3
    TEST = 2
    NAMED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Something that is shown beside a chunk.

    Attributes:
        rank: How soon it is taken.
        label: What it is and why it is there, for people and models: ``definition of `total`, called in line 12``.
        path: The file it is from; empty for words that stand in none.
        lines: Numbered lines of the file at the head, ascending; numbers from 1.
        words: What somebody wrote, where it is no code.
    """

    rank: Rank
    label: str
    path: str = ""
    lines: tuple[tuple[int, str], ...] = ()
    words: str = ""

    @property
    def text(self) -> str:
        """The piece as a model sees it, invisible characters escaped, and without what looks like a secret."""
        if not self.lines:
            # Numbered lines are code, by which second looks decide: what somebody wrote never looks like one.
            words = _LIKE_CODE.sub("> ", plain(self.words))
            return f"## {_one_line(self.label)}\n{words}"
        head = f"## {_one_line(self.label)}\nFILE {_one_line(self.path)}"
        rows: list[str] = []
        for before, (number, line) in zip((0, *(number for number, _ in self.lines)), self.lines, strict=False):
            if before and number != before + 1:
                rows.append("     …")
            rows.append(f"{number:>6} . {_shown(line)}")
        return "\n".join([head, *rows])


_LIKE_CODE = re.compile(r"^(?=[^\S\n]*[0-9]+ [-+ .](?: |$))", re.MULTILINE)


def _shown(line: str) -> str:
    text = escaped(line.rstrip("\r"))
    if len(text) > MAX_LINE_CHARACTERS:
        text = f"{text[:MAX_LINE_CHARACTERS]} […]"
    # Files that are only looked up are not searched for secrets by the tools, so here the name of a value is enough.
    return without_named(text)


def _one_line(text: str) -> str:
    return escaped(text).replace("\n", "<U+000A>").replace("\r", "")
