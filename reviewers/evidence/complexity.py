"""Functions that a change makes harder to follow, and loops that it puts into loops; compared with how they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reviewers.architecture.functions import MEASURED, Function, Loop, functions
from reviewers.computing import Changed, Computed, Known
from reviewers.diff import FileStatus
from reviewers.evidence_source import in_test_data, in_tests
from reviewers.findings import Fact, Severity
from reviewers.syntax.languages import language_of

MOST_PATHS = 15
"""Paths through a function from which it is told, as linters have it: Ruff's default is 10, SonarSource's 15."""

RAISED_BY = 4
"""Decisions that a change adds to a function that was there before, from which it is told."""


def wants(path: str) -> bool:
    """Code in a language that is measured; tests are simple loops over cases, and nobody waits for them."""
    return language_of(path) in MEASURED and not (in_tests(path) or in_test_data(path))


def find(known: Known) -> Iterator[Fact]:
    """What whole texts tell; of a file known in part, nobody knows where its functions end."""
    for each in known.files:
        language = language_of(each.path)
        if each.after is None or language is None:
            continue
        before = _by_name(functions(each.before, language, known)) if each.before is not None else None
        if before is None and each.file.status is not FileStatus.ADDED:
            continue
        for names in _by_name(functions(each.after, language, known)).items():
            yield from _compared(names, before or {}, each)


def _by_name(found: Iterable[Function]) -> dict[tuple[str, int], Function]:
    """By qualified name, those of one name numbered in their order."""
    names: dict[tuple[str, int], Function] = {}
    times: dict[str, int] = defaultdict(int)
    for function in found:
        name = function.symbol.qualified
        names[name, times[name]] = function
        times[name] += 1
    return names


def _compared(
    named: tuple[tuple[str, int], Function], before: Mapping[tuple[str, int], Function], file: Changed
) -> Iterator[Fact]:
    key, function = named
    symbol, old = function.symbol, before.get(key)
    if file.added.isdisjoint(range(symbol.head_line, symbol.end_line + 1)):
        return
    was = old.paths if old else 0
    if function.paths > MOST_PATHS and function.paths - was >= RAISED_BY:
        before_that = f", {was} before" if old else ""
        yield Fact(
            source="complexity",
            code="paths",
            path=file.path,
            start_line=symbol.head_line,
            end_line=symbol.end_line,
            message=f"there are now {function.paths} paths through {symbol.qualified}{before_that}",
            reviewer="architecture",
            rule="excessive-complexity",
            severity=Severity.LOW,
            confidence=0.5,
        )
    known = {_text(loop) for loop in old.loops} if old else set()
    for loop in function.loops:
        if _text(loop) not in known and (outer := _multiplied(loop)):
            yield _nested(loop, outer, file)


def _text(loop: Loop) -> tuple[str, ...]:
    return (*(outer.over for outer in loop.inside), loop.over)


def _multiplied(loop: Loop) -> Loop | None:
    """The outer loop that this one multiplies: both go on with the data, and neither holds what the other goes into."""
    if loop.constant or any(loop.goes_into(outer) for outer in loop.inside):
        return None
    return next((outer for outer in reversed(loop.inside) if not outer.constant), None)


def _nested(loop: Loop, outer: Loop, file: Changed) -> Fact:
    same = loop.over == outer.over and loop.each and outer.each
    over = f"a loop over {loop.over} runs once for each of its own members" if same else ""
    return Fact(
        source="complexity",
        code="nested-loop",
        path=file.path,
        start_line=loop.line if loop.line in file.added else outer.line,
        end_line=loop.line,
        message=over or f"a loop over {loop.over} runs for each of {outer.over}",
        reviewer="performance",
        rule="quadratic-time",
        severity=Severity.MEDIUM if same else Severity.LOW,
        confidence=0.5 if same else 0.3,
    )


COMPLEXITY = Computed(
    name="complexity",
    wants=wants,
    find=find,
    signs=frozenset({("architecture", "excessive-complexity"), ("performance", "quadratic-time")}),
)
