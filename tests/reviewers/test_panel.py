from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import replace

import pytest

from llm_runtime.errors import LLMError, MalformedOutput, RateLimited, TruncatedOutput
from llm_runtime.llm import LLM
from llm_runtime.messages import Call, Completion, Request
from reviewers.diff import Diff
from reviewers.panel import STOPPED, MultiModelCodeReviewer, Outcome
from reviewers.perspectives import REVIEWERS
from reviewers.plan import Task, make_plan
from reviewers.selection import select
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import added_file, target
from tests.llm_runtime.doubles import ScriptedLLM, Step, completion, spec

NOTHING = completion('{"findings": [], "dropped_evidence": []}')
NAMES = tuple(reviewer.name for reviewer in REVIEWERS)


def _tasks() -> tuple[Task, ...]:
    diff = Diff((added_file("shop/orders.py", "total = 1\n"),))
    snapshot = PullRequestSnapshot(target=target(), diff=diff)
    models = dict.fromkeys(NAMES, spec())
    plan = make_plan(snapshot, select(diff), REVIEWERS, models=models, facts=(), fence="fence", price=lambda *_: None)
    return plan.tasks


def _billed(kind: type[LLMError], model: str) -> LLMError:
    error = kind("no")
    error.calls = (Call(provider="openai", model=model, error=kind.__name__),)
    return error


def _billed_answer(model: str, text: str = NOTHING.text) -> Completion:
    return replace(NOTHING, text=text, calls=(Call(provider="openai", model=model),))


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

    tasks, ended = _tasks(), list[str]()
    first = tasks[0].reviewer.name

    result = MultiModelCodeReviewer(_llms({first: slow})).run(tasks, on_end)

    assert ended[-1] == first
    assert [outcome.task for outcome in result.outcomes] == list(tasks)
    assert not result.interrupted


def test_an_unexpected_exception_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        MultiModelCodeReviewer(_llms({"bugs": ZeroDivisionError("a fault of ours")})).run(_tasks())


def test_a_model_that_cannot_answer_leaves_a_gap_and_the_others_their_answers() -> None:
    result = MultiModelCodeReviewer(_llms({"bugs": RateLimited("too many")})).run(_tasks())

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
    task = next(task for task in _tasks() if task.reviewer.name == "bugs")

    result = MultiModelCodeReviewer({"bugs": llm}).run([task])

    assert (len(result.answers), len(result.gaps)) == (1, 0)
    assert [len(request.exchanges) for request in llm.requests] == [0, rounds]


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
    task = next(task for task in _tasks() if task.reviewer.name == "bugs")

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

    tasks = _tasks()
    hanging = dict.fromkeys(NAMES[1:], hang)

    result = MultiModelCodeReviewer(_llms(hanging)).run(tasks, stop)
    released.set()

    assert result.interrupted
    assert {gap.reviewer for gap in result.gaps} >= set(NAMES[1:])
    assert {gap.reason for gap in result.gaps} == {STOPPED}


@pytest.mark.parametrize("count", [0, 1, 100], ids=["none", "one", "more than threads"])
def test_every_task_ends_in_one_outcome(count: int) -> None:
    task = _tasks()[0]
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

    result = MultiModelCodeReviewer(llms).run(_tasks())

    (bugs,) = [outcome for outcome in result.outcomes if outcome.task.reviewer.name == "bugs"]
    assert [call.model for call in bugs.calls] == ["first", "second"]
    assert result.calls == bugs.calls
