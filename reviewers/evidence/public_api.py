"""What others may call: exported names that a change removes, and signatures that no longer take the same calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reviewers.architecture.import_graph import ImportGraph, after
from reviewers.architecture.public_api import LANGUAGES_WITH_EXPORTS, exported, is_public_path
from reviewers.architecture.signatures import breaks, parameters
from reviewers.computing import Changed, Computed, Known
from reviewers.evidence_source import in_test_data, in_tests
from reviewers.findings import Fact, Severity
from reviewers.syntax.grammars import SymbolKind
from reviewers.syntax.languages import language_of
from reviewers.syntax.symbols import Symbol


def wants(path: str) -> bool:
    """Modules that others import."""
    own = language_of(path) in LANGUAGES_WITH_EXPORTS and is_public_path(path)
    return own and not (in_tests(path) or in_test_data(path))


def find(known: Known) -> Iterator[Fact]:
    """What is told of files whose text is known on both sides."""
    graph = after(known)
    for each in known.files:
        language = language_of(each.path)
        if each.after is None or each.before is None or language is None:
            continue
        old = exported(each.before, language, known.symbols(each.before, language))
        new = exported(each.after, language, known.symbols(each.after, language))
        for name, symbols in old.items():
            if name in new:
                yield from _changed(symbols, new[name], each, graph, known)
            elif symbols[0].container in {"", *new}:
                yield from _removed(symbols[0], each, graph, known)
        yield from _added(old, new, each)


_MOST_NAMED = 3


def _removed(symbol: Symbol, file: Changed, graph: ImportGraph, known: Known) -> Iterator[Fact]:
    line = _beside(symbol.head_line, file)
    if line is None or re.search(rf"(?<![\w$.]){re.escape(symbol.name)}(?![\w$])", file.after or ""):
        return
    users = _users(symbol, file, graph, known, calls=False)
    moved = any(symbol.name in _defined(each, known) for each in known.files if each is not file)
    if moved and not users:
        return
    sure = bool(users) and not symbol.container
    yield Fact(
        source="public api",
        code="removed",
        path=file.path,
        start_line=line,
        end_line=line,
        message=f"others may use {symbol.qualified}, which is gone{_and(users, 'still names it', 'still name it')}",
        reviewer="architecture",
        rule="breaking-change",
        severity=Severity.HIGH if sure else Severity.LOW,
        confidence=0.8 if sure else 0.4,
    )


def _changed(
    old: tuple[Symbol, ...], new: tuple[Symbol, ...], file: Changed, graph: ImportGraph, known: Known
) -> Iterator[Fact]:
    if len(old) != 1 or len(new) != 1 or old[0].kind is SymbolKind.TYPE or old[0].signature == new[0].signature:
        return
    language = language_of(file.path) or ""
    if new[0].head_line != new[0].start_line and language == "python" and _registered(new[0], file):
        return
    method = old[0].kind is SymbolKind.METHOD
    before, now = (parameters(each.signature, language, method=method) for each in (old[0], new[0]))
    reasons = breaks(before, now, by_name=language == "python") if before is not None and now is not None else ()
    if not reasons:
        return
    users = _users(new[0], file, graph, known, calls=True)
    sure = bool(users) and not method and not all("is now called" in reason for reason in reasons)
    yield Fact(
        source="public api",
        code="signature",
        path=file.path,
        start_line=new[0].head_line,
        end_line=new[0].body_line or new[0].end_line,
        message=(
            f"calls of {new[0].qualified} may no longer fit: {', '.join(reasons)}"
            f"{_and(users, 'calls it and stays as it was', 'call it and stay as they were')}"
        ),
        reviewer="architecture",
        rule="breaking-change",
        severity=Severity.MEDIUM if sure else Severity.LOW,
        confidence=0.6 if sure else 0.4,
    )


def _added(old: Mapping[str, object], new: Mapping[str, tuple[Symbol, ...]], file: Changed) -> Iterator[Fact]:
    """A hint where a module that is there to be imported from offers more; elsewhere a new name is no promise."""
    fresh = [symbols[0] for name, symbols in new.items() if name not in old and not symbols[0].container]
    fresh = [symbol for symbol in fresh if symbol.head_line in file.added]
    front = file.path.rsplit("/", 1)[-1].startswith(("__init__.", "index.")) or "__all__" in (file.after or "")
    if fresh and old and front:
        yield Fact(
            source="public api",
            code="added",
            path=file.path,
            start_line=fresh[0].head_line,
            end_line=fresh[0].head_line,
            message=f"others may now use {', '.join(symbol.qualified for symbol in fresh[:8])}",
            reviewer="architecture",
            rule="breaking-change",
            severity=Severity.LOW,
            confidence=0.1,
        )


def _beside(old_line: int, file: Changed) -> int | None:
    """A line of the new file beside the removed one; None where that line was not removed."""
    last = 0
    for line in file.file.lines:
        if line.new is not None:
            last = line.new
        elif line.old == old_line:
            return last or min(file.shown, default=None)
    return None


def _registered(symbol: Symbol, file: Changed) -> bool:
    """Whether a decorator with a dot hands the function to a framework, which calls it in its own way."""
    lines = (file.after or "").split("\n")[symbol.start_line - 1 : symbol.head_line - 1]
    return any(re.match(r"\s*@[\w]+\.", line) for line in lines)


def _defined(file: Changed, known: Known) -> frozenset[str]:
    language = language_of(file.path)
    if file.after is None or language is None:
        return frozenset()
    return frozenset(symbol.name for symbol in known.symbols(file.after, language) if not symbol.container)


def _users(symbol: Symbol, file: Changed, graph: ImportGraph, known: Known, *, calls: bool) -> tuple[str, ...]:
    """Files that import this one and name the definition, or call it, on lines that the change leaves alone."""
    texts = {each.path: each for each in known.files}
    name = re.compile(r"(?<![\w$])" + re.escape(symbol.name) + (r"(?=\()" if calls else r"(?![\w$])"))
    users: list[str] = []
    for edge in graph.importers(file.path):
        if not symbol.container and edge.names and not {symbol.name, "*"} & set(edge.names):
            continue
        own = texts.get(edge.importer)
        text = own.after if own else known.snapshot.neighbours.get(edge.importer)
        if text is None or symbol.name not in text:
            continue
        added = own.added if own else frozenset()
        lines = text.split("\n")
        rows = (number for number, row in enumerate(lines, start=1) if name.search(row))
        if any(added.isdisjoint(_extent(lines, number) if calls else (number,)) for number in rows):
            users.append(edge.importer)
    return tuple(dict.fromkeys(users))


def _extent(lines: list[str], number: int) -> range:
    """Lines of the statement that begins in one: until as many brackets are closed as were opened."""
    depth = 0
    for place, row in enumerate(lines[number - 1 : number - 1 + _MOST_LINES], start=number):
        depth += sum(row.count(each) for each in "([{") - sum(row.count(each) for each in ")]}")
        if depth <= 0:
            return range(number, place + 1)
    return range(number, number + _MOST_LINES)


_MOST_LINES = 40


def _and(users: tuple[str, ...], one: str, many: str) -> str:
    if not users:
        return ""
    more = f" and {len(users) - _MOST_NAMED} more" if len(users) > _MOST_NAMED else ""
    return f"; {', '.join(users[:_MOST_NAMED])}{more} {one if len(users) == 1 else many}"


PUBLIC_API = Computed(
    name="public api",
    wants=wants,
    find=find,
    signs=frozenset({("architecture", "breaking-change")}),
    beside_removals=True,
)
