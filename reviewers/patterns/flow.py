"""From where values come to where they must not arrive, within one file, by the names that carry them.

The values are followed in the order of the text through assignments, string building, members and methods of a value,
functions that are known to hand on what they are given, and into the functions of the same file that they are handed
to. Any other call ends a flow, because it may check or replace the value; so does a test that a rule calls a guard.
What is not seen: branches that exclude each other, aliases, what a function of the file returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from reviewers.patterns.carriers import Carriers, Flow, Place, functions, place_of
from reviewers.patterns.following import Walk
from reviewers.patterns.grammar import GRAMMARS, Grammar
from reviewers.patterns.rules import FOLDER, configured, family, read
from reviewers.syntax.tree import nodes

if TYPE_CHECKING:
    from ast_grep_py import Config, SgNode

_CALLS = 4
"""So many functions deep a value is followed that is handed on."""


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
    waiting: dict[Place, list[SgNode]] = {}
    for sink in sinks:
        waiting.setdefault(place_of(sink), []).append(sink)
    carriers = _carriers(root, flow, GRAMMARS[language], sources)
    for _ in range(_CALLS):
        walk = Walk(flow=flow, grammar=GRAMMARS[language], carriers=carriers)
        reached = [sink for node in nodes(root) for sink in walk.enter(node, waiting) if walk.reached(sink)]
        if not walk.handed:
            break
        carriers = carriers.given_also(walk.handed)
    yield from reached


def _carriers(root: SgNode, flow: Flow, grammar: Grammar, sources: list[SgNode]) -> Carriers:
    given: dict[Place, set[str]] = {}
    for source in sources:
        name = source.get_match("NAME")
        scope = next((each for each in source.ancestors() if each.kind() in grammar.scopes), None) if name else None
        if name is not None and scope is not None:
            given.setdefault(place_of(scope), set()).add(name.text())
    checks: dict[Place, list[str]] = {}
    for config in flow.guards:
        for node in root.find_all(config):
            if (checked := node.get_match("X")) is not None:
                checks.setdefault(place_of(node), []).append(checked.text())
    return Carriers(
        sources=frozenset(place_of(each) for each in sources if each.get_match("NAME") is None),
        clean=frozenset(place_of(node) for config in flow.cleans for node in root.find_all(config)),
        checks=checks,
        given=given,
        functions=functions(root, grammar),
    )


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
