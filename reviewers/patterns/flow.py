"""From where values come to where they must not arrive, within one function, by the names that carry them.

The values are followed in the order of the text through assignments, string building, members and methods of a value,
and functions that are known to hand on what they are given. Any other call ends a flow, because it may check or replace
the value; so does a test that a rule calls a guard. What is not seen: branches that exclude each other, aliases,
values that pass through another function.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from reviewers.patterns.grammar import GRAMMARS, Grammar
from reviewers.patterns.rules import FOLDER, configured, family, read
from reviewers.syntax.tree import nodes

if TYPE_CHECKING:
    from ast_grep_py import Config, SgNode

_DEPTH = 60
"""Expressions that are nested deeper are not followed: the code is hostile or generated."""


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


def flow_of(value: Mapping[str, Any], language: str) -> Flow:
    """The flow that a rule describes; ``sources`` may name lists of the language's ``_flow.yml``.

    Raises:
        RuleMalformed: The shared file is none.
    """
    shared = _shared(family(language))
    named: Mapping[str, list[dict[str, Any]]] = shared.get("sources", {})
    sources = [rule for each in value["sources"] for rule in (named[each] if isinstance(each, str) else [each])]
    return Flow(
        sources=_configs(sources),
        sinks=_configs(value["sinks"]),
        cleans=_configs([*shared.get("cleans", ()), *value.get("cleans", ())]),
        guards=_configs([*shared.get("guards", ()), *value.get("guards", ())]),
        passes=frozenset([*shared.get("passes", ()), *value.get("passes", ())]),
        collects=frozenset(shared.get("collects", ())),
        ends=frozenset(shared.get("ends", ())),
        safe_start=re.compile(value["safe_start"]) if "safe_start" in value else None,
    )


def arrivals(value: Mapping[str, Any], root: SgNode, language: str) -> Iterator[SgNode]:
    """The places where a value of a source arrives in a sink.

    Args:
        value: A rule's ``flow``.
        root: The tree of the text.
        language: A key of ``GRAMMARS``.
    """
    flow = flow_of(value, language)
    sinks = [node for config in flow.sinks for node in root.find_all(config)]
    sources = [node for config in flow.sources for node in root.find_all(config)] if sinks else []
    if not sources:
        return
    walk = _Walk.over(root, flow, GRAMMARS[language], sources)
    waiting: dict[tuple[int, int], list[SgNode]] = {}
    for sink in sinks:
        waiting.setdefault(_place(sink), []).append(sink)
    for node in nodes(root):
        walk.enter(node)
        for sink in waiting.get(_place(node), ()):
            if sink.kind() == node.kind() and walk.reached(sink):
                yield sink


@cache
def _shared(folder: str) -> Mapping[str, Any]:
    path = FOLDER / folder / "_flow.yml"
    return read(path) if path.is_file() else {}


def _configs(values: Iterable[Mapping[str, Any]]) -> tuple[Config, ...]:
    return tuple(configured(_with_fewer_arguments(value)) for value in values)


def _with_fewer_arguments(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """``f($SINK, $$$)`` means ``f($SINK)`` too, which ast-grep takes for another pattern."""
    pattern = value.get("pattern")
    if not isinstance(pattern, str) or not pattern.endswith(", $$$)"):
        return value
    return {"any": [{"pattern": pattern}, {"pattern": pattern.removesuffix(", $$$)") + ")"}]}


def _place(node: SgNode) -> tuple[int, int]:
    span = node.range()
    return span.start.index, span.end.index


@dataclass(frozen=True, slots=True)
class _Carried:
    """A variable holds a tainted value, or a known text, since an assignment in a branch."""

    branch: tuple[int, int] | None
    tainted: bool
    value: SgNode | None


@dataclass(slots=True, kw_only=True)
class _Walk:
    """The state of following values through a text from its beginning to its end."""

    flow: Flow
    grammar: Grammar
    sources: frozenset[tuple[int, int]]
    clean: frozenset[tuple[int, int]]
    checks: Mapping[tuple[int, int], list[str]]
    given: Mapping[tuple[int, int], list[str]]
    names: dict[str, _Carried] = field(default_factory=dict)
    left: list[tuple[int, dict[str, _Carried]]] = field(default_factory=list)
    pending: list[tuple[int, SgNode]] = field(default_factory=list)

    @classmethod
    def over(cls, root: SgNode, flow: Flow, grammar: Grammar, sources: list[SgNode]) -> _Walk:
        given: dict[tuple[int, int], list[str]] = {}
        plain = set()
        for source in sources:
            name = source.get_match("NAME")
            scope = next((each for each in source.ancestors() if each.kind() in grammar.scopes), None)
            if name is None:
                plain.add(_place(source))
            elif scope is not None:
                given.setdefault(_place(scope), []).append(name.text())
        checks: dict[tuple[int, int], list[str]] = {}
        for config in flow.guards:
            for node in root.find_all(config):
                if (checked := node.get_match("X")) is not None:
                    checks.setdefault(_place(node), []).append(checked.text())
        return cls(
            flow=flow,
            grammar=grammar,
            sources=frozenset(plain),
            clean=frozenset(_place(node) for config in flow.cleans for node in root.find_all(config)),
            checks=checks,
            given=given,
        )

    def enter(self, node: SgNode) -> None:
        """Take note of what a node does to the variables; nodes are entered in the order of the text."""
        start, end = _place(node)
        self._finish(start)
        kind = node.kind()
        if kind in self.grammar.scopes:
            self.left.append((end, dict(self.names)))
            for name in self.given.get((start, end), ()):
                self.names[name] = _Carried(None, tainted=True, value=None)
        if kind in self.grammar.assigned:
            # Its value is made before the name has it: "x = clean(x)".
            self.pending.append((start if "for" in kind or "range" in kind else end, node))
        elif kind in self.grammar.conditions:
            self._check(node)
        elif kind in self.grammar.calls:
            self._collect(node)

    def reached(self, sink: SgNode) -> bool:
        """Whether a tainted value arrives in what a sink captures."""
        one = sink.get_match("SINK")
        captured = [one] if one is not None else sink.get_multiple_matches("SINK") or [sink]
        return any(self._tainted(each) and not self._fixed(each) for each in captured)

    def _finish(self, start: int) -> None:
        while self.pending and self.pending[-1][0] <= start:
            self._assign(self.pending.pop()[1])
        while self.left and self.left[-1][0] <= start:
            self.names = self.left.pop()[1]

    def _assign(self, node: SgNode) -> None:
        target, value = (
            _part(node, name, last)
            for name, last in zip(self.grammar.assigned[node.kind()], (False, True), strict=True)
        )
        if target is None or value is None or _place(target) == _place(value):
            return
        adds = "augmented" in node.kind() or "operator" in node.kind()
        tainted = self._tainted(value)
        branch = self._branch(node)
        for name in self._targets(target):
            before = self.names.get(name)
            if tainted:
                self.names[name] = _Carried(branch, tainted=True, value=None if adds else value)
            elif adds or (before and before.tainted and before.branch != branch):
                continue
            else:
                self.names[name] = _Carried(branch, tainted=False, value=value)

    def _targets(self, target: SgNode) -> Iterator[str]:
        if target.kind() in self.grammar.names or target.kind() in self.grammar.members:
            yield target.text()
        else:
            yield from (each.text() for each in nodes(target) if each.kind() in self.grammar.names)

    def _branch(self, node: SgNode) -> tuple[int, int] | None:
        for each in node.ancestors():
            if each.kind() in self.grammar.branches:
                return _place(each)
            if each.kind() in self.grammar.scopes:
                return None
        return None

    def _check(self, node: SgNode) -> None:
        condition = node.field(self.grammar.conditions[node.kind()])
        if condition is None or not self.checks:
            return
        for each in nodes(condition):
            for name in self.checks.get(_place(each), ()):
                self.names[name] = _Carried(None, tainted=False, value=None)

    def _collect(self, node: SgNode) -> None:
        receiver, name, arguments = self._call(node)
        if receiver is not None and name in self.flow.collects and arguments is not None and self._tainted(arguments):
            self.names[receiver.text()] = _Carried(self._branch(node), tainted=True, value=None)

    def _call(self, node: SgNode) -> tuple[SgNode | None, str, SgNode | None]:
        """Receiver, last name and arguments of a call."""
        fields, arguments = self.grammar.calls[node.kind()]
        parts = [_part(node, name, last=False) for name in fields]
        called = parts[-1]
        receiver = parts[0] if len(parts) > 1 else None
        if called is not None and called.kind() in self.grammar.members:
            receiver = _part(called, self.grammar.members[called.kind()], last=False)
        name = re.split(r"\W+", called.text())[-1] if called is not None else ""
        return receiver, name, _part(node, arguments, last=True)

    def _tainted(self, node: SgNode, depth: int = 0) -> bool:
        place, kind = _place(node), node.kind()
        if depth > _DEPTH or place in self.clean or kind in self.grammar.decisions or _compares(node):
            return False
        if kind in self.grammar.names or kind in self.grammar.members:
            known = self.names.get(node.text())
            if known is not None:
                return known.tainted
        if place in self.sources:
            return True
        if kind in self.grammar.calls:
            return self._call_tainted(node, depth)
        if kind in self.grammar.members:
            return self._member_tainted(node, depth)
        condition = node.field(self.grammar.choices[kind]) if kind in self.grammar.choices else None
        parts = [each for each in node.named_children() if condition is None or _place(each) != _place(condition)]
        return any(self._tainted(each, depth + 1) for each in parts)

    def _call_tainted(self, node: SgNode, depth: int) -> bool:
        receiver, name, arguments = self._call(node)
        if receiver is not None and name not in self.flow.ends and self._tainted(receiver, depth + 1):
            return True
        return name in self.flow.passes and arguments is not None and self._tainted(arguments, depth + 1)

    def _member_tainted(self, node: SgNode, depth: int) -> bool:
        if re.split(r"\W+", node.text())[-1] in self.flow.ends:
            return False
        inner = _part(node, self.grammar.members[node.kind()], last=False)
        return inner is not None and self._tainted(inner, depth + 1)

    def _fixed(self, node: SgNode) -> bool:
        """Whether the text that a value begins with is written in the code, and enough of it."""
        if self.flow.safe_start is None:
            return False
        known = self.names.get(node.text())
        if known is not None and known.value is not None:
            node = known.value
        return self.flow.safe_start.match(re.sub(r"^[\s(]*[A-Za-z@$]{0,2}[\"'`]+", "", node.text())) is not None


_COMPARING = frozenset({"==", "!=", "===", "!==", "<", ">", "<=", ">=", "!", "not", "instanceof", "typeof", "is", "in"})


def _compares(node: SgNode) -> bool:
    operator = node.field("operator") or node.field("operators")
    return operator is not None and operator.text() in _COMPARING


def _part(node: SgNode, name: str, last: bool) -> SgNode | None:
    """A field of a node; where it has no name, the first or the last child."""
    if name:
        return node.field(name)
    children = node.named_children()
    return children[-1 if last else 0] if children else None
