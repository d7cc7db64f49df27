"""The same counts by reviewer, rule, language and model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reviewers.bench.results import CaseResult, Tally

Counted = tuple[str, str]
"""The name a count goes to, and which count: ``hits``, ``misses`` or ``alarms``."""


def _by_reviewer(result: CaseResult) -> Iterator[Counted]:
    """What is told or missed counts for whose golden it is, a false alarm for who raised it."""
    whose = result.case.perspective
    for hit in result.matched.hits:
        yield hit.golden.spots[0].reviewer or hit.finding.reviewer, "hits"
    for golden in result.matched.misses:
        yield golden.spots[0].reviewer or whose or "(any)", "misses"
    for finding in result.matched.alarms:
        yield finding.reviewer, "alarms"


def _by_rule(result: CaseResult) -> Iterator[Counted]:
    for hit in result.matched.hits:
        best = hit.golden.spots[0]
        yield hit.golden.rule if best.rule else f"{hit.finding.reviewer}/{hit.finding.rule}", "hits"
    for golden in result.matched.misses:
        yield golden.rule, "misses"
    for finding in result.matched.alarms:
        yield f"{finding.reviewer}/{finding.rule}", "alarms"


def _by_language(result: CaseResult) -> Iterator[Counted]:
    matched = result.matched
    for name in result.case.languages:
        for count, items in (("hits", matched.hits), ("misses", matched.misses), ("alarms", matched.alarms)):
            yield from ((name, count) for _ in items)


def _by_model(result: CaseResult) -> Iterator[Counted]:
    """A hit or a false alarm counts for every model that said it; tools that spoke alone are ``(tools)``."""
    for hit in result.matched.hits:
        yield from ((name, "hits") for name in hit.finding.models or ("(tools)",))
    for finding in result.matched.alarms:
        yield from ((name, "alarms") for name in finding.models or ("(tools)",))


VIEWS: dict[str, Callable[[CaseResult], Iterator[Counted]]] = {
    "reviewer": _by_reviewer,
    "rule": _by_rule,
    "language": _by_language,
    "model": _by_model,
}


def grouped(results: Iterable[CaseResult], view: Callable[[CaseResult], Iterator[Counted]]) -> dict[str, Tally]:
    """For each name of a view its counts, in the order of the names."""
    results = tuple(results)
    counts: dict[str, dict[str, int]] = {}
    for result in results:
        for name, count in view(result):
            mine = counts.setdefault(name, {"hits": 0, "misses": 0, "alarms": 0})
            mine[count] += 1
    if view is _by_model:
        # Nobody knows whose a missed golden would have been: each model is held against all of them.
        goldens = sum(len(result.case.goldens) for result in results)
        for mine in counts.values():
            mine["misses"] = goldens - mine["hits"]
    return {name: Tally(**counts[name]) for name in sorted(counts)}
