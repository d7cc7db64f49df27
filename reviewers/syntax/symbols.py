"""Source text goes in, its definitions come out: functions, methods and types, with their lines and signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewers.syntax.grammars import DEFINITIONS, FUNCTION_VALUES, WITH_BODY_ONLY, WRAPPERS, SymbolKind
from reviewers.syntax.long_lines import workable
from reviewers.syntax.tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import Rule, SgNode

MAX_SIGNATURE_CHARACTERS = 400
"""A longer signature is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A definition.

    Attributes:
        name: Its own name, without what holds it.
        kind: What it defines.
        container: Names of the definitions around it, joined by dots; the receiver's type for a method of Go, the
            implemented type for one of Rust; empty at the top of a file.
        local: Whether it stands inside a function, where nobody outside can name it.
        start_line: First line, from 1, with its decorators, ``export`` or ``template``.
        head_line: The line that its own node starts in.
        body_line: First line of its body, or None where it has none, as in an interface.
        end_line: Last line.
        signature: All before the body, in one line, without decorators; how others see it.
    """

    name: str
    kind: SymbolKind
    container: str
    local: bool
    start_line: int
    head_line: int
    body_line: int | None
    end_line: int
    signature: str

    @property
    def qualified(self) -> str:
        """Its name after that of what holds it: ``Cart.total``."""
        return f"{self.container}.{self.name}" if self.container else self.name

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.end_line - self.start_line + 1


@lru_cache(maxsize=128)
def symbols(text: str, language: str) -> tuple[Symbol, ...]:
    """The definitions of a text, in its order, an outer one before those in it; none where it is not parsed.

    Args:
        text: Source code; faults in it cost the definitions around them at most.
        language: A key of ``LANGUAGES``.
    """
    kinds = DEFINITIONS.get(language)
    root = parse(text, language) if kinds and workable(text) else None
    if kinds is None or root is None:
        return ()
    found: list[Symbol] = []
    around: list[_Around] = []
    wanted: list[Rule] = [{"kind": kind} for kind in (*kinds, *WRAPPERS.get(language, ()))]
    for node in sorted(root.find_all(any=wanted), key=_place):
        kind, start = kinds.get(node.kind()), node.range().start.index
        while around and around[-1].end <= start:
            around.pop()
        name = _name(node) if kind else ""
        if kind is not None and name:
            symbol = _symbol(node, name, kind, around, text)
            if node.kind() != "impl_item":
                found.append(symbol)
        if kind is None or name:
            around.append(_Around(node, name, kind))
    return tuple(found)


@dataclass(slots=True)
class _Around:
    """A node that others stand in: a definition, or, without a name, what is wrapped around one.

    Kept by hand, as a tree answers for a node's parent only by coming down from its root.
    """

    node: SgNode
    name: str
    kind: SymbolKind | None
    end: int = 0

    def __post_init__(self) -> None:
        self.end = self.node.range().end.index


_IDENTIFIER = re.compile(r"[\w$]+[?!]?")
_LAST_IDENTIFIER = re.compile(r"~?[\w$]+$")
_RECEIVER = re.compile(r"([A-Za-z_]\w*)\s*(?:\[[^\]]*\])?\s*\)$")
_ASSIGNED = frozenset(
    {"variable_declarator", "assignment_expression", "pair", "public_field_definition", "field_definition"}
)
_MAX_DECLARATORS = 8
_MAX_HOLDERS = 20


def _place(node: SgNode) -> tuple[int, int]:
    return node.range().start.index, -node.range().end.index


def _symbol(node: SgNode, name: str, kind: SymbolKind, around: list[_Around], text: str) -> Symbol:
    near = [outer for outer in around[-_MAX_HOLDERS:] if outer.kind]
    own = _own_holders(node)
    held = bool(own) or (bool(near) and near[-1].kind is SymbolKind.TYPE)
    body = _body(node)
    return Symbol(
        name=name,
        kind=SymbolKind.METHOD if kind is SymbolKind.FUNCTION and held else kind,
        container=".".join([outer.name for outer in near] + own),
        local=any(outer.kind is SymbolKind.FUNCTION for outer in near),
        start_line=_outermost(node, around).range().start.line + 1,
        head_line=node.range().start.line + 1,
        body_line=None if body is None else body.range().start.line + 1,
        end_line=_last_line(node),
        signature=_signature(node, body, text),
    )


def _name(node: SgNode) -> str:
    """What the node defines, or the empty string where it defines nothing that has a name."""
    kind = node.kind()
    if kind in _ASSIGNED:
        return _assigned_name(node)
    if kind in WITH_BODY_ONLY and node.field("body") is None:
        return ""
    if kind == "impl_item":
        return _first(node.field("type"))
    named = node.field("name")
    if named is not None:
        found = _LAST_IDENTIFIER.search(named.text()) or _IDENTIFIER.search(named.text())
        return found.group() if found else ""
    return _last(_declared(node))


def _assigned_name(node: SgNode) -> str:
    value = node.field("value") or node.field("right")
    if value is None or value.kind() not in FUNCTION_VALUES:
        return ""
    named = node.field("name") or node.field("left") or node.field("key") or node.field("property")
    return _last(named)


def _declared(node: SgNode) -> SgNode | None:
    """The innermost declarator of C: ``f`` of ``*f(int x)``."""
    declared = node.field("declarator")
    for _ in range(_MAX_DECLARATORS):
        inner = declared.field("declarator") if declared is not None else None
        if inner is None:
            break
        declared = inner
    return declared


def _own_holders(node: SgNode) -> list[str]:
    """What the definition itself names as its holder: ``func (s *Shop) Open()``, ``int Shop::open()``."""
    receiver = node.field("receiver")
    if receiver is not None and (found := _RECEIVER.search(receiver.text())):
        return [found.group(1)]
    if node.kind() == "function_definition" and (declared := _declared(node)) is not None:
        return declared.text().split("::")[:-1]
    return []


def _first(node: SgNode | None) -> str:
    found = _IDENTIFIER.search(node.text()) if node is not None else None
    return found.group() if found else ""


def _last(node: SgNode | None) -> str:
    found = _LAST_IDENTIFIER.search(node.text().strip()) if node is not None else None
    return found.group() if found else ""


def _body(node: SgNode) -> SgNode | None:
    if node.kind() in _ASSIGNED:
        value = node.field("value") or node.field("right")
        return value.field("body") if value is not None else None
    return node.field("body")


def _outermost(node: SgNode, around: list[_Around]) -> SgNode:
    for outer in reversed(around):
        if outer.kind is not None or not _only_one(outer.node, node):
            break
        node = outer.node
    return node


def _only_one(parent: SgNode, node: SgNode) -> bool:
    """Whether a wrapper holds this definition alone: ``type ( … )`` of Go and ``const a = …, b = …`` hold more.

    Told by positions, as looking at thousands of siblings of each of thousands takes minutes.
    """
    before = node.range().start.index - parent.range().start.index
    after = parent.range().end.index - node.range().end.index
    return after <= _MAX_CLOSING and (parent.kind() not in _LISTS or before <= _MAX_OPENING)


_LISTS = frozenset({"lexical_declaration", "variable_declaration", "type_declaration"})
_MAX_CLOSING = 2
_MAX_OPENING = 7


def _last_line(node: SgNode) -> int:
    end = node.range().end
    # A macro of C ends with its line feed, at the start of the next line.
    return end.line + 1 if end.column or end.line == node.range().start.line else end.line


def _signature(node: SgNode, body: SgNode | None, text: str) -> str:
    start, end = node.range().start.index, node.range().end.index
    # Sliced, as a node's own text can be most of the file, for each of the nodes in it.
    head = text[start : min(start + 4 * MAX_SIGNATURE_CHARACTERS, end if body is None else body.range().start.index)]
    if body is None and node.kind() not in _WITHOUT_BODY:
        head = head.split("\n", 1)[0]
    return " ".join(head.split()).rstrip("{ ").removesuffix("=>").rstrip(" :;")[:MAX_SIGNATURE_CHARACTERS]


_WITHOUT_BODY = frozenset(
    {
        "method_signature", "abstract_method_signature", "function_signature", "method_elem", "method_declaration",
        "function_signature_item", "delegate_declaration", "type_alias_declaration", "type_alias", "type_item",
    }
)  # fmt: skip


def enclosing(found: tuple[Symbol, ...], line: int) -> Iterator[Symbol]:
    """The definitions around a line, the innermost first.

    Args:
        found: From ``symbols``.
        line: Of the same text, from 1.
    """
    return (symbol for symbol in reversed(found) if symbol.start_line <= line <= symbol.end_line)
