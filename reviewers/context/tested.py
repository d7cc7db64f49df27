"""The part of a changed file's tests that names what is changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from reviewers.context.piece import Piece, Rank
from reviewers.evidence_source import in_tests
from reviewers.syntax.grammars import SymbolKind
from reviewers.syntax.symbols import enclosing

if TYPE_CHECKING:
    from reviewers.context.shown import Shown

MAX_TESTS = 2
"""Of one changed file: what its author expects of it is told by one or two."""

MAX_TEST_LINES = 30
_LINES_AROUND = 6
_MOST_MENTIONS = 50


def tests(shown: Shown) -> Iterator[Piece]:
    """For each file of the chunk that is no test itself, tests that name a definition in which something changes."""
    for file in shown.files:
        if in_tests(file.path):
            continue
        names = {symbol.name for symbol in shown.touched(file.path) if symbol.kind is not SymbolKind.MODULE}
        if names:
            yield from _tests_of(names, shown)


def _tests_of(names: set[str], shown: Shown) -> Iterator[Piece]:
    count, seen = 0, set[tuple[str, int]]()
    for path in filter(in_tests, shown.texts.texts):
        mentions = (use for use in shown.texts.uses(path) if use.called and use.name in names)
        for use in islice(mentions, _MOST_MENTIONS):
            around = next(enclosing(shown.texts.symbols(path), use.line), None)
            first = max(1, use.line - _LINES_AROUND) if around is None else around.start_line
            last = use.line + _LINES_AROUND if around is None else around.end_line
            if (path, first) in seen:
                continue
            seen.add((path, first))
            hidden = shown.hidden(path, range(first, min(last, first + MAX_TEST_LINES - 1) + 1))
            if use.line not in hidden:
                continue
            yield Piece(
                rank=Rank.TEST,
                label=f"test that calls `{use.name}`",
                path=path,
                lines=shown.texts.lines(path, hidden),
            )
            count += 1
            if count == MAX_TESTS:
                return
