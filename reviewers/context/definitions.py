"""The definitions of what changed lines call or name, and the rest of the small functions that are changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewers.context.piece import Piece, Rank
from reviewers.syntax.grammars import SymbolKind
from reviewers.syntax.languages import language_of

if TYPE_CHECKING:
    from reviewers.context.shown import Known, Shown
    from reviewers.syntax.symbols import Symbol

MAX_DEFINITION_LINES = 40
"""Of a function; a longer one is shown by its beginning."""

MAX_ENCLOSING_LINES = 60
"""A longer function is not completed around a hunk."""

_LEAST_NAME = 4
_MOST_HOMES = 2
_FAMILIES = {"javascript": "script", "typescript": "script", "tsx": "script", "c": "c", "cpp": "c"}


def enclosing_symbols(shown: Shown) -> Iterator[Piece]:
    """What is not shown of each small function that the chunk changes."""
    for file in shown.files:
        for symbol in shown.touched(file.path):
            if symbol.kind not in {SymbolKind.FUNCTION, SymbolKind.METHOD} or symbol.lines > MAX_ENCLOSING_LINES:
                continue
            hidden = shown.hidden(file.path, range(symbol.start_line, symbol.end_line + 1))
            if lines := shown.texts.lines(file.path, hidden):
                yield Piece(
                    rank=Rank.ENCLOSING,
                    label=f"rest of `{symbol.qualified}`, which the change is in",
                    path=file.path,
                    lines=lines,
                )


def used_definitions(shown: Shown) -> Iterator[Piece]:
    """The definitions of names on added lines: called ones first, types that are merely named after them."""
    seen: set[tuple[str, int]] = set()
    names: set[tuple[str, str, bool]] = set()
    for file in shown.files:
        added = shown.added[file.path]
        imported = shown.texts.imported(file.path)
        for use in shown.texts.uses(file.path):
            if use.line not in added or (file.path, use.name, use.called) in names:
                continue
            names.add((file.path, use.name, use.called))
            for path, symbol in _homes(use.name, file.path, imported, shown.texts):
                if (path, symbol.start_line) in seen or not _fits(symbol, use.called):
                    continue
                seen.add((path, symbol.start_line))
                yield from _piece(shown, path, symbol, f"{file.path} line {use.line}", called=use.called)


def _fits(symbol: Symbol, called: bool) -> bool:
    return called or symbol.kind is SymbolKind.TYPE


def _homes(name: str, at: str, imported: frozenset[str], texts: Known) -> tuple[tuple[str, Symbol], ...]:
    """Where a name is defined: here, else in what is imported, else wherever it is defined once or twice."""
    every = [home for home in texts.defined.get(name, ()) if _related(home[0], at)]
    for near in ([home for home in every if home[0] == at], [home for home in every if home[0] in imported]):
        if near:
            return tuple(near[:_MOST_HOMES])
    # `get` or `add` of an unknown object would find anything.
    return tuple(every) if len(every) <= _MOST_HOMES and len(name) >= _LEAST_NAME else ()


def _related(one: str, other: str) -> bool:
    first, second = language_of(one), language_of(other)
    return _FAMILIES.get(first or "", first) == _FAMILIES.get(second or "", second)


def _piece(shown: Shown, path: str, symbol: Symbol, where: str, *, called: bool) -> Iterator[Piece]:
    hidden = shown.hidden(path, _telling(symbol, shown.texts.symbols(path)))
    # Where the head is shown, and only the end is not, the reader knows what it is.
    if symbol.head_line not in hidden:
        return
    yield Piece(
        rank=Rank.CALLED if called else Rank.NAMED,
        label=f"definition of `{symbol.qualified}`, {'called' if called else 'named'} in {where}",
        path=path,
        lines=shown.texts.lines(path, hidden),
    )


def _telling(symbol: Symbol, others: tuple[Symbol, ...]) -> range | list[int]:
    """The lines of a definition that tell most: the beginning of a function, the heads of what a type holds."""
    last = min(symbol.end_line, symbol.start_line + MAX_DEFINITION_LINES - 1)
    if symbol.kind is not SymbolKind.TYPE or symbol.lines <= MAX_DEFINITION_LINES:
        return range(symbol.start_line, last + 1)
    inner = [each for each in others if symbol.head_line < each.head_line <= symbol.end_line and not each.local]
    first = min((each.start_line for each in inner), default=last + 1)
    heads = [line for each in inner for line in range(each.head_line, _head_end(each) + 1)]
    kept = [*range(symbol.start_line, min(first, last + 1)), *heads]
    return sorted(set(kept))[:MAX_DEFINITION_LINES]


def _head_end(symbol: Symbol) -> int:
    return symbol.head_line if symbol.body_line is None else max(symbol.head_line, symbol.body_line - 1)
