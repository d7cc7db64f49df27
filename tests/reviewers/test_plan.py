from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Usage
from reviewers.cost_cap import LEAST_OUTPUT_TOKENS, within
from reviewers.coverage import coverage
from reviewers.diff import Diff, FileDiff
from reviewers.findings import Fact
from reviewers.perspectives import REVIEWERS, by_name
from reviewers.plan import (
    EXPECTED_OUTPUT_TOKENS,
    MAX_CHUNK_TOKENS,
    UNREAD,
    ReviewPlan,
    make_plan,
)
from reviewers.review import Skipped
from reviewers.reviewer import Reviewer
from reviewers.selection import select
from reviewers.snapshot import LinkedIssue, PullRequestSnapshot
from tests.builders import added_file, fact, file_diff, hunk, skipped, target

SPEC = ModelSpec(provider="openai", name="m", context_window=400_000, max_output_tokens=32_000)
SMALL = ModelSpec(provider="openai", name="s", context_window=6_000, max_output_tokens=2_000)


def _plan(
    *files: FileDiff,
    reviewers: Iterable[Reviewer] = REVIEWERS,
    facts: Iterable[Fact] = (),
    spec: ModelSpec = SPEC,
    unlisted: tuple[Skipped, ...] = (),
    price: Decimal | None = Decimal("0.01"),
) -> ReviewPlan:
    snapshot = PullRequestSnapshot(target=target(), diff=Diff(files), unlisted=unlisted)
    asked = tuple(reviewers)

    return make_plan(
        snapshot,
        select(snapshot.diff),
        asked,
        models={reviewer.name: spec for reviewer in asked},
        facts=facts,
        fence="f",
        price=flat(price),
    )


def flat(price: Decimal | None) -> Callable[[ModelSpec, Usage], Decimal | None]:
    """A call costs so much, and three times that if it uses all the output it may."""

    def cost(_: ModelSpec, usage: Usage) -> Decimal | None:
        assert usage.input_tokens > 0
        return price and price * (3 if usage.output_tokens > EXPECTED_OUTPUT_TOKENS else 1)

    return cost


def _lines(count: int, path: str = "a.py") -> FileDiff:
    return added_file(path, "".join(f"value_{number} = {number}\n" for number in range(count)))


def test_a_small_change_is_one_question_for_each_reviewer_in_the_order_of_money() -> None:
    plan = _plan(_lines(3))

    assert [task.reviewer.name for task in plan.tasks] == ["security", "bugs", "performance", "architecture"]
    assert len({task.request.context for task in plan.tasks}) == 1


def test_a_big_change_becomes_more_questions_and_loses_no_line() -> None:
    plan = _plan(*(_lines(4_000, f"m{number}.py") for number in range(3)))

    assert len(plan.chunks) > 3
    assert sum(chunk.changed_lines for chunk in plan.chunks) == plan.changed_lines == 12_000
    assert all(chunk.tokens <= MAX_CHUNK_TOKENS for chunk in plan.chunks)


