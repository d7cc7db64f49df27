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

from reviewers.patterns.carriers import Carriers, Flow, Place, Step, Steps, place_of
from reviewers.patterns.following import Walk
from reviewers.patterns.rules import FOLDER, configured, family, read

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


def arrivals(value: Mapping[str, Any], steps: Steps) -> Iterator[SgNode]:
    """The places where a value of a source arrives in a sink.

    Args:
        value: A rule's ``flow``.
        steps: The text.
    """
    flow = flow_of(value, steps.language)
    sinks = [node for config in flow.sinks for node in steps.root.find_all(config)]
    sources = [node for config in flow.sources for node in steps.root.find_all(config)] if sinks else []
    if not sources:
        return
    waiting = [Step(place_of(sink), sink.kind(), sink, sink=True) for sink in sinks]
    order = sorted((*steps.all, *waiting), key=lambda step: step.order)
    carriers = _carriers(flow, steps, sources)
    for _ in range(_CALLS):
        walk = Walk(flow=flow, grammar=steps.grammar, carriers=carriers)
        reached = [step.node for step in order if _reaches(walk, step)]
        if not walk.handed:
            break
        carriers = carriers.given_also(walk.handed)
    yield from reached


def _reaches(walk: Walk, step: Step) -> bool:
    walk.enter(step)
    return step.sink and walk.reached(step.node)


def _carriers(flow: Flow, steps: Steps, sources: list[SgNode]) -> Carriers:
    root, grammar = steps.root, steps.grammar
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
        functions=steps.functions,
    )


@cache
def _shared(folder: str) -> Mapping[str, Any]:
    path = FOLDER / folder / "_flow.yml"
    return read(path) if path.is_file() else {}


def _configs(values: Iterable[Mapping[str, Any]]) -> tuple[Config, ...]:
    """As few as possible, because a search walks over the whole tree: what captures in the same place is one."""
    alike: dict[str, list[Any]] = {}
    for number, value in enumerate(values):
        config = configured(_with_fewer_arguments(value))
        key = _captures(value) if set(config) == {"rule"} else None
        alike.setdefault(f"{number}" if key is None else key, []).append(config)
    return tuple(
        same[0] if len(same) == 1 else configured({"any": [config["rule"] for config in same]})
        for same in alike.values()
    )


def _captures(value: Mapping[str, Any]) -> str | None:
    """Where a pattern captures what counts; None where that cannot be told, so that it is searched for alone.

    Two patterns may match one call, and only the first of an ``any`` captures: ``f($SINK, $_)``, ``f($_, $SINK)``.
    """
    if not re.search(r"\$(?:SINK|X|NAME)\b", str(value)):
        return "nothing"
    pattern = value.get("pattern")
    if not isinstance(pattern, str) or set(value) != {"pattern"}:
        return None
    before = re.split(r"\$+(?:SINK|X|NAME)\b", pattern)[0]
    return before[before.rfind("(") :] if "(" in before else re.sub(r"\w+", "w", before)


def _with_fewer_arguments(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """``f($SINK, $$$)`` means ``f($SINK)`` too, which ast-grep takes for another pattern."""
    pattern = value.get("pattern")
    if not isinstance(pattern, str) or not pattern.endswith(", $$$)"):
        return value
    return {"any": [{"pattern": pattern}, {"pattern": pattern.removesuffix(", $$$)") + ")"}]}
