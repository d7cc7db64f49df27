"""Names that carry tainted values, followed through a syntax tree in the order of its text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewers.patterns.carriers import Carriers, Flow, Place, Step, place_of
from reviewers.patterns.grammar import FIRST, LAST, Grammar
from reviewers.syntax.tree import nodes

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_DEPTH = 60
"""Expressions that are nested deeper are not followed: the code is hostile or generated."""


@dataclass(frozen=True, slots=True)
class _Carried:
    """A variable holds a tainted value, or a known text, since an assignment in a branch."""

    branch: tuple[int, int] | None
    tainted: bool
    value: SgNode | None


@dataclass(slots=True, kw_only=True)
class Walk:
    """The state of following values through a text from its beginning to its end.

    Attributes:
        flow: Where tainted values come from, where they must not arrive, and what makes them harmless.
        grammar: The language's words for kinds of nodes.
        carriers: What hands values on: calls and parameters.
        handed: Parameters that turned out to be tainted, by the place of their function.
    """

    flow: Flow
    grammar: Grammar
    carriers: Carriers
    handed: dict[Place, set[str]] = field(default_factory=dict)
    _names: dict[str, _Carried] = field(default_factory=dict)
    _left: list[tuple[int, dict[str, _Carried]]] = field(default_factory=list)
    _pending: list[tuple[int, SgNode, Place | None]] = field(default_factory=list)
    _branches: list[tuple[int, Place | None]] = field(default_factory=list)

    def enter(self, step: Step) -> None:
        """Take note of what a node does to the variables; nodes are entered in the order of the text."""
        place, kind, node = step.place, step.kind, step.node
        start, end = place
        self._finish(start)
        if kind in self.grammar.scopes:
            self._left.append((end, dict(self._names)))
            self._branches.append((end, None))
            for name in self.carriers.given.get(place, ()):
                self._names[name] = _Carried(None, tainted=True, value=None)
        if kind in self.grammar.assigned:
            # Its value is made before the name has it: "x = clean(x)"; a loop's name has it inside the loop.
            self._pending.append((start if "for" in kind or "range" in kind else end, node, self._branch))
        elif kind in self.grammar.calls:
            self._call_made(node)
        if kind in self.grammar.conditions:
            self._check(node)
        if kind in self.grammar.branches:
            self._branches.append((end, place))

    def reached(self, sink: SgNode) -> bool:
        """Whether a tainted value arrives in what a sink captures."""
        one = sink.get_match("SINK")
        captured = [one] if one is not None else sink.get_multiple_matches("SINK") or [sink]
        return any(self._tainted(each) and not self._fixed(each) for each in captured)

    def _finish(self, start: int) -> None:
        while self._pending and self._pending[-1][0] <= start:
            self._assign(*self._pending.pop()[1:])
        while self._branches and self._branches[-1][0] <= start:
            self._branches.pop()
        while self._left and self._left[-1][0] <= start:
            self._names = self._left.pop()[1]

    @property
    def _branch(self) -> Place | None:
        return self._branches[-1][1] if self._branches else None

    def _assign(self, node: SgNode, branch: Place | None) -> None:
        target, value = (_part(node, name) for name in self.grammar.assigned[node.kind()])
        if target is None or value is None or place_of(target) == place_of(value):
            return
        adds = "augmented" in node.kind() or "operator" in node.kind()
        tainted = self._tainted(value)
        for name in self._targets(target):
            before = self._names.get(name)
            if tainted:
                self._names[name] = _Carried(branch, tainted=True, value=None if adds else value)
            elif adds or (before and before.tainted and before.branch != branch):
                continue
            else:
                self._names[name] = _Carried(branch, tainted=False, value=value)

    def _targets(self, target: SgNode) -> Iterator[str]:
        if target.kind() in self.grammar.names or target.kind() in self.grammar.members:
            yield target.text()
        else:
            yield from (each.text() for each in nodes(target) if each.kind() in self.grammar.names)

    def _check(self, node: SgNode) -> None:
        condition = node.field(self.grammar.conditions[node.kind()])
        if condition is None or not self.carriers.checks:
            return
        for each in nodes(condition):
            for name in self.carriers.checks.get(place_of(each), ()):
                self._names[name] = _Carried(None, tainted=False, value=None)

    def _call_made(self, node: SgNode) -> None:
        """A value may be collected in the receiver, or handed to a function of the text."""
        receiver, name, arguments = self._call(node)
        if arguments is None:
            return
        if receiver is not None and name in self.flow.collects and self._tainted(arguments):
            self._names[receiver.text()] = _Carried(self._branch, tainted=True, value=None)
        called = self.carriers.functions.get(name)
        if called is not None and (receiver is None or receiver.text() in _OWN):
            parameters = called.parameters[called.parameters[:1] in _BOUND :]
            for parameter, argument in zip(parameters, arguments.named_children(), strict=False):
                if parameter not in self.carriers.given.get(called.place, ()) and self._tainted(argument):
                    self.handed.setdefault(called.place, set()).add(parameter)

    def _call(self, node: SgNode) -> tuple[SgNode | None, str, SgNode | None]:
        """Receiver, last name and arguments of a call."""
        fields, arguments = self.grammar.calls[node.kind()]
        parts = [_part(node, name) for name in fields]
        called = parts[-1]
        receiver = parts[0] if len(parts) > 1 else None
        if called is not None and called.kind() in self.grammar.members:
            receiver = _part(called, self.grammar.members[called.kind()])
        name = re.split(r"\W+", called.text())[-1] if called is not None else ""
        return receiver, name, _part(node, arguments)

    def _tainted(self, node: SgNode, depth: int = 0) -> bool:
        place, kind = place_of(node), node.kind()
        if (
            (depth == 0 and self._untouched(place))
            or depth > _DEPTH
            or place in self.carriers.clean
            or kind in self.grammar.decisions
            or _compares(node)
        ):
            return False
        if kind in self.grammar.names or kind in self.grammar.members:
            known = self._names.get(node.text())
            if known is not None:
                return known.tainted
        if place in self.carriers.sources:
            return True
        if kind in self.grammar.calls:
            return self._call_tainted(node, depth)
        if kind in self.grammar.members:
            return self._member_tainted(node, depth)
        condition = node.field(self.grammar.choices[kind]) if kind in self.grammar.choices else None
        parts = [each for each in node.named_children() if condition is None or place_of(each) != place_of(condition)]
        return any(self._tainted(each, depth + 1) for each in parts)

    def _untouched(self, place: Place) -> bool:
        """Whether nothing tainted can be in a node, which is so of nearly all, and quick to see."""
        start, end = place
        first = bisect_left(self.carriers.starts, start)
        inside = first < len(self.carriers.starts) and self.carriers.starts[first] < end
        return not inside and not any(each.tainted for each in self._names.values())

    def _call_tainted(self, node: SgNode, depth: int) -> bool:
        receiver, name, arguments = self._call(node)
        if receiver is not None and name not in self.flow.ends and self._tainted(receiver, depth + 1):
            return True
        return name in self.flow.passes and arguments is not None and self._tainted(arguments, depth + 1)

    def _member_tainted(self, node: SgNode, depth: int) -> bool:
        if re.split(r"\W+", node.text())[-1] in self.flow.ends:
            return False
        inner = _part(node, self.grammar.members[node.kind()])
        return inner is not None and self._tainted(inner, depth + 1)

    def _fixed(self, node: SgNode) -> bool:
        """Whether the text that a value begins with is written in the code, and enough of it."""
        if self.flow.safe_start is None:
            return False
        known = self._names.get(node.text())
        if known is not None and known.value is not None:
            node = known.value
        return self.flow.safe_start.match(re.sub(r"^[\s(]*[A-Za-z@$]{0,2}[\"'`]+", "", node.text())) is not None


_OWN = frozenset({"self", "cls", "this", "$this"})
_BOUND = (("self",), ("cls",))
_COMPARING = frozenset({"==", "!=", "===", "!==", "<", ">", "<=", ">=", "!", "not", "instanceof", "typeof", "is", "in"})


def _compares(node: SgNode) -> bool:
    operator = node.field("operator") or node.field("operators")
    return operator is not None and operator.text() in _COMPARING


def _part(node: SgNode, name: str) -> SgNode | None:
    if name not in {FIRST, LAST}:
        return node.field(name)
    children = node.named_children()
    return children[0 if name == FIRST else -1] if children else None