def test_a_small_window_makes_small_chunks() -> None:
    chunks = _plan(_lines(600), spec=SMALL).chunks

    assert all(chunk.tokens <= SMALL.context_window // 3 for chunk in chunks)
    assert len(chunks) > 1


def test_an_output_cap_is_fitted_to_the_model() -> None:
    assert {task.request.max_output_tokens for task in _plan(_lines(1), spec=SMALL).tasks} == {2_000}


def test_a_file_goes_only_to_reviewers_that_read_its_kind() -> None:
    plan = _plan(_lines(2), _lines(2, "tests/test_a.py"))

    readers = {
        path: {task.reviewer.name for task in plan.tasks if path in task.chunk.paths}
        for path in ("a.py", "tests/test_a.py")
    }
    assert readers["a.py"] == {"security", "bugs", "performance", "architecture"}
    assert "performance" not in readers["tests/test_a.py"]


def test_a_file_that_nobody_reads_is_skipped_with_the_reason() -> None:
    plan = _plan(_lines(2, "docs/guide.md"), reviewers=[by_name("performance")])

    assert plan.tasks == ()
    assert plan.skipped == (Skipped(path="docs/guide.md", reason=UNREAD, lines=2),)


def test_a_line_beyond_reason_counts_as_not_reviewed() -> None:
    plan = _plan(file_diff("a.py", hunk("+short = 1", "+" + "x" * 2_001)))

    assert [(item.reason, item.lines) for item in plan.skipped] == [("line longer than 2,000 characters", 1)]
    assert coverage(plan, plan.tasks).reviewed_lines == 1


def test_tool_reports_go_to_the_reviewer_they_concern_with_the_code_they_stand_on() -> None:
    plan = _plan(_lines(3), _lines(3, "b.py"), facts=[fact(path="b.py", start_line=2), fact(path="c.py")])

    given = {task.reviewer.name: task.facts for task in plan.tasks}
    assert [entry.path for entry in given["security"].values()] == ["b.py"]
    assert given["bugs"] == {}


def test_a_cap_leaves_out_the_last_reviewers_first_and_says_so() -> None:
    plan = within(_plan(_lines(3)), Decimal("0.045"), price=flat(Decimal("0.01")))

    assert [task.reviewer.name for task in plan.tasks] == ["security", "bugs"]
    assert [gap.reviewer for gap in plan.gaps] == ["performance", "architecture"]
    assert plan.cost_usd == Decimal("0.02")
    assert {task.request.max_output_tokens for task in plan.tasks} == {LEAST_OUTPUT_TOKENS}


def test_a_cap_that_suffices_leaves_the_plan_alone() -> None:
    plan = _plan(_lines(3))

    assert within(plan, Decimal(1), price=flat(Decimal("0.01"))) == plan


def test_nothing_without_a_price_has_a_place_under_a_cap() -> None:
    plan = within(_plan(_lines(3), price=None), Decimal(100), price=flat(None))

    assert (len(plan.tasks), len(plan.gaps)) == (0, 4)


def test_an_unknown_price_is_unknown_and_named() -> None:
    plan = _plan(_lines(3), price=None)

    assert plan.cost_usd is None
    assert plan.unpriced == ("openai/m",)


def test_coverage_adds_up_when_all_are_answered() -> None:
    plan = _plan(_lines(30), file_diff("poetry.lock", hunk("+a", "+b")), unlisted=(skipped("", "3 more files", 7),))

    covered = coverage(plan, plan.tasks)

    assert (covered.changed_lines, covered.reviewed_lines) == (39, 30)
    assert sum(item.lines for item in covered.skipped) == 9


def test_lines_whose_questions_got_no_answer_are_not_reviewed() -> None:
    plan = _plan(_lines(4_000), _lines(4_000, "b.py"))

    covered = coverage(plan, [task for task in plan.tasks if task.chunk.number == 1])

    assert 0 < covered.reviewed_lines < covered.changed_lines == 8_000
    assert {item.reason for item in covered.skipped} == {"no reviewer answered"}
    assert covered.reviewed_lines + sum(item.lines for item in covered.skipped) == 8_000


def test_lines_that_a_cap_left_out_are_not_reviewed() -> None:
    whole = _plan(_lines(4_000), _lines(4_000, "b.py"), reviewers=[by_name("bugs")])
    plan = within(whole, Decimal("0.035"), price=flat(Decimal("0.01")))

    covered = coverage(plan, plan.tasks)

    assert {item.reason for item in covered.skipped} == {"left out to stay under the cap on the cost"}
    assert covered.reviewed_lines + sum(item.lines for item in covered.skipped) == 8_000


def test_context_stands_in_the_chunks_own_part_and_counts() -> None:
    orders = file_diff("a.py", hunk(" def f():", "-    return 1", "+    return other()", " "))
    texts = {"a.py": "def f():\n    return other()\n", "b.py": "def other():\n    return 2\n"}
    bare = PullRequestSnapshot(target=target(), diff=Diff((orders,)), contents={"a.py": texts["a.py"]})

    without, beside, off = (
        make_plan(
            replace(bare, neighbours=neighbours),
            select(bare.diff),
            [by_name("bugs")],
            models={"bugs": SPEC},
            facts=(),
            fence="ff00",
            price=flat(None),
            context_tokens=most,
        )
        for neighbours, most in (({}, 4_000), ({"b.py": texts["b.py"]}, 4_000), ({"b.py": texts["b.py"]}, 0))
    )

    assert [chosen.piece.label for chosen in beside.context[1]] == ["definition of `other`, called in a.py line 2"]
    assert beside.tasks[0].request.context[0] == without.tasks[0].request.context[0]
    assert "def other()" in beside.tasks[0].request.context[1].partition("BEGIN ff00 context")[2]
    assert beside.input_tokens > without.input_tokens == off.input_tokens
    assert beside.tasks[0].chunk.spans == without.tasks[0].chunk.spans


def test_a_small_window_has_a_small_context() -> None:
    issue = LinkedIssue(number=1, title="t", body="word " * 500)
    diff = Diff((_lines(3),))
    plan = make_plan(
        PullRequestSnapshot(target=target(), diff=diff, issues=(issue,)),
        select(diff),
        [by_name("bugs")],
        models={"bugs": SMALL},
        facts=(),
        fence="f",
        price=flat(None),
    )

    assert plan.context == {1: ()}


def test_a_report_on_an_unchanged_line_of_a_hunk_goes_with_the_question() -> None:
    file = file_diff("a.py", hunk(" x = 1", "-y = 2", " z = 3"))

    plan = _plan(file, facts=[fact(path="a.py", start_line=2, reviewer="bugs", rule="logic")])

    assert [len(task.facts) for task in plan.tasks if task.reviewer.name == "bugs"] == [1]
