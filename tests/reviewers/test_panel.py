from __future__ import annotations

import json
import math
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import replace

import pytest

from llm_runtime.errors import LLMError, MalformedOutput, RateLimited, TruncatedOutput
from llm_runtime.llm import LLM, ModelSpec
from llm_runtime.messages import Call, Completion, Request, Usage
from reviewers.diff import Diff
from reviewers.panel import STOPPED, MultiModelCodeReviewer, Outcome
from reviewers.perspectives import REVIEWERS
from reviewers.plan import Task, make_plan
from reviewers.selection import select
from reviewers.sharing import HEAD_START_SECONDS
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import added_file, target
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, Step, completion, spec

NOTHING = completion('{"findings": [], "dropped_evidence": []}')
NAMES = tuple(reviewer.name for reviewer in REVIEWERS)
CACHING = replace(spec("claude", "anthropic"), least_cached_tokens=512)
WRITTEN = replace(NOTHING, calls=(Call(provider="anthropic", model="claude", usage=Usage(cache_write_tokens=900)),))


class Impatient(FakeClock):
    """Jumps to the end of a wait that has one, and else waits for what must happen."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(timeout=30) if seconds == math.inf else super().wait(event, seconds)


class Patient(FakeClock):
    """Time stands still: nothing is ever due."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(timeout=30)


def tasks_of_a_change(model: ModelSpec | None = None) -> tuple[Task, ...]:
    diff = Diff((added_file("shop/orders.py", "total = 1\n"),))
    snapshot = PullRequestSnapshot(target=target(), diff=diff)
    models = dict.fromkeys(NAMES, model or spec())
    plan = make_plan(snapshot, select(diff), REVIEWERS, models=models, facts=(), fence="fence", price=lambda *_: None)
    return plan.tasks


def _billed(kind: type[LLMError], model: str) -> LLMError:
    error = kind("no")
    error.calls = (Call(provider="openai", model=model, error=kind.__name__),)
    return error


def _billed_answer(model: str, text: str = NOTHING.text) -> Completion:
    return replace(NOTHING, text=text, calls=(Call(provider="openai", model=model),))


def _first_and_others(first: Step) -> tuple[ScriptedLLM, ScriptedLLM, dict[str, LLM]]:
    """The reviewer who has a head start, and one LLM for all the others."""
    leader, others = ScriptedLLM(CACHING, first), ScriptedLLM(CACHING, NOTHING)
    llms: dict[str, LLM] = dict.fromkeys(NAMES[1:], others)
    return leader, others, llms | {NAMES[0]: leader}


def _llms(steps: Mapping[str, Step]) -> dict[str, LLM]:
    """Those that are not named find nothing."""
    return {name: ScriptedLLM(spec(), steps.get(name, NOTHING)) for name in NAMES}


def test_outcomes_stand_in_the_order_of_the_plan_whoever_answers_first() -> None:
    last_has_ended = threading.Event()

    def slow(_: Request) -> Completion:
        assert last_has_ended.wait(timeout=30)
        return NOTHING

    def on_end(outcome: Outcome) -> None:
        ended.append(outcome.task.reviewer.name)
        if len(ended) == len(NAMES) - 1:
            last_has_ended.set()

    tasks, ended = tasks_of_a_change(), list[str]()
    first = tasks[0].reviewer.name

    result = MultiModelCodeReviewer(_llms({first: slow})).run(tasks, on_end)

    assert ended[-1] == first
    assert [outcome.task for outcome in result.outcomes] == list(tasks)
    assert not result.interrupted


def test_an_unexpected_exception_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        MultiModelCodeReviewer(_llms({"bugs": ZeroDivisionError("a fault of ours")})).run(tasks_of_a_change())


def test_a_model_that_cannot_answer_leaves_a_gap_and_the_others_their_answers() -> None:
    result = MultiModelCodeReviewer(_llms({"bugs": RateLimited("too many")})).run(tasks_of_a_change())

    assert [(gap.reviewer, gap.path, gap.reason) for gap in result.gaps] == [("bugs", "shop/orders.py", "too many")]
    assert {item.task.reviewer.name for item in result.answers} == set(NAMES) - {"bugs"}


