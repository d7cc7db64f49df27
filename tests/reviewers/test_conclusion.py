from __future__ import annotations

from collections.abc import Iterable

from reviewers.conclusion import NO_TOOL, conclude, conclude_without_models
from reviewers.diff import Diff, FileDiff
from reviewers.evidence.ruff import RUFF
from reviewers.evidence.secrets import SECRETS
from reviewers.evidence.zizmor import ZIZMOR
from reviewers.evidence_source import Evidence, Unread
from reviewers.findings import Fact
from reviewers.panel import PanelResult
from reviewers.plan import ReviewPlan
from reviewers.review import Review, Skipped
from reviewers.selection import select
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import added_file, fact, gap, skipped, target

SOURCES = (RUFF, SECRETS, ZIZMOR)
PYTHON = added_file("a.py", "x = 1\ny = 2\nz = 3\n")
ORDERS = added_file("shop/orders.py", "".join(f"line_{number} = 0\n" for number in range(1, 13)))


def _concluded(
    *files: FileDiff,
    facts: Iterable[Fact] = (),
    broken: Iterable[str] = (),
    unread: Iterable[Unread] = (),
    unlisted: tuple[Skipped, ...] = (),
    reviewers: tuple[str, ...] = ("security", "bugs"),
) -> Review:
    snapshot = PullRequestSnapshot(target=target(), diff=Diff(files), unlisted=unlisted)
    evidence = Evidence(
        facts=tuple(facts),
        gaps=tuple(gap(reviewer=f"evidence: {name}", path="", reason="it broke") for name in broken),
        unread=tuple(unread),
    )
    return conclude_without_models(
        snapshot, select(snapshot.diff), evidence, reviewers=reviewers, sources=SOURCES, reason="No model was asked"
    )


def _unread(lines: int, path: str = "a.py", source: str = "ruff") -> Unread:
    return Unread(source=source, path=path, lines=lines, reason="only parts of it are known")


def test_what_a_tool_read_is_reviewed() -> None:
    said = _concluded(PYTHON)

    assert (said.coverage.reviewed_lines, said.coverage.skipped) == (3, ())
    assert (said.models_asked, said.note) == (False, "No model was asked")


def test_what_no_tool_but_the_secret_scan_reads_is_not_reviewed() -> None:
    said = _concluded(PYTHON, added_file("main.go", "package main\n")).coverage

    assert (said.reviewed_lines, said.skipped) == (3, (Skipped(path="main.go", reason=NO_TOOL, lines=1),))


def test_a_tool_that_failed_has_read_nothing() -> None:
    said = _concluded(PYTHON, broken=["ruff"])

    assert said.coverage.skipped == (Skipped(path="a.py", reason="no model was asked, and ruff failed", lines=3),)
    assert [item.reason for item in said.gaps] == ["it broke"]


def test_a_tool_that_is_not_there_has_read_nothing() -> None:
    snapshot = PullRequestSnapshot(target=target(), diff=Diff((PYTHON,)))

    said = conclude_without_models(
        snapshot,
        select(snapshot.diff),
        Evidence(absent=("ruff",)),
        reviewers=["bugs"],
        sources=SOURCES,
        reason="No key",
    )

    reason = "no model was asked, and ruff not installed"
    assert said.coverage.skipped == (Skipped(path="a.py", reason=reason, lines=3),)
    assert said.note == "No key; ruff is not installed (docs/evidence.md)"


def test_lines_that_a_tool_could_not_read_are_listed_with_its_reason_and_told_in_the_note() -> None:
    said = _concluded(PYTHON, unread=[_unread(2)])

    reason = "ruff: only parts of it are known"
    assert said.coverage.reviewed_lines == 1
    assert said.coverage.skipped == (Skipped(path="a.py", reason=reason, lines=2),)
    assert said.note == ("No model was asked; ruff did not read 2 changed lines in a.py (only parts of it are known)")


def test_what_the_secret_scan_could_not_read_is_no_hole_in_the_coverage() -> None:
    assert _concluded(PYTHON, unread=[_unread(2, source="detect-secrets")]).coverage.reviewed_lines == 3


def test_a_file_that_comes_twice_is_counted_once_for_each_time() -> None:
    again = added_file("a.py", "w = 4\n")

    said = _concluded(PYTHON, again, unread=[_unread(3), _unread(1)]).coverage

    assert (said.changed_lines, said.reviewed_lines) == (4, 0)
    assert [item.lines for item in said.skipped] == [4]


def test_files_that_the_source_counts_but_did_not_list_are_not_reviewed() -> None:
    said = _concluded(PYTHON, unlisted=(skipped("rest", "not listed", 7),)).coverage

    assert (said.changed_lines, said.reviewed_lines) == (10, 3)


def test_only_the_reviewers_that_are_asked_have_their_facts_told() -> None:
    injection, loop = fact(), fact(reviewer="bugs", rule="mutable-default", code="B006", start_line=3)

    said = _concluded(ORDERS, facts=[injection, loop], reviewers=("bugs",))

    assert [finding.evidence for finding in said.findings] == [(loop,)]
    assert said.reviewers == ("bugs",)


def test_what_tools_left_open_is_told_where_models_were_asked_too() -> None:
    snapshot = PullRequestSnapshot(target=target(), diff=Diff((PYTHON,)))
    plan = ReviewPlan(tasks=(), chunks=(), skipped=(), changed_lines=3)
    evidence = Evidence(gaps=(gap(reviewer="evidence: ruff", path="", reason="it broke"),), unread=(_unread(2),))

    said = conclude(snapshot, plan, PanelResult(outcomes=()), evidence, reviewers=["bugs"])

    assert [item.reason for item in said.gaps] == ["it broke"]
    assert said.note == evidence.note != ""
