"""What was answered before goes in; what is left to ask comes out, decided by the content of each hunk.

Like ``git patch-id`` (https://git-scm.com/docs/git-patch-id), an identity leaves out line numbers, so that a rebase of
the same change asks nothing. Unlike it, white space counts, because code may mean something else by it
(``docs/decisions/a-hunk-is-known-by-its-text.md``).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewers.house_rules import NO_HOUSE_RULES, HouseRules

if TYPE_CHECKING:
    from reviewers.diff import FileDiff, Hunk, Line
    from reviewers.findings import Fact, Finding
    from reviewers.reviewer import Reviewer

_DIGITS = 40
"""Of a hunk's digest. Whoever finds two hunks with one identity has the second passed over, so it is not a short one:
among these, two alike take 2^80 trials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of a hunk's lines.

    Attributes:
        hunk: The hunk's identity.
        start: Place of the first line in the hunk, from 0.
        end: Place after the last line.
        whole: Whether it is all of the hunk.
    """

    hunk: str
    start: int
    end: int
    whole: bool = True

    @property
    def id(self) -> str:
        """The hunk's identity, for a part with its places: ``4f…/0-120``."""
        return self.hunk if self.whole else f"{self.hunk}/{self.start}-{self.end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What earlier runs on a pull request have paid for.

    Attributes:
        by: For each reviewer's key (``reviewer_key``) what it has answered (``reviewers.plan.hunks_of``).
        findings: What was found then, as ``reviewers.conclusion.findings_of`` made it, told or not.
    """

    by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


NOTHING_REVIEWED = Reviewed()
"""A first look, or one that is to ask everything again."""


class Memory:
    """What one reviewer has answered, to be asked for hunks and tool reports.

    Example:
        >>> Memory(["4f/0-2"]).left("4f", 5)
        ((2, 5),)
    """

    def __init__(self, ids: Iterable[str]) -> None:
        """Read the identities of spans and tool reports."""
        self._ids = frozenset(ids)
        self._parts: dict[str, list[tuple[int, int]]] = {}
        for each in self._ids:
            hunk, slash, places = each.partition("/")
            start, _, end = places.partition("-")
            if slash and start.isdecimal() and end.isdecimal():
                self._parts.setdefault(hunk, []).append((int(start), int(end)))

    def __contains__(self, id: object) -> bool:  # noqa: A002 - an identity is what it takes
        """Whether this very identity was answered."""
        return id in self._ids

    def left(self, hunk: str, lines: int) -> tuple[tuple[int, int], ...]:
        """Runs of a hunk's lines, as places from and to, that were not answered.

        Args:
            hunk: The hunk's identity.
            lines: How many lines it has.
        """
        if hunk in self._ids:
            return ()
        runs, place = [], 0
        for start, end in sorted(self._parts.get(hunk, ())):
            if start > place:
                runs.append((place, min(start, lines)))
            place = max(place, end)
        return (*runs, (place, lines)) if place < lines else tuple(runs)


def hunk_ids(file: FileDiff) -> tuple[str, ...]:
    """The identity of each hunk of a file, in their order.

    It comes from the file's path and from the hunk's lines, context included, without their numbers. Of equal hunks in
    one file, the second and later ones are numbered.

    Example:
        >>> from tests.builders import file_diff, hunk
        >>> first, second = hunk_ids(file_diff("a.py", hunk("+x", new_start=1), hunk("+x", new_start=9)))
        >>> second == f"{first}.2"
        True
    """
    (ids,) = ids_of((file,))
    return ids


def ids_of(files: Sequence[FileDiff]) -> tuple[tuple[str, ...], ...]:
    """``hunk_ids`` of each file; where a path comes twice, in a series of patches, its hunks are numbered through."""
    seen: Counter[str] = Counter()
    return tuple(tuple(_id(file.path, hunk, seen) for hunk in file.hunks) for file in files)


def reviewer_key(reviewer: Reviewer, house_rules: HouseRules = NO_HOUSE_RULES) -> str:
    """Name and digest of all that tells a reviewer what to look for, so that a changed one looks again.

    Severity floors are left out: they decide what is told, not what is asked.

    Args:
        reviewer: Who looks.
        house_rules: What the repository asks of every reviewer.
    """
    asked = [
        [reviewer.title, reviewer.mission, reviewer.instructions, reviewer.own],
        [[rule.name, rule.summary] for rule in reviewer.rules],
        house_rules.language,
        [[rule.paths, rule.instructions] for rule in house_rules.paths if rule.instructions],
    ]
    return f"{reviewer.name}:{_digest(json.dumps(asked))[:16]}"


def spans(hunks: Iterable[tuple[str, int]], pieces: Iterable[Hunk]) -> tuple[Span, ...]:
    """For each piece the span of the hunk that it was cut from.

    Args:
        hunks: Identity and number of lines of what was cut, in order.
        pieces: All that was made of them, in the same order.
    """
    cut: list[Span] = []
    whole = iter(hunks)
    hunk, lines, place = "", 0, 0
    for piece in pieces:
        if place == lines:
            hunk, lines = next(whole)
            place = 0
        end = place + len(piece.lines)
        cut.append(Span(hunk=hunk, start=place, end=end, whole=end - place == lines))
        place = end
    return tuple(cut)


def fact_ids(facts: Iterable[Fact], files: Iterable[FileDiff]) -> Iterator[tuple[str, Fact]]:
    """Each tool report with an identity that a shifted line does not change: who says what of which code."""
    lines = {(file.path, line.new): line.text for file in files for line in file.lines if line.new is not None}
    for fact in facts:
        code = [lines.get((fact.path, number), "") for number in range(fact.start_line, fact.end_line + 1)]
        yield f"fact:{_digest(json.dumps([fact.source, fact.code, fact.rule, fact.path, code]))}", fact


def _id(path: str, hunk: Hunk, seen: Counter[str]) -> str:
    # A path holds no NUL and a line no line feed.
    digest = _digest("\n".join((f"{path}\0", *map(_row, hunk.lines))))
    seen[digest] += 1
    return digest if seen[digest] == 1 else f"{digest}.{seen[digest]}"


def _row(line: Line) -> str:
    marker = "+" if line.old is None else "-" if line.new is None else " "
    return f"{marker}{line.text}\n\\" if line.ends_file else f"{marker}{line.text}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
