"""A chunk and the texts that are known: which lines it shows already, which it changes, and what stands around them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from reviewers.enclosing import enclosing_lines, outline
from reviewers.syntax.import_paths import PathIndex, paths_of
from reviewers.syntax.imports import imports
from reviewers.syntax.languages import language_of
from reviewers.syntax.symbols import Symbol, symbols
from reviewers.syntax.uses import Use, uses

if TYPE_CHECKING:
    from reviewers.diff import FileDiff
    from reviewers.snapshot import PullRequestSnapshot


MAX_IMPORTS = 200
"""Of one file that are followed; hostile files have thousands."""

_MOST_HOMES = 20


@dataclass(frozen=True)
class Known:
    """The files whose whole text is known, changed or not, and what stands in them; each is parsed once."""

    texts: Mapping[str, str]
    _symbols: dict[str, tuple[Symbol, ...]] = field(default_factory=dict, repr=False)
    _uses: dict[str, tuple[Use, ...]] = field(default_factory=dict, repr=False)
    _lines: dict[str, list[str]] = field(default_factory=dict, repr=False)

    def symbols(self, path: str) -> tuple[Symbol, ...]:
        """The definitions of a file; none where it is not known or in no language that is parsed."""
        if path not in self._symbols:
            language = language_of(path)
            self._symbols[path] = symbols(self.texts[path], language) if language and path in self.texts else ()
        return self._symbols[path]

    def uses(self, path: str) -> tuple[Use, ...]:
        """The names in a file."""
        if path not in self._uses:
            language = language_of(path)
            self._uses[path] = uses(self.texts[path], language) if language and path in self.texts else ()
        return self._uses[path]

    def calling(self, name: str) -> Iterator[str]:
        """Files in which a name may be called."""
        return (path for path, text in self.texts.items() if name in text and language_of(path))

    def lines(self, path: str, numbers: Iterable[int]) -> tuple[tuple[int, str], ...]:
        """Lines of a file with their numbers; numbers beyond its end are left out."""
        if path not in self._lines:
            self._lines[path] = self.texts[path].split("\n")
        lines = self._lines[path]
        return tuple((number, lines[number - 1]) for number in numbers if 0 < number <= len(lines))

    def imported(self, path: str, gone: Iterable[str | None] = ()) -> frozenset[str]:
        """What a file imports of the files that are known, or of those that are gone."""
        language = language_of(path)
        if language is None or path not in self.texts:
            return frozenset()
        index = self._index if all(each is None or each in self.texts for each in gone) else self._index_with(gone)
        found = islice(imports(self.texts[path], language), MAX_IMPORTS)
        return frozenset(home for each in found for home in paths_of(each, at=path, index=index))

    def sources(self, path: str, name: str) -> tuple[str, ...]:
        """The modules that a file says it takes a name from, as it words them."""
        language = language_of(path)
        found = imports(self.texts[path], language) if language and path in self.texts else ()
        return tuple(each.module for each in found if name in each.names)

    @cached_property
    def _index(self) -> PathIndex:
        return PathIndex(self.texts)

    def _index_with(self, gone: Iterable[str | None]) -> PathIndex:
        return PathIndex([*self.texts, *(path for path in gone if path is not None)])

    @cached_property
    def defined(self) -> Mapping[str, tuple[tuple[str, Symbol], ...]]:
        """Every definition that others can name, by its name, with its path."""
        found: dict[str, list[tuple[str, Symbol]]] = {}
        for path in self.texts:
            for symbol in self.symbols(path):
                homes = found.setdefault(symbol.name, [])
                if not symbol.local and len(homes) < _MOST_HOMES:
                    homes.append((path, symbol))
        return {name: tuple(homes) for name, homes in found.items()}


def known(snapshot: PullRequestSnapshot) -> Known:
    """All whole texts of a snapshot."""
    return Known({**snapshot.neighbours, **snapshot.contents})


@dataclass(frozen=True)
class Shown:
    """What a chunk shows.

    Attributes:
        files: Its files.
        texts: What is known of whole files.
    """

    files: tuple[FileDiff, ...]
    texts: Known

    @cached_property
    def lines(self) -> Mapping[str, frozenset[int]]:
        """By path the numbers, in the new file, of all lines that the chunk shows, surrounding ones included."""
        return {file.path: frozenset(self._numbers(file)) for file in self.files}

    @cached_property
    def changed(self) -> Mapping[str, frozenset[int]]:
        """By path the numbers of added lines, and of the lines beside removed ones."""
        return {file.path: frozenset(_changed(file)) for file in self.files}

    @cached_property
    def added(self) -> Mapping[str, frozenset[int]]:
        """By path the numbers of added lines."""
        return {
            file.path: frozenset(line.new for line in file.lines if line.added and line.new is not None)
            for file in self.files
        }

    def hidden(self, path: str, numbers: Iterable[int]) -> tuple[int, ...]:
        """Of these lines of a file, those that the chunk does not show."""
        shown = self.lines.get(path, frozenset())
        return tuple(number for number in numbers if number not in shown)

    def touched(self, path: str) -> Iterator[Symbol]:
        """The definitions in which the chunk changes something, an outer one before those in it."""
        changed = sorted(self.changed.get(path, ()))
        for symbol in self.texts.symbols(path):
            place = bisect_left(changed, symbol.start_line)
            if place < len(changed) and changed[place] <= symbol.end_line:
                yield symbol

    def _numbers(self, file: FileDiff) -> Iterator[int]:
        text = self.texts.texts.get(file.path)
        for hunk in file.hunks:
            yield from (line.new for line in hunk.lines if line.new is not None)
            if text is not None and hunk.new_count:
                yield from enclosing_lines(outline(text), hunk.new_start)


def _changed(file: FileDiff) -> Iterator[int]:
    for hunk in file.hunks:
        before = hunk.new_start - 1 if hunk.new_count else hunk.new_start
        for line in hunk.lines:
            if line.new is None:
                yield from (before, before + 1)
                continue
            if line.added:
                yield line.new
            before = line.new
