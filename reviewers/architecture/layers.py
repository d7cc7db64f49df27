"""Layers that a repository declares and the imports of a change go in; which of them look up comes out."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from reviewers.selection import path_filter
from reviewers.syntax.import_paths import PathIndex, paths_of
from reviewers.syntax.languages import language_of

if TYPE_CHECKING:
    from reviewers.computing import Changed, Known
    from reviewers.syntax.imports import Import


@dataclass(frozen=True, slots=True)
class Layers:
    """What stands above what: a file may import its own layer and those below it.

    Attributes:
        patterns: For each layer, from the top down, globs as in ``.gitignore``. A file belongs to the first layer that
            takes it, and to none where no layer does.
    """

    patterns: tuple[tuple[str, ...], ...] = ()

    def of(self, path: str) -> int | None:
        """The layer of a file, 0 for the top one.

        >>> house = Layers((("src/ui/**",), ("src/domain/**", "src/store/**")))
        >>> house.of("src/ui/cart.ts"), house.of("src/store/rows.ts"), house.of("src/main.ts")
        (0, 1, None)
        """
        numbered = enumerate(self.patterns)
        return next((number for number, globs in numbered if path_filter(globs).matches(path)), None)

    def named(self, number: int) -> str:
        """A layer for people: its globs."""
        return ", ".join(self.patterns[number])


NO_LAYERS = Layers()
"""Nothing is declared."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """A lower layer imports a higher one.

    Attributes:
        line: Of the import, from 1.
        imported: Path of the file that it means; without its ending where the file itself is not known.
        above: The layer of that file.
        below: The layer of the file with the import.
    """

    line: int
    imported: str
    above: int
    below: int


def tree_of(known: Known) -> PathIndex:
    """The paths that are known on either side of a change."""
    files = known.snapshot.diff.files
    changed = (path for file in files for path in (file.path, file.old_path) if path)
    return PathIndex([*changed, *known.snapshot.neighbours])


def looking_up(file: Changed, layers: Layers, tree: PathIndex, known: Known) -> Iterator[LookUp]:
    """Imports of a higher layer that a change adds to a file, at most one for a line; those for types do not count.

    Args:
        file: The changed file.
        layers: What the repository declares.
        tree: From ``tree_of``.
        known: The change.
    """
    below = layers.of(file.path)
    if not below or file.after is None:
        return
    added_lines = file.added
    moved = {each.old_path: each.path for each in known.snapshot.diff.files if each.old_path}
    at_before = file.file.old_path or file.path
    before = {
        moved.get(path, path)
        for each in _running(file.before or "", at_before, known)
        for path in _meant(each, at_before, tree)
    }
    added = (each for each in _running(file.after, file.path, known) if each.line in added_lines)
    for each in islice(added, _MOST_IMPORTS):
        for path, candidates in _meant(each, file.path, tree).items():
            above = {number for one in candidates if (number := layers.of(one)) is not None}
            # Where the file is not known, whatever it may be has to lie in a higher layer.
            if above and max(above) < below and path not in before:
                yield LookUp(each.line, path, max(above), below)
                break


_MOST_IMPORTS = 1_000
"""Of those that a change adds to one file."""


def _running(text: str, path: str, known: Known) -> Iterator[Import]:
    """The imports of a text that are there when it runs."""
    language = language_of(path)
    if not text or language is None:
        return
    lines = text.split("\n")
    for each in known.imports(text, language):
        if not (
            each.typing
            or (language != "python" and _types_alone(lines[each.line - 1 : each.line - 1 + _LONGEST_IMPORT]))
        ):
            yield each


def _types_alone(lines: Sequence[str]) -> bool:
    """Whether an import takes names from a module, and marks each of them as a type (``{ type Cart, type Row }``)."""
    head, brace, rest = "\n".join(line[:_WIDEST_IMPORT] for line in lines).partition("{")
    if not brace or "}" not in rest or head.strip() not in {"import", "export"}:
        return False
    names = [words for part in rest.partition("}")[0].split(",") if (words := part.split())]
    return bool(names) and all(words[0] == "type" and len(words) > 1 and words[1] != "as" for words in names)


_LONGEST_IMPORT = 100
"""Lines that are looked at for the end of an import."""

_WIDEST_IMPORT = 500
"""Characters of each of them: a line may hold thousands of imports."""


def _meant(each: Import, at: str, tree: PathIndex) -> Mapping[str, Sequence[str]]:
    """What an import means: the files that are known, else where it must lie with the files that it may be there."""
    each = replace(each, names=each.names[:_MOST_NAMES])
    if language_of(at) == "python":
        top = each.module.partition(".")[0]
        # A folder that is called like a part of the standard library does not stand in for it.
        if top in sys.stdlib_module_names and top not in at.split("/")[:-1]:
            return {}
        return {path: (path,) for path in paths_of(each, at=at, index=tree)} or dict(_python_places(each, at))
    return {path: (path,) for path in paths_of(each, at=at, index=tree)} or dict(_script_places(each, at))


def _python_places(each: Import, at: str) -> Iterator[tuple[str, Sequence[str]]]:
    folders = at.split("/")[:-1]
    parts = [part for part in each.module.lstrip(".").split(".") if part]
    dots = len(each.module) - len(each.module.lstrip("."))
    if dots:
        roots = [folders[: len(folders) - dots + 1]] if dots <= len(folders) else []
    else:
        # An absolute import is sure to mean this repository where it begins with a package that the file is in.
        roots = [folders[:depth] for depth, folder in enumerate(folders) if folder == parts[0]]
    for root in roots[:_MOST_ROOTS]:
        module = "/".join([*root, *parts])
        inner = [f"{module}/{name}" for name in each.names if name != "*"]
        for place in inner or [module]:
            yield place, (f"{place}.py", f"{place}/__init__.py")


_MOST_ROOTS = 3
_MOST_NAMES = 50
"""Of one import: more are not names of modules."""


def _script_places(each: Import, at: str) -> Iterator[tuple[str, Sequence[str]]]:
    if each.module.startswith("."):
        place = posixpath.normpath(posixpath.join(posixpath.dirname(at), each.module))
        if not place.startswith(".."):
            yield place, (place, *(f"{place}{end}" for end in _SCRIPT_ENDS))


_SCRIPT_ENDS = (".ts", ".tsx", ".js", ".jsx", "/index.ts", "/index.tsx", "/index.js", "/index.jsx")
