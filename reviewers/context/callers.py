"""Who calls what has got another signature, or is gone; the change may have forgotten them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from reviewers.context.piece import Piece, Rank
from reviewers.syntax.grammars import SymbolKind
from reviewers.syntax.languages import language_of
from reviewers.syntax.symbols import enclosing, symbols

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewers.context.shown import Shown
    from reviewers.diff import FileDiff

MAX_CALLERS = 5
"""Of one definition."""

MAX_NAMES = 30
"""Of one file whose callers are looked for."""

_LINES_AROUND = 3
_LEAST_NAME = 4
_CONSTRUCTORS = frozenset({"__init__", "constructor", "initialize", "__construct"})


def altered_names(file: FileDiff, before: str | None, after: str | None) -> dict[str, str]:
    """What a change does to the signatures of a file, by name: ``has another signature`` or ``is gone``.

    Args:
        file: The change.
        before: Its text at the base, or None where it is new or not known.
        after: Its text at the head, or None where it is deleted or not known.
    """
    language = language_of(file.path)
    if before is None or language is None or (after is None and file.additions):
        return {}
    then = _signatures(before, language)
    now = _signatures(after or "", language)
    altered = {name: "has another signature" for name, known in then.items() if name in now and known - now[name]}
    return altered | {name: "is gone" for name in then if name not in now}


def callers(shown: Shown, before: Mapping[str, str]) -> Iterator[Piece]:
    """Lines outside of the chunk that call what its files define differently now.

    Args:
        shown: The chunk.
        before: Texts at the base, by the path of that time.
    """
    for file in shown.files:
        altered = altered_names(file, before.get(file.old_path or file.path), shown.texts.texts.get(file.path))
        for name, how in islice(altered.items(), MAX_NAMES):
            yield from _callers_of(name, how, file, shown)


def _callers_of(name: str, how: str, home: FileDiff, shown: Shown) -> Iterator[Piece]:
    count = 0
    for path in shown.texts.calling(name):
        lines = [use.line for use in shown.texts.uses(path) if use.name == name and use.called]
        if not lines or not _means(name, path, home, shown):
            continue
        for line in lines:
            hidden = shown.hidden(path, range(max(1, line - _LINES_AROUND), line + _LINES_AROUND + 1))
            if line not in hidden:
                continue
            around = next(enclosing(shown.texts.symbols(path), line), None)
            heads = () if around is None else shown.hidden(path, [around.head_line])
            yield Piece(
                rank=Rank.CALLER,
                label=f"caller of `{name}`, which {how}",
                path=path,
                lines=shown.texts.lines(path, sorted({*hidden, *heads})),
            )
            count += 1
            if count == MAX_CALLERS:
                return


def _means(name: str, path: str, home: FileDiff, shown: Shown) -> bool:
    """Whether a call in a file is likely to mean what the changed file defines, or did.

    It does in the file itself, and where that is imported. Elsewhere only if nobody else defines the name, it is no
    private one, it is longer than what every other object has (``get``, ``add``), and it is not taken from elsewhere.
    """
    if path == home.path or {home.path, home.old_path} & shown.texts.imported(path, (home.path, home.old_path)):
        return True
    sources = shown.texts.sources(path, name)
    if sources:
        # A package may pass on what it imports; another library's function of that name is another one.
        return any(_akin(source, home.path) for source in sources)
    others = (defined for defined, _ in shown.texts.defined.get(name, ()) if defined != home.path)
    return len(name) >= _LEAST_NAME and not name.startswith("_") and next(others, None) is None


def _akin(module: str, path: str) -> bool:
    """Whether a module could be around a file, by the words of its name; a relative one always could."""
    words = set(re.split(r"[./:\\@]+", module)) - {""}
    return module.startswith(".") or not words.isdisjoint(path.rpartition(".")[0].split("/"))


def _signatures(text: str, language: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for symbol in symbols(text, language):
        if not symbol.local and symbol.kind in {SymbolKind.FUNCTION, SymbolKind.METHOD}:
            # A constructor is called by the name of its type.
            name = symbol.container.rpartition(".")[2] if symbol.name in _CONSTRUCTORS else symbol.name
            found.setdefault(name, set()).add(symbol.signature)
    return found