@pytest.mark.parametrize(
    ("first", "rounds"),
    [
        pytest.param(completion('{"findings": 5}'), 1, id="an answer that breaks the schema is shown with its fault"),
        pytest.param(MalformedOutput("no JSON", completion=completion("prose")), 1, id="so is one without JSON"),
        pytest.param(MalformedOutput("empty"), 0, id="an answer without a text is asked for once more"),
        pytest.param(MalformedOutput("empty", completion=completion(" ")), 0, id="so is a blank one"),
    ],
)
def test_a_malformed_answer_is_repaired_once(first: Step, rounds: int) -> None:
    llm = ScriptedLLM(spec(), first, NOTHING)
    task = next(task for task in tasks_of_a_change() if task.reviewer.name == "bugs")

    result = MultiModelCodeReviewer({"bugs": llm}).run([task])

    assert (len(result.answers), len(result.gaps)) == (1, 0)
    assert [len(request.exchanges) for request in llm.requests] == [0, rounds]


def test_a_gap_does_not_repeat_all_that_an_answer_might_have_said() -> None:
    remark = {"rule": "injection"}
    llm = ScriptedLLM(spec(), completion(json.dumps({"findings": [remark], "dropped_evidence": []})))
    task = next(task for task in tasks_of_a_change() if task.reviewer.name == "bugs")

    (gap,) = MultiModelCodeReviewer({"bugs": llm}).run([task]).gaps

    assert gap.reason.startswith("the answer kept breaking its form: findings.0.")
    assert gap.reason.endswith("…")
    assert len(gap.reason) < 200


@pytest.mark.parametrize(
    ("steps", "reason", "asked"),
    [
        pytest.param((completion("{}"),), "the answer kept breaking its form: findings: Field required", 2, id="twice"),
        pytest.param((completion("{}"), RateLimited("busy")), "busy", 2, id="no model for the repair"),
        pytest.param((TruncatedOutput("cut off"),), "cut off", 1, id="an answer that was cut is not repaired"),
    ],
)
def test_what_stays_without_an_answer_is_a_gap(steps: tuple[Step, ...], reason: str, asked: int) -> None:
    llm = ScriptedLLM(spec(), *steps)
    task = next(task for task in tasks_of_a_change() if task.reviewer.name == "bugs")

    result = MultiModelCodeReviewer({"bugs": llm}).run([task])

    assert [gap.reason for gap in result.gaps] == [reason]
    assert len(llm.requests) == asked


def test_an_interruption_keeps_what_was_answered() -> None:
    released = threading.Event()

    def hang(_: Request) -> Completion:
        released.wait(timeout=30)
        return NOTHING

    def stop(_: Outcome) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    tasks = tasks_of_a_change()
    hanging = dict.fromkeys(NAMES[1:], hang)

    result = MultiModelCodeReviewer(_llms(hanging)).run(tasks, stop)
    released.set()

    assert result.interrupted
    assert {gap.reviewer for gap in result.gaps} >= set(NAMES[1:])
    assert {gap.reason for gap in result.gaps} == {STOPPED}


@pytest.mark.parametrize("count", [0, 1, 100], ids=["none", "one", "more than threads"])
def test_every_task_ends_in_one_outcome(count: int) -> None:
    task = tasks_of_a_change()[0]
    seen: list[Outcome] = []

    result = MultiModelCodeReviewer(_llms({})).run([task] * count, seen.append)

    assert len(result.outcomes) == len(result.answers) == len(seen) == count


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param((_billed(MalformedOutput, "first"), _billed_answer("second")), id="repaired"),
        pytest.param((_billed(MalformedOutput, "first"), _billed(RateLimited, "second")), id="the repair fails"),
        pytest.param(
            (_billed_answer("first", text="[]"), _billed(RateLimited, "second")), id="a wrong form, then none"
        ),
    ],
)
def test_every_exchange_of_a_task_is_accounted_for(steps: tuple[Step, ...]) -> None:
    llms: dict[str, LLM] = _llms({}) | {"bugs": ScriptedLLM(spec(), *steps)}

    result = MultiModelCodeReviewer(llms).run(tasks_of_a_change())

    (bugs,) = [outcome for outcome in result.outcomes if outcome.task.reviewer.name == "bugs"]
    assert [call.model for call in bugs.calls] == ["first", "second"]
    assert result.calls == bugs.calls


