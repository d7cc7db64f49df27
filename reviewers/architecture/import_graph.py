"""What is known of a repository goes in; who imports whom, before a change and after it, comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reviewers.computing import Known
from reviewers.diff import FileStatus
from reviewers.syntax.import_paths import PathIndex, paths_of
from reviewers.syntax.imports import Import
from reviewers.syntax.languages import language_of

LANGUAGES_WITH_MODULES = frozenset({"python", "javascript", "typescript", "tsx"})
"""Languages in which one file imports another by name."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One file imports another.

    Attributes:
        importer: Path of the file with the import.
        imported: Path of the file that it means.
        line: Of the import, from 1.
        names: What is taken from it.
    """

    importer: str
    imported: str
    line: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportGraph:
    """All imports that run when a module is loaded, among the files that are known.

    Attributes:
        edges: By importer.
    """

    edges: Mapping[str, tuple[Edge, ...]]

    def importers(self, path: str) -> tuple[Edge, ...]:
        """Who imports a file."""
        return tuple(edge for edges in self.edges.values() for edge in edges if edge.imported == path)

    def way(self, start: str, end: str) -> tuple[str, ...]:
        """The shortest chain of imports from one file to another, both included; empty where there is none."""
        came_from = {start: ""}
        waiting = [start]
        for path in waiting:
            for edge in self.edges.get(path, ()):
                if edge.imported not in came_from:
                    came_from[edge.imported] = path
                    waiting.append(edge.imported)
        way = [end] if end in came_from else []
        while way and way[-1] != start:
            way.append(came_from[way[-1]])
        return tuple(reversed(way))


def after(known: Known) -> ImportGraph:
    """As it is with the change."""
    changed = {each.path: each.after for each in known.files if each.after is not None}
    return _graph(
        changed | {path: text for path, text in known.snapshot.neighbours.items() if path not in changed}, known
    )


def before(known: Known) -> ImportGraph:
    """As it was without it, as far as that is known."""
    files = known.snapshot.diff.files
    new = {file.path for file in files if file.status is FileStatus.ADDED or file.old_path}
    kept = {path: text for path, text in known.snapshot.neighbours.items() if path not in new}
    return _graph(dict(known.snapshot.before) | kept, known)


def at_loading(text: str, language: str, known: Known) -> Iterator[Import]:
    """The imports of a text that run when it is loaded: not those for types, nor late ones, which are indented."""
    lines = text.split("\n")
    for each in known.imports(text, language):
        line = lines[each.line - 1] if each.line <= len(lines) else ""
        if not each.typing and line[:1] not in {" ", "\t"} and "import(" not in line and ".mock(" not in line:
            yield each


def _graph(texts: Mapping[str, str], known: Known) -> ImportGraph:
    index = PathIndex(texts)
    edges: dict[str, tuple[Edge, ...]] = {}
    for path, text in texts.items():
        language = language_of(path)
        if language in LANGUAGES_WITH_MODULES and language is not None:
            edges[path] = tuple(
                Edge(path, imported, each.line, each.names)
                for each in at_loading(text, language, known)
                for imported in paths_of(each, at=path, index=index)
            )
    return ImportGraph(edges)
