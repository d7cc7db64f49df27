"""An import and the paths of a tree go in, the files that it means come out; what lies outside the tree is nobody."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from reviewers.syntax.languages import language_of

if TYPE_CHECKING:
    from reviewers.syntax.imports import Import


class PathIndex:
    """The paths of a tree, to be looked up by folder and by name.

    >>> index = PathIndex(["shop/cart.py", "shop/__init__.py"])
    >>> index.in_folder("shop"), index.named("cart.py"), "shop/cart.py" in index
    (('shop/cart.py', 'shop/__init__.py'), ('shop/cart.py',), True)
    """

    def __init__(self, paths: Iterable[str]) -> None:
        """Look through these paths once; ``/`` between folders."""
        self._paths = dict.fromkeys(paths)
        self._folders: dict[str, list[str]] = defaultdict(list)
        self._names: dict[str, list[str]] = defaultdict(list)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            folder, _, name = path.rpartition("/")
            self._folders[folder].append(path)
            self._names[name].append(path)
            self._stems[folded(name.partition(".")[0])].append(path)

    def __contains__(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in self._paths

    def in_folder(self, folder: str) -> tuple[str, ...]:
        """Files right in a folder; the empty string is the top."""
        return tuple(self._folders.get(folder, ()))

    def folders_ending(self, end: str) -> tuple[str, ...]:
        """Folders whose path is ``end`` or ends with it after a ``/``."""
        return tuple(folder for folder in self._folders if folder == end or folder.endswith(f"/{end}"))

    def named(self, name: str) -> tuple[str, ...]:
        """Files with that name, in whatever folder."""
        return tuple(self._names.get(name, ()))

    def called_like(self, name: str) -> tuple[str, ...]:
        """Files named after a type or module, however their language writes it: ``OrderLine``, ``order_line.rb``."""
        return tuple(self._stems.get(folded(name), ()))

    def present(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Those that are there, each once."""
        return tuple(dict.fromkeys(path for path in paths if path in self._paths))


def folded(name: str) -> str:
    """A name without what tells its spellings apart.

    >>> folded("OrderLine") == folded("order_line") == folded("order-line")
    True
    """
    return name.replace("_", "").replace("-", "").lower()


def paths_of(imported: Import, *, at: str, index: PathIndex) -> tuple[str, ...]:
    """The files of the tree that an import means, the likeliest first; none for a foreign package.

    Args:
        imported: From ``imports``.
        at: Path of the file that has it, which tells its language.
        index: The paths of the tree.
    """
    finder = _FINDERS.get(language_of(at) or "")
    return tuple(path for path in finder(imported, at, index) if path != at) if finder else ()


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _joined(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path)).removeprefix("./")


MOST_FOLDERS = 16
"""How far up from a file an import is looked for, beside the top; real trees are not as deep."""

MOST_NAMES = 50
"""Names of one import of which each may be a file; a longer list is data, or made to cost time."""


def _ancestors(folder: str) -> Iterator[str]:
    """The folder itself, then each around it, the top last."""
    for _ in range(MOST_FOLDERS):
        if not folder:
            break
        yield folder
        folder = _folder(folder)
    yield ""


def _nearest(paths: Iterable[str], at: str) -> list[str]:
    """In the order of how much of their way they share with ``at``."""
    return sorted(paths, key=lambda path: (-len(posixpath.commonprefix([path, at])), len(path)))


def _python(imported: Import, at: str, index: PathIndex) -> tuple[str, ...]:
    dots = len(imported.module) - len(imported.module.lstrip("."))
    parts = imported.module.lstrip(".").replace(".", "/")
    if dots:
        folder = _folder(at)
        for _ in range(dots - 1):
            folder = _folder(folder)
        return _python_in(folder, parts, imported.names, index)
    around = list(_ancestors(_folder(at)))
    beside = [_joined(folder, root) for folder in around for root in _PYTHON_ROOTS]
    for root in (*around, *beside):
        # A folder that is a package is no place from which absolute imports start.
        if (not root or f"{root}/__init__.py" not in index) and (
            found := _python_in(root, parts, imported.names, index)
        ):
            return found
    return ()


_PYTHON_ROOTS = ("src", "lib", "python")


def _python_in(folder: str, parts: str, names: tuple[str, ...], index: PathIndex) -> tuple[str, ...]:
    module = _joined(folder, parts) if parts else folder
    inner = {
        name: index.present(_joined(module, f"{name}{end}") for end in _PYTHON_ENDS) for name in names[:MOST_NAMES]
    }
    own = index.present(f"{module}{end}" if module else end.lstrip("/") for end in _PYTHON_ENDS)
    modules = tuple(path for found in inner.values() for path in found[:1])
    return modules + (own[:1] if len(modules) < max(1, len(names)) else ())


_PYTHON_ENDS = (".py", "/__init__.py", ".pyi")


def _script(imported: Import, at: str, index: PathIndex) -> tuple[str, ...]:
    module = imported.module
    if module.startswith("."):
        return _script_at(_joined(_folder(at), module), index)[:1]
    rest = next((module.removeprefix(mark) for mark in _SCRIPT_ALIASES if module.startswith(mark)), None)
    if rest is None and "/" not in module:
        return ()
    wanted = module if rest is None else rest
    for folder in _ancestors(_folder(at)):
        for root in (_joined(folder, "src"), folder) if rest is not None else (folder, _joined(folder, "src")):
            if found := _script_at(_joined(root, wanted), index):
                return found[:1]
    return ()


