"""A change and the paths of its tree go in; the few files in which its context could stand come out, unread."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from reviewers.context.callers import MAX_NAMES, altered_names
from reviewers.context.shown import MAX_IMPORTS
from reviewers.evidence_source import in_tests
from reviewers.snapshot import GUIDANCE_PATHS
from reviewers.syntax.import_paths import PathIndex, folded, paths_of
from reviewers.syntax.imports import imports
from reviewers.syntax.languages import LANGUAGES, language_of
from reviewers.syntax.symbols import symbols
from reviewers.syntax.uses import uses

if TYPE_CHECKING:
    from reviewers.diff import FileDiff
    from reviewers.snapshot import PullRequestSnapshot

MAX_FILES = 40
"""Neighbours of one change; fewer than a tree has, and as many as one query to GitHub takes."""

MAX_FILE_CHARACTERS = 200_000
"""A longer neighbour is not looked into."""

_MOST_CHANGED = 60
_MOST_TESTS = 3
_MOST_SIBLINGS = 8
_LEAST_NAME = 4
_PACKAGES_ARE_FOLDERS = frozenset({"go", "java", "csharp", "kotlin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What is worth a search through a tree.

    Attributes:
        called: Called on added lines, and defined in no changed file.
        altered: Functions that have got another signature, or are gone.
        endings: Of the files to search, with their dots.
    """

    called: tuple[str, ...]
    altered: tuple[str, ...]
    endings: tuple[str, ...]


def has_code(snapshot: PullRequestSnapshot) -> bool:
    """Whether the change touches code in a language that is parsed."""
    return any(_is_code(file) for file in snapshot.diff.files)


def names_to_search(snapshot: PullRequestSnapshot) -> Names:
    """The names that a search through the tree could place; ``before`` is filled."""
    altered: dict[str, None] = {}
    called: dict[str, None] = {}
    defined: set[str] = set()
    for file in _changed(snapshot):
        text = snapshot.contents.get(file.path)
        altered |= dict.fromkeys(altered_names(file, snapshot.before.get(file.old_path or file.path), text))
        called |= dict.fromkeys(name for name, is_called in _used(file, text) if is_called)
        defined |= {symbol.name for symbol in symbols(text or "", language_of(file.path) or "")}
    languages = {language_of(file.path) for file in _changed(snapshot)}
    return Names(
        called=_searchable(name for name in called if name not in defined),
        altered=_searchable(altered),
        endings=tuple(sorted(end for name, ends in LANGUAGES.items() if name in languages for end in ends)),
    )


def likely_paths(snapshot: PullRequestSnapshot, paths: Iterable[str]) -> tuple[str, ...]:
    """Files that the change does not touch and that its context could stand in, the likeliest first.

    What changed files import, their tests by name, files that are named after what added lines use, and, where a
    package is a folder, a few of the files beside them.

    Args:
        snapshot: The change.
        paths: Of its tree.
    """
    index = PathIndex(paths)
    changed = [file for file in _changed(snapshot) if file.path in snapshot.contents]
    touched = {path for file in snapshot.diff.files for path in (file.path, file.old_path)}
    finders = (_imported, _tests, _named, _siblings)
    found = (path for finder in finders for file in changed for path in finder(file, snapshot, index))
    fitting = (path for path in dict.fromkeys(found) if path not in touched and language_of(path))
    return tuple(islice(fitting, MAX_FILES))


def guidance_candidates(snapshot: PullRequestSnapshot) -> tuple[str, ...]:
    """Where guidance for the folders around changed files could lie, the inner folders first; the top is left out."""
    folders: dict[str, None] = {}
    for file in islice(snapshot.diff.files, _MOST_CHANGED):
        folder = posixpath.dirname(file.path)
        while folder:
            folders[folder] = None
            folder = posixpath.dirname(folder)
    inner_first = sorted(folders, key=lambda folder: -folder.count("/"))
    names = [path for path in GUIDANCE_PATHS if "/" not in path][:2]
    return tuple(f"{folder}/{name}" for folder in inner_first[:_MOST_CHANGED] for name in names)


def _changed(snapshot: PullRequestSnapshot) -> Iterator[FileDiff]:
    return islice((file for file in snapshot.diff.files if _is_code(file)), _MOST_CHANGED)


def _is_code(file: FileDiff) -> bool:
    return bool(language_of(file.path)) and bool(file.hunks) and not (file.binary or file.submodule or file.symlink)


def _used(file: FileDiff, text: str | None) -> Iterator[tuple[str, bool]]:
    """Names on added lines, with whether they are called."""
    language = language_of(file.path)
    if text is None or language is None:
        return
    added = {line.new for line in file.lines if line.added}
    for use in uses(text, language):
        if use.line in added:
            yield use.name, use.called


def _imported(file: FileDiff, snapshot: PullRequestSnapshot, index: PathIndex) -> Iterator[str]:
    """What a changed file imports; first that whose names its added lines use."""
    used = {name for name, _ in _used(file, snapshot.contents[file.path])}
    found = islice(imports(snapshot.contents[file.path], language_of(file.path) or ""), MAX_IMPORTS)
    for imported in sorted(found, key=lambda each: used.isdisjoint({*each.names, *_parts(each.module)})):
        yield from islice(paths_of(imported, at=file.path, index=index), _MOST_SIBLINGS)


def _parts(module: str) -> list[str]:
    return module.replace("\\", "/").replace("::", "/").replace(".", "/").split("/")


def _tests(file: FileDiff, _: PullRequestSnapshot, index: PathIndex) -> Iterator[str]:
    stem = posixpath.basename(file.path).partition(".")[0]
    if in_tests(file.path):
        return
    # shop/cart.py: test_cart.py, cart_test.go, CartTest.java, cart.test.ts, cart_spec.rb
    likely = (f"test{stem}", f"{stem}test", f"{stem}tests", f"{stem}spec", stem)
    found = [path for name in likely for path in index.called_like(folded(name)) if in_tests(path)]
    yield from sorted(found, key=lambda path: -len(posixpath.commonprefix([path, file.path])))[:_MOST_TESTS]


def _named(file: FileDiff, snapshot: PullRequestSnapshot, index: PathIndex) -> Iterator[str]:
    """Files named after types that added lines use: ``OrderLine.cs``, ``order_line.rb``."""
    for name, _ in _used(file, snapshot.contents[file.path]):
        if name[:1].isupper() and len(name) >= _LEAST_NAME:
            near = (path for path in index.called_like(name) if language_of(path) == language_of(file.path))
            yield from sorted(near, key=lambda path: -len(posixpath.commonprefix([path, file.path])))[:2]


def _siblings(file: FileDiff, _: PullRequestSnapshot, index: PathIndex) -> Iterator[str]:
    if language_of(file.path) in _PACKAGES_ARE_FOLDERS:
        beside = index.in_folder(posixpath.dirname(file.path))
        same = (path for path in beside if language_of(path) == language_of(file.path) and not in_tests(path))
        yield from islice(same, _MOST_SIBLINGS)


def _searchable(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice((name for name in names if len(name) >= _LEAST_NAME and name.isidentifier()), MAX_NAMES))
