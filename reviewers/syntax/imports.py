"""Source text goes in, what it imports comes out: modules as the text words them, and the names taken from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewers.syntax.long_lines import workable
from reviewers.syntax.tree import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ast_grep_py import SgNode


MAX_NODES = 20_000
"""Imports, and in scripts calls that could be one, that are looked at in one text."""


@dataclass(frozen=True, slots=True)
class Import:
    """One module that a text imports.

    Attributes:
        module: As the text words it: ``..shop.cart``, ``./cart``, ``example.org/shop``, ``crate::cart``.
        names: What is taken from it, by their names there; empty for the module as a whole, ``*`` for all.
        line: Where the import begins, from 1.
        typing: Whether it is there for types only (``import type``, ``if TYPE_CHECKING``).
    """

    module: str
    names: tuple[str, ...] = ()
    line: int = 1
    typing: bool = False


@lru_cache(maxsize=256)
def imports(text: str, language: str) -> tuple[Import, ...]:
    """The imports of a text, in its order, those inside functions included; none where it is not parsed.

    Args:
        text: Source code.
        language: A key of ``LANGUAGES``.
    """
    if language not in _READERS or not workable(text) or (root := parse(text, language)) is None:
        return ()
    readers = _READERS[language]
    nodes = root.find_all(any=[{"kind": kind} for kind in readers])
    return tuple(
        found
        for node in sorted(nodes, key=lambda node: node.range().start.index)[:MAX_NODES]
        for found in readers[node.kind()](node, _beginning(node, text))
    )


_MAX_CHARACTERS = 20_000
_STRING = re.compile(r"""["'`]([^"'`\n]+)["'`]""")
_RUST_GROUP = re.compile(r"^(?P<outer>[^{}]*)\{(?P<inner>.*)\}$", re.DOTALL)


def _beginning(node: SgNode, text: str) -> str:
    # Sliced, as a call can be a chain as long as its file.
    start, end = node.range().start.index, node.range().end.index
    return text[start : min(end, start + _MAX_CHARACTERS)]


def _line(node: SgNode) -> int:
    return node.range().start.line + 1


def _first_string(text: str) -> str:
    found = _STRING.search(text)
    return found.group(1) if found else ""


def _python_modules(node: SgNode, _text: str) -> Iterator[Import]:
    typing = _type_checking(node)
    for child in node.children():
        named = child.field("name") if child.kind() == "aliased_import" else child
        if named is not None and named.kind() == "dotted_name":
            yield Import(named.text(), (), _line(node), typing)


def _python_names(node: SgNode, _text: str) -> Iterator[Import]:
    module = node.field("module_name")
    if module is None:
        return
    listed = [child for child in node.children() if child.range().start.index > module.range().start.index]
    names = [child.field("name") if child.kind() == "aliased_import" else child for child in listed]
    taken = tuple(name.text() for name in names if name is not None and name.kind() == "dotted_name")
    everything = ("*",) if any(child.kind() == "wildcard_import" for child in listed) else ()
    yield Import("".join(module.text().split()), taken or everything, _line(node), _type_checking(node))


def _type_checking(node: SgNode) -> bool:
    """Whether Python code stands in an ``if TYPE_CHECKING``, and not in its ``else``."""
    while node.range().start.column and (outer := node.parent()) is not None:
        condition = outer.field("condition") if outer.kind() == "if_statement" else None
        if condition is not None and node.kind() == "block" and _short(condition) in _FOR_TYPES:
            return True
        node = outer
    return False


def _short(node: SgNode) -> str:
    # A condition can be as long as its file, and is asked for by each import below it.
    return node.text() if node.range().end.index - node.range().start.index <= _LONGEST_CONDITION else ""


_LONGEST_CONDITION = 30
_FOR_TYPES = frozenset({"TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING"})


def _script_import(node: SgNode, text: str) -> Iterator[Import]:
    source = node.field("source")
    if source is None:
        return
    clause = text[: source.range().start.index - node.range().start.index]
    listed = re.search(r"\{([^{}]*)\}", clause)
    taken = [part.split() for part in listed.group(1).split(",")] if listed else []
    names = [words[words[0] == "type" and len(words) > 1 and words[1] != "as"] for words in taken if words]
    head = clause.split("{", 1)[0]
    if re.search(r"^import\s+(?!type\b\s*[{*])[\w$]", clause):
        names.append("default")
    if "*" in head:
        names.append("*")
    typing = bool(re.match(r"(?:import|export)\s+type\b(?!\s*,|\s+from)", clause))
    if module := _first_string(source.text()):
        yield Import(module, tuple(names), _line(node), typing)


def _script_call(node: SgNode, text: str) -> Iterator[Import]:
    found = re.match(r"""(?:require|import|jest\.mock|vi\.mock)\s*\(\s*["'`]([^"'`\n$]+)["'`]\s*[,)]""", text)
    if found:
        yield Import(found.group(1), (), _line(node))


def _go(node: SgNode, text: str) -> Iterator[Import]:
    if module := _first_string(text):
        yield Import(module, (), _line(node))


def _java(node: SgNode, text: str) -> Iterator[Import]:
    found = re.match(r"import\s+(?P<static>static\s+)?(?P<path>[\w.]+?)(?P<all>\.\*)?\s*;", text)
    if found is None:
        return
    path = found["path"]
    if found["all"]:
        yield Import(path, ("*",), _line(node))
    elif found["static"]:
        module, _, name = path.rpartition(".")
        yield Import(module, (name,), _line(node))
    else:
        yield Import(path, (), _line(node))


def _csharp(node: SgNode, text: str) -> Iterator[Import]:
    found = re.match(r"(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?(?P<path>[\w.]+)\s*;", text)
    if found:
        yield Import(found["path"], (), _line(node))


def _ruby(node: SgNode, text: str) -> Iterator[Import]:
    found = re.match(r"""(?P<how>require|require_relative|load)[\s(]+["'](?P<path>[^"'#\n]+)["']""", text)
    if found:
        relative = found["how"] == "require_relative" and not found["path"].startswith(".")
        yield Import(f"./{found['path']}" if relative else found["path"], (), _line(node))


def _php_use(node: SgNode, text: str) -> Iterator[Import]:
    words = re.sub(r"^use\s+(?:function\s+|const\s+)?", "", text).rstrip("; \n")
    outer, brace, inner = words.partition("{")
    for clause in (inner.rstrip("} ") if brace else words).split(","):
        path = re.sub(r"^\s*(?:function|const)\s+|\s+as\s+\w+\s*$", "", clause).strip()
        if path:
            yield Import((outer.strip() + path if brace else path).lstrip("\\"), (), _line(node))


def _php_file(node: SgNode, text: str) -> Iterator[Import]:
    if path := _first_string(text):
        yield Import(f"./{path.lstrip('/')}" if "__DIR__" in text else path, (), _line(node))


def _rust_use(node: SgNode, text: str) -> Iterator[Import]:
    path = re.sub(r"^(?:pub(?:\([^)]*\))?\s+)?use\s+", "", text).rstrip("; \n")
    for module, name in _rust_paths(path, depth=0):
        yield Import(module, (name,) if name else (), _line(node))


def _rust_paths(path: str, depth: int) -> Iterator[tuple[str, str]]:
    group = _RUST_GROUP.match(path.strip())
    if group is None:
        module, _, name = re.sub(r"\s+as\s+\w+$", "", path.strip()).rpartition("::")
        if name == "self":
            yield module, ""
        elif name:
            yield module, name
        return
    if depth < _MAX_GROUPS:
        for part in _parts(group["inner"]):
            yield from _rust_paths(group["outer"].strip() + part.strip(), depth + 1)


_MAX_GROUPS = 8


def _parts(text: str) -> Iterator[str]:
    """What stands between commas that are in no braces."""
    depth, start = 0, 0
    for place, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _rust_module(node: SgNode, _text: str) -> Iterator[Import]:
    if node.field("body") is None and (name := node.field("name")) is not None:
        yield Import(f"self::{name.text()}", (), _line(node))


def _include(node: SgNode, text: str) -> Iterator[Import]:
    found = re.search(r'include\s*(?:"([^"\n]+)"|<([^>\n]+)>)', text)
    if found:
        yield Import(f"./{found.group(1)}" if found.group(1) else found.group(2), (), _line(node))


_SCRIPT: dict[str, Callable[[SgNode, str], Iterator[Import]]] = {
    "import_statement": _script_import,
    "export_statement": _script_import,
    "call_expression": _script_call,
}
_READERS: dict[str, dict[str, Callable[[SgNode, str], Iterator[Import]]]] = {
    "python": {"import_statement": _python_modules, "import_from_statement": _python_names},
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "go": {"import_spec": _go},
    "java": {"import_declaration": _java},
    "csharp": {"using_directive": _csharp},
    "ruby": {"call": _ruby},
    "php": {
        "namespace_use_declaration": _php_use,
        "require_expression": _php_file,
        "require_once_expression": _php_file,
        "include_expression": _php_file,
        "include_once_expression": _php_file,
    },
    "rust": {"use_declaration": _rust_use, "mod_item": _rust_module},
    "c": {"preproc_include": _include},
    "cpp": {"preproc_include": _include},
}
