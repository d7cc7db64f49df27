"""A text goes in; its functions come out, each with the paths through it and the loops in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewers.syntax.grammars import SymbolKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from reviewers.computing import Known
    from reviewers.syntax.symbols import Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A loop over a collection or a range.

    Attributes:
        line: Of its head, from 1.
        over: What it goes through: ``orders``; for a counting loop its condition, without the counter's name.
        names: The variables that it binds.
        each: Whether it goes through a collection rather than counts.
        inside: The loops of the same function around it, the outermost first.
    """

    line: int
    over: str
    names: frozenset[str]
    each: bool
    inside: tuple[Loop, ...] = ()

    @property
    def constant(self) -> bool:
        """Whether how often it runs is written in the code."""
        return bool(_CONSTANT.fullmatch(self.over))

    def goes_into(self, outer: Loop) -> bool:
        """Whether it goes through a part of what the outer loop holds, so that both together go through it once."""
        return not outer.names.isdisjoint(_NAME.findall(self.over))


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function, without those that are defined in it.

    Attributes:
        symbol: Its name and place.
        paths: McCabe's number: 1 and one more for each decision; ``and`` and ``or`` are none
            (https://doi.org/10.1109/TSE.1976.233837).
        loops: In the order of the text.
    """

    symbol: Symbol
    paths: int
    loops: tuple[Loop, ...]


def functions(text: str, language: str, known: Known) -> tuple[Function, ...]:
    """The functions of a text, in its order; none in a language that is not measured, or that is not parsed."""
    root = known.tree(text, language) if language in _DECISIONS else None
    if root is None:
        return ()
    found = [each for each in known.symbols(text, language) if each.kind in _CALLABLE]
    lines = [_first_line(node) for node in _all(root, _DECISIONS[language])]
    loops = _loops(root, language)
    owner = _owners(found)
    decisions: dict[int, int] = {}
    for line in lines:
        decisions[owner.get(line, -1)] = decisions.get(owner.get(line, -1), 0) + 1
    own: dict[int, list[Loop]] = {}
    for start, loop in loops:
        own.setdefault(owner.get(start, -1), []).append(loop)
    return tuple(
        Function(
            symbol=symbol,
            paths=1 + decisions.get(number, 0),
            loops=tuple(_within(own.get(number, ()), symbol)),
        )
        for number, symbol in enumerate(found)
    )


MEASURED = frozenset({"python", "javascript", "typescript", "tsx", "go", "java"})
"""Languages whose functions are measured."""

_CALLABLE = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD})
_SCRIPT = (
    "if_statement", "for_statement", "for_in_statement", "while_statement", "do_statement", "catch_clause",
    "switch_case", "ternary_expression",
)  # fmt: skip
_DECISIONS = {
    "python": ("if_statement", "elif_clause", "for_statement", "while_statement", "except_clause", "case_clause"),
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "go": ("if_statement", "for_statement", "expression_case", "type_case", "communication_case"),
    "java": (
        "if_statement", "for_statement", "enhanced_for_statement", "while_statement", "do_statement", "catch_clause",
        "switch_label", "ternary_expression",
    ),
}  # fmt: skip
_LOOPS = ("for_statement", "for_in_statement", "enhanced_for_statement")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_COUNTER = re.compile(r"^\s*([A-Za-z_$][\w$]*)\s*(?:<=?|>=?|!==?)\s*")
_CONSTANT = re.compile(r"(?:range\()?\s*(?:\d[\d_,\s-]*|[A-Z][A-Z\d_]+(?:\.[A-Z\d_]+)*)\)?|[\[(].*[\])]", re.DOTALL)
_LONGEST = 200


def _all(root: SgNode, kinds: tuple[str, ...]) -> list[SgNode]:
    return root.find_all(any=[{"kind": kind} for kind in kinds])


def _first_line(node: SgNode) -> int:
    return node.range().start.line + 1


def _owners(found: list[Symbol]) -> dict[int, int]:
    """For each line the number of the innermost function around it: an outer one comes before those in it."""
    owner: dict[int, int] = {}
    for number, symbol in enumerate(found):
        owner.update(dict.fromkeys(range(symbol.head_line, symbol.end_line + 1), number))
    return owner


def _loops(root: SgNode, language: str) -> Iterator[tuple[int, Loop]]:
    kinds = tuple(kind for kind in _LOOPS if kind in _DECISIONS[language])
    nodes = sorted(_all(root, kinds), key=lambda node: node.range().start.index)
    around: list[tuple[int, Loop]] = []
    for node in nodes:
        start, end = node.range().start, node.range().end
        while around and around[-1][0] <= start.index:
            around.pop()
        loop = _loop(node, tuple(outer for _, outer in around))
        if loop is not None:
            around.append((end.index, loop))
            yield start.line + 1, loop


def _loop(node: SgNode, inside: tuple[Loop, ...]) -> Loop | None:
    clause = next((child for child in node.children() if child.kind() in {"range_clause", "for_clause"}), node)
    over = clause.field("right") or (node.field("value") if node.kind() == "enhanced_for_statement" else None)
    line = _first_line(node)
    if over is not None:
        bound = clause.field("left") or node.field("name")
        names = frozenset(_NAME.findall(bound.text()[:_LONGEST])) if bound is not None else frozenset()
        return Loop(line=line, over=_plain(over), names=names, each="range(" not in over.text()[:10], inside=inside)
    condition = clause.field("condition")
    counter = _COUNTER.match(condition.text()[:_LONGEST]) if condition is not None else None
    if condition is None or counter is None:
        return None
    over_text = condition.text()[counter.end() : _LONGEST].strip().rstrip(";")
    return Loop(line=line, over=over_text, names=frozenset({counter.group(1)}), each=False, inside=inside)


def _plain(node: SgNode) -> str:
    return " ".join(node.text()[:_LONGEST].split())


def _within(loops: list[Loop] | tuple[()], symbol: Symbol) -> Iterator[Loop]:
    """The loops with the ones around them that belong to the same function."""
    for loop in loops:
        around = tuple(outer for outer in loop.inside if symbol.head_line <= outer.line)
        yield Loop(line=loop.line, over=loop.over, names=loop.names, each=loop.each, inside=around)