def test_one_reviewer_fills_the_cache_before_the_others_are_asked() -> None:
    def answer(_: Request) -> Completion:
        asked_meanwhile.append(len(others.requests))
        return WRITTEN

    asked_meanwhile: list[int] = []
    leader, others, llms = _first_and_others(answer)

    result = MultiModelCodeReviewer(llms, Patient()).run(tasks_of_a_change(CACHING))

    assert asked_meanwhile == [0]
    assert len(result.answers) == len(NAMES)
    assert [request.shared for request in (*leader.requests, *others.requests)] == [True] * len(NAMES)


def test_who_has_a_head_start_keeps_nobody_waiting_for_long() -> None:
    def slow(_: Request) -> Completion:
        assert others_have_ended.wait(timeout=30)
        return WRITTEN

    def on_end(_: Outcome) -> None:
        if len(others.requests) == len(NAMES) - 1:
            others_have_ended.set()

    others_have_ended, clock = threading.Event(), Impatient()
    _, others, llms = _first_and_others(slow)

    result = MultiModelCodeReviewer(llms, clock).run(tasks_of_a_change(CACHING), on_end)

    assert len(result.answers) == len(NAMES)
    assert all(request.shared for request in others.requests)
    assert clock.monotonic() == HEAD_START_SECONDS


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(RateLimited("too many"), id="nobody answered"),
        pytest.param(_billed_answer("gpt-6.1-sol"), id="another model answered"),
    ],
)
def test_where_the_first_left_nothing_in_the_cache_nobody_pays_for_an_entry(first: Step) -> None:
    _, others, llms = _first_and_others(first)

    MultiModelCodeReviewer(llms, Patient()).run(tasks_of_a_change(CACHING))

    assert [request.shared for request in others.requests] == [False] * (len(NAMES) - 1)


def test_where_a_vendor_caches_unasked_all_start_at_once() -> None:
    def together(_: Request) -> Completion:
        all_are_asked.wait(timeout=30)
        return NOTHING

    all_are_asked = threading.Barrier(len(NAMES))

    result = MultiModelCodeReviewer(_llms(dict.fromkeys(NAMES, together)), Patient()).run(tasks_of_a_change())

    assert len(result.answers) == len(NAMES)


def test_a_repair_reads_the_entry_that_its_question_wrote() -> None:
    leader = ScriptedLLM(CACHING, replace(WRITTEN, text="{}"), WRITTEN)
    llms: dict[str, LLM] = dict.fromkeys(NAMES[1:], ScriptedLLM(CACHING, NOTHING))

    MultiModelCodeReviewer(llms | {NAMES[0]: leader}, Patient()).run(tasks_of_a_change(CACHING))

    assert [(request.shared, len(request.exchanges)) for request in leader.requests] == [(True, 0), (True, 1)]


def test_a_rule_of_another_reviewer_is_repaired() -> None:
    remark = {"path": "shop/orders.py", "quote": "total = 1", "severity": "low", "confidence": 1, "title": "t"}
    foreign = json.dumps({"findings": [remark | {"message": "m", "rule": "logic-error"}]})
    llm = ScriptedLLM(spec(), completion(foreign), NOTHING)
    task = next(task for task in tasks_of_a_change() if task.reviewer.name == "security")

    result = MultiModelCodeReviewer({"security": llm}).run([task])

    assert (len(result.answers), len(result.gaps)) == (1, 0)
    assert "findings.0.rule" in llm.requests[1].exchanges[0].reply


def test_an_interruption_during_a_head_start_asks_nobody_else() -> None:
    def interrupt(_: Request) -> Completion:
        os.kill(os.getpid(), signal.SIGINT)
        released.wait(timeout=30)
        return WRITTEN

    released = threading.Event()
    _, others, llms = _first_and_others(interrupt)

    result = MultiModelCodeReviewer(llms, Patient()).run(tasks_of_a_change(CACHING))
    released.set()

    assert result.interrupted
    assert others.requests == []
    assert [call.error for call in result.calls] == ["Interrupted"]
