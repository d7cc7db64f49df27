"""Cases of a bench on the change of ``tests.builders.diff()``, with the fields filled in that do not matter."""

from __future__ import annotations

from reviewers.bench.case import Case, Golden, Spot
from reviewers.bench.matching import By, Hit, Matched
from reviewers.bench.results import CaseResult
from reviewers.diff import Side
from reviewers.findings import Severity
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import diff, finding, target


def spot(
    line: int = 12,
    end: int | None = None,
    *,
    path: str = "shop/orders.py",
    side: Side = Side.RIGHT,
    reviewer: str | None = "security",
    rule: str | None = "injection",
) -> Spot:
    return Spot(path=path, start_line=line, end_line=end or line, side=side, reviewer=reviewer, rule=rule)


def golden(*spots: Spot, text: str = "", severity: Severity | None = Severity.HIGH) -> Golden:
    return Golden(spots=spots or (spot(),), text=text, severity=severity)


def case(
    *goldens: Golden,
    name: str = "search",
    languages: tuple[str, ...] = ("python",),
    perspective: str = "security",
    complete: bool = True,
) -> Case:
    return Case(
        id=name,
        languages=languages,
        snapshot=PullRequestSnapshot(target=target(), diff=diff()),
        goldens=goldens,
        perspective=perspective,
        complete=complete,
    )


def result(
    hits: int = 0, misses: int = 0, alarms: int = 0, *, name: str = "search", seconds: float = 1.0
) -> CaseResult:
    """So many of each; a clean case where nothing was to be found."""
    goldens = tuple(golden() for _ in range(hits + misses))
    return CaseResult(
        case=case(*goldens, name=name),
        matched=Matched(
            hits=tuple(Hit(finding=finding(), golden=each, by=By.RULE) for each in goldens[:hits]),
            misses=goldens[hits:],
            alarms=tuple(finding(rule="ssrf") for _ in range(alarms)),
        ),
        seconds=seconds,
    )
