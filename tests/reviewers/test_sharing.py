from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pytest

from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Call, Effort, Usage
from reviewers.diff import Diff
from reviewers.perspectives import REVIEWERS
from reviewers.plan import Task, make_plan
from reviewers.selection import select
from reviewers.sharing import HEAD_START_SECONDS, HeadStarts, Start, shared_beginnings
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import added_file, target
from tests.llm_runtime.doubles import spec

MARKED = replace(spec("claude", "anthropic"), least_cached_tokens=512)
OTHER = replace(MARKED, name="other")
WRITTEN = Call(provider="anthropic", model="claude", usage=Usage(input_tokens=900, cache_write_tokens=800))
FOUR = (0, 1, 2, 3)


def _tasks(models: Mapping[str, ModelSpec] | None = None, *, least: int | None = 512) -> tuple[Task, ...]:
    models = models or dict.fromkeys(
        (reviewer.name for reviewer in REVIEWERS), replace(MARKED, least_cached_tokens=least)
    )
    diff = Diff((added_file("shop/orders.py", "total = 1\n" * 100),))
    snapshot = PullRequestSnapshot(target=target(), diff=diff)
    plan = make_plan(snapshot, select(diff), REVIEWERS, models=models, facts=(), fence="f", price=lambda *_: None)
    return plan.tasks


def _numbers(starts: list[Start]) -> tuple[int, ...]:
    return tuple(start.number for start in starts)


def test_the_reviewers_of_a_chunk_share_its_beginning() -> None:
    assert shared_beginnings(_tasks()) == (FOUR,)


@pytest.mark.parametrize(
    "tasks",
    [
        pytest.param(_tasks(least=None), id="the vendor caches unasked"),
        pytest.param(_tasks(least=100_000), id="too short to be cached"),
        pytest.param(_tasks()[:1], id="nobody else reads it"),
        pytest.param((), id="no tasks"),
    ],
)
def test_nothing_is_shared_that_no_cache_would_pay_for(tasks: tuple[Task, ...]) -> None:
    starts = HeadStarts(tasks)

    assert shared_beginnings(tasks) == ()
    assert starts.at_once() == [Start(number, shared=False) for number in range(len(tasks))]


def test_only_those_who_ask_the_same_model_share() -> None:
    names = [reviewer.name for reviewer in REVIEWERS]
    tasks = _tasks(dict.fromkeys(names[1:], MARKED) | {names[0]: OTHER})

    assert shared_beginnings(tasks) == ((1, 2, 3),)
    assert HeadStarts(tasks).at_once() == [Start(1, shared=True), Start(0, shared=False)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"schema": {"type": "object"}}, id="another schema"),
        pytest.param({"effort": Effort.HIGH}, id="another effort"),
        pytest.param({"system": "other rules"}, id="another system text"),
        pytest.param({"context": ("another change" * 1_000,)}, id="another context"),
    ],
)
def test_a_request_that_differs_before_its_question_shares_nothing(change: dict[str, object]) -> None:
    first, *others = _tasks()
    changed = replace(first, request=replace(first.request, **change))  # type: ignore[arg-type] # as the ids say

    assert shared_beginnings([changed, *others]) == ((1, 2, 3),)


def test_each_chunk_has_a_head_start_of_its_own() -> None:
    tasks = _tasks()
    second = [replace(task, request=replace(task.request, context=("another chunk" * 1_000,))) for task in tasks]

    assert shared_beginnings([*tasks, *second]) == (FOUR, (4, 5, 6, 7))
    assert HeadStarts([*tasks, *second]).at_once() == [Start(0, shared=True), Start(4, shared=True)]


def test_the_others_start_as_soon_as_the_first_has_ended_and_only_then() -> None:
    starts = HeadStarts(_tasks())

    assert starts.due({0: 10.0}, 10.0) == []
    assert starts.after(0, [WRITTEN]) == [Start(number, shared=True) for number in (1, 2, 3)]
    assert starts.after(1, [WRITTEN]) == starts.due({0: 10.0}, 100.0) == []


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([], id="nothing was exchanged"),
        pytest.param([replace(WRITTEN, usage=None, error="Overloaded")], id="it failed"),
        pytest.param([replace(WRITTEN, usage=Usage(input_tokens=900))], id="nothing was cached"),
        pytest.param([replace(WRITTEN, model="other")], id="another model answered"),
        pytest.param([replace(WRITTEN, provider="openai")], id="another vendor answered"),
    ],
)
def test_without_an_entry_in_the_cache_the_others_ask_for_none(calls: list[Call]) -> None:
    assert HeadStarts(_tasks()).after(0, calls) == [Start(number, shared=False) for number in (1, 2, 3)]


def test_an_entry_that_was_only_read_is_there_too() -> None:
    read = replace(WRITTEN, usage=Usage(input_tokens=900, cached_input_tokens=800))

    assert all(start.shared for start in HeadStarts(_tasks()).after(0, [read]))


def test_a_head_start_is_over_after_some_seconds() -> None:
    starts = HeadStarts(_tasks())
    begun = {0: 10.0}
    over = 10.0 + HEAD_START_SECONDS

    assert starts.seconds_left(begun, 11.0) == HEAD_START_SECONDS - 1
    assert starts.due(begun, over - 0.001) == []
    assert _numbers(starts.due(begun, over)) == (1, 2, 3)
    assert starts.seconds_left(begun, over) == math.inf
    assert starts.after(0, [WRITTEN]) == []


def test_a_head_start_begins_when_the_task_is_taken_up() -> None:
    starts = HeadStarts(_tasks())

    assert starts.seconds_left({}, 1_000.0) == math.inf
    assert starts.due({}, 1_000.0) == []
