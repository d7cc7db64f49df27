"""What a rule says of a flow, and what of it a text holds: sources, harmless places, checks, functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from reviewers.patterns.grammar import GRAMMARS, Grammar
from reviewers.syntax.tree import nodes

if TYPE_CHECKING:
    from ast_grep_py import Config, SgNode

Place = tuple[int, int]
"""Where a node begins and ends in its text."""


def place_of(node: SgNode) -> Place:
    """Where a node is."""
    span = node.range()
    return span.start.index, span.end.index


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a rule's ``flow`` says, with what all rules of the language share (``_flow.yml`` of its folder).

    Attributes:
        sources: Where values come from. A match is a tainted expression; where it captures ``$NAME``, a tainted
            variable of that name in the function around it (a parameter).
        sinks: Where they must not arrive: in what ``$SINK`` or ``$$$SINK`` captures.
        cleans: Expressions whose value is harmless.
        guards: Tests in a condition after which the variable that ``$X`` captures is harmless.
        passes: Names of functions and constructors whose result is as tainted as their arguments.
        collects: Names of methods that make their receiver as tainted as their arguments.
        ends: Names of methods and properties of a tainted value that are harmless: lengths, positions, tests.
        safe_start: A text that begins so fixes what matters of the value: the host of an address.
    """

    sources: tuple[Config, ...]
    sinks: tuple[Config, ...]
    cleans: tuple[Config, ...]
    guards: tuple[Config, ...]
    passes: frozenset[str]
    collects: frozenset[str]
    ends: frozenset[str]
    safe_start: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the text: its place and its parameters' names in order."""

    place: Place
    parameters: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Carriers:
    """Where in a text values come from, and where they are made harmless.

    Attributes:
        sources: Tainted expressions.
        clean: Harmless expressions.
        checks: Tests, with the variables that they check.
        given: Tainted parameters of functions.
        functions: Functions of the text by name, where one name means one function.
    """

    sources: frozenset[Place]
    clean: frozenset[Place]
    checks: Mapping[Place, list[str]]
    given: Mapping[Place, set[str]]
    functions: Mapping[str, Function]

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where sources begin, in order."""
        return tuple(sorted(start for start, _ in self.sources))

    def given_also(self, more: Mapping[Place, set[str]]) -> Carriers:
        """With further tainted parameters."""
        places = {*self.given, *more}
        return replace(self, given={place: {*self.given.get(place, ()), *more.get(place, ())} for place in places})


@dataclass(frozen=True, slots=True)
class Step:
    """A node that does something to variables, or that waits to be reached.

    Attributes:
        place: Where it is.
        kind: Its kind.
        node: The node.
        sink: Whether a value must not arrive there.
    """

    place: Place
    kind: str
    node: SgNode
    sink: bool = False

    @property
    def order(self) -> tuple[int, int, bool]:
        """By which steps follow each other as in the text, the outer before the inner."""
        return self.place[0], -self.place[1], self.sink


class Steps:
    """What a text does to its variables, looked up once for all rules.

    Attributes:
        root: The tree of the text.
        language: A key of ``GRAMMARS``.
        grammar: What its nodes mean.
    """

    def __init__(self, root: SgNode, language: str) -> None:
        self.root, self.language, self.grammar = root, language, GRAMMARS[language]

    @cached_property
    def all(self) -> tuple[Step, ...]:
        """Every node that does something."""
        return tuple(Step(place_of(node), node.kind(), node) for node in nodes(self.root) if self._does(node.kind()))

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """The functions of the text that can be told by their names."""
        found: dict[str, list[Function]] = {}
        for step in self.all:
            if step.kind in self.grammar.scopes and (name := self._name(step.node)):
                parameters = step.node.field("parameters")
                declared = parameters.named_children() if parameters is not None else []
                names = tuple(name for each in declared for name in _declared(each, self.grammar))
                found.setdefault(name, []).append(Function(step.place, names))
        return {name: same[0] for name, same in found.items() if len(same) == 1}

    def _does(self, kind: str) -> bool:
        grammar = self.grammar
        kinds = (grammar.scopes, grammar.assigned, grammar.calls, grammar.conditions, grammar.branches)
        return any(kind in each for each in kinds)

    def _name(self, function: SgNode) -> str:
        named = function.field("name")
        if named is None and (parent := function.parent()) is not None and parent.kind() in self.grammar.assigned:
            named = parent.field(self.grammar.assigned[parent.kind()][0])
        return named.text() if named is not None else ""


def _declared(parameter: SgNode, grammar: Grammar) -> list[str]:
    if named := parameter.field_children("name"):
        return [each.text() for each in named]
    return [next((each.text() for each in nodes(parameter) if each.kind() in grammar.names), "")]