_SCRIPT_ALIASES = ("@/", "~/", "#/", "@@/", "src/")
_SCRIPT_ENDS = (".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs", ".d.ts", ".vue", ".svelte")


def _script_at(place: str, index: PathIndex) -> tuple[str, ...]:
    stem, dot, ending = place.rpartition(".")
    # TypeScript imports its files by the name that they will have as JavaScript.
    written = [f"{stem}.{ending.replace('js', 'ts')}", f"{stem}.tsx"] if dot and ending.endswith(("js", "jsx")) else []
    ends = [f"{place}{end}" for end in _SCRIPT_ENDS] + [f"{place}/index{end}" for end in _SCRIPT_ENDS]
    return index.present([place, *written, *ends])


def _go(imported: Import, at: str, index: PathIndex) -> tuple[str, ...]:
    parts = imported.module.split("/")
    if "." not in parts[0]:
        return ()  # the standard library; packages of a module begin with its host
    for start in range(1, len(parts)):
        end = "/".join(parts[start:])
        for folder in _nearest(index.folders_ending(end), at):
            if found := [path for path in index.in_folder(folder) if _go_code(path)]:
                return tuple(found)
    return ()


def _go_code(path: str) -> bool:
    return path.endswith(".go") and not path.endswith("_test.go")


def _java(imported: Import, at: str, index: PathIndex) -> tuple[str, ...]:
    way = imported.module.replace(".", "/")
    if imported.names == ("*",) and (folders := _nearest(index.folders_ending(way), at)):
        return tuple(path for path in index.in_folder(folders[0]) if path.endswith(_JVM))
    # The last parts can be a type within a type, or a constant of one.
    for outer in (way, _folder(way)):
        name = outer.rpartition("/")[2]
        for end in _JVM:
            found = [path for path in index.named(name + end) if path == outer + end or path.endswith(f"/{outer}{end}")]
            if found:
                return tuple(_nearest(found, at)[:1])
    return ()


_JVM = (".java", ".kt", ".scala")


def _ruby(imported: Import, at: str, index: PathIndex) -> tuple[str, ...]:
    wanted = imported.module.removesuffix(".rb") + ".rb"
    if wanted.startswith("."):
        return index.present([_joined(_folder(at), wanted)])
    places = [_joined(folder, root) for folder in _ancestors(_folder(at)) for root in ("lib", "app", "")]
    return index.present(_joined(place, wanted) for place in places)[:1]


def _php(imported: Import, at: str, index: PathIndex) -> tuple[str, ...]:
    if imported.module.endswith(".php"):
        return index.present([_joined(_folder(at), imported.module), _joined("", imported.module)])[:1]
    parts = imported.module.split("\\")
    named = index.named(f"{parts[-1]}.php")
    # PSR-4 puts a prefix of the namespace into one folder of any name, so the ends must agree, not the beginnings.
    return tuple(sorted(named, key=lambda path: -_common_end(path.removesuffix(".php").split("/"), parts))[:1])


def _common_end(one: list[str], other: list[str]) -> int:
    count = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left.lower() != right.lower():
            break
        count += 1
    return count


def _rust(imported: Import, at: str, index: PathIndex) -> tuple[str, ...]:
    first, *rest = imported.module.split("::")
    folder, name = _folder(at), at.rpartition("/")[2].removesuffix(".rs")
    own = folder if name in _RUST_TOPS else _joined(folder, name)
    match first:
        case "crate":
            tops = (around for around in _ancestors(folder) if index.present(_tops(around)))
            place = next(tops, None)
        case "self":
            place = own
        case "super":
            place = _folder(own)
            while rest[:1] == ["super"]:
                place, rest = _folder(place), rest[1:]
        case _:
            return ()
    if place is None:
        return ()
    way = [*rest, *(each for each in imported.names if each != "*")]
    for length in range(len(way), 0, -1):
        module = _joined(place, "/".join(way[:length]))
        if found := index.present([f"{module}.rs", f"{module}/mod.rs"]):
            return found[:1]
    return index.present([f"{place}.rs", *(_joined(place, f"{top}.rs") for top in ("mod", "lib", "main"))])[:1]


_RUST_TOPS = frozenset({"mod", "lib", "main"})


def _tops(folder: str) -> tuple[str, ...]:
    return _joined(folder, "lib.rs"), _joined(folder, "main.rs")


def _c(imported: Import, at: str, index: PathIndex) -> tuple[str, ...]:
    way = imported.module.removeprefix("./")
    beside = _joined(_folder(at), way)
    name = way.rpartition("/")[2]
    found = [beside] if beside in index else [path for path in index.named(name) if path.endswith(way)]
    headers = _nearest(found, at)[:1]
    stem = name.partition(".")[0]
    bodies = [path for path in index.called_like(stem) if path.rpartition("/")[2].startswith(f"{stem}.c")]
    return tuple(headers) + (tuple(_nearest(bodies, headers[0])[:1]) if headers else ())


_FINDERS: dict[str, Callable[[Import, str, PathIndex], tuple[str, ...]]] = {
    "python": _python,
    "javascript": _script,
    "typescript": _script,
    "tsx": _script,
    "go": _go,
    "java": _java,
    "ruby": _ruby,
    "php": _php,
    "rust": _rust,
    "c": _c,
    "cpp": _c,
}
"""C# is not here: its namespaces tell nothing of files; a type is looked up by the file's name."""
