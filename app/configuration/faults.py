"""What is wrong with a configuration, and where; made in this package, shown to people elsewhere."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from app.errors import Misconfigured

_SHOWN = 240


@dataclass(frozen=True, slots=True)
class ConfigFault:
    """One fault.

    Attributes:
        source: The file, for people: ``.quartet.yml``.
        line: Where in it, from 1.
        message: What is wrong, and what to do, in one line.
    """

    source: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.source} line {self.line}: {self.message}"


class ConfigRejected(Misconfigured):
    """A configuration cannot be used.

    Attributes:
        faults: Everything that is wrong with it, in the order of its lines; one at least.
    """

    def __init__(self, faults: Iterable[ConfigFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.source, fault.line)))
        more = len(self.faults) - 1
        others = f" (and {more} more)" if more else ""
        super().__init__(f"{self.faults[0]}{others}")


def one_line(text: str) -> str:
    """A text that may hold what somebody wrote into the file, as one line of bearable length without control marks."""
    plain = "".join(mark if mark.isprintable() else " " for mark in text)
    words = " ".join(plain.split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """The cure for a word that is none of the known ones.

    >>> did_you_mean("ignor", ("include", "ignore"))
    "did you mean 'ignore'?"
    >>> did_you_mean("x", ("include", "ignore"))
    'known are include, ignore'
    """
    words = list(known)
    likely = difflib.get_close_matches(wrong, words, n=1, cutoff=0.5)
    return f"did you mean {likely[0]!r}?" if likely else f"known are {', '.join(words)}"
