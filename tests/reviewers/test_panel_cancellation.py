from __future__ import annotations

import threading

import pytest

from llm_runtime.errors import (
    AllModelsExhausted,
    Attempt,
    AuthenticationFailed,
    LLMError,
    RateLimited,
    WouldWaitTooLong,
)
from llm_runtime.messages import Completion, Request
from llm_runtime.scheduling.cancellation import Cancellation
from reviewers import panel
from reviewers.outcomes import Outcome, PanelResult
from reviewers.panel import STOPPED, MultiModelCodeReviewer
from reviewers.plan import Task
from tests.builders import gap
from tests.llm_runtime.doubles import ScriptedLLM, completion, spec
from tests.reviewers.test_panel import NAMES, NOTHING, tasks_of_a_change

FULL = WouldWaitTooLong("full for 90 s", eta=90)
FULLER = WouldWaitTooLong("full for 600 s", eta=600)


def _exhausted(*errors: LLMError) -> AllModelsExhausted:
    attempts = tuple(Attempt(model="m", error=error, seconds=0, cost_usd=None) for error in errors)
    return AllModelsExhausted("nobody answered", attempts=attempts)


def _result(*errors: LLMError | None) -> PanelResult:
    task = tasks_of_a_change()[0]
    return PanelResult(
        outcomes=tuple(Outcome(task=task, gap=gap() if error else None, error=error) for error in errors)
    )


def _asked(llms: dict[str, ScriptedLLM]) -> set[str]:
    return {name for name, llm in llms.items() if llm.requests}


def test_nothing_is_begun_once_it_is_cancelled() -> None:
    llms = {name: ScriptedLLM(spec(), NOTHING) for name in NAMES}
    cancellation = Cancellation()
    cancellation.cancel()

    result = MultiModelCodeReviewer(llms).run(
        tasks_of_a_change(), cancellation=cancellation, stopped=lambda: "superseded"
    )

    assert result.interrupted
    assert (_asked(llms), {item.reason for item in result.gaps}, result.calls) == (set(), {"superseded"}, ())


def test_what_is_with_a_vendor_when_it_is_cancelled_is_kept_and_the_rest_is_not_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(panel, "MAX_THREADS", 1)
    cancellation = Cancellation()
    ended: list[Outcome] = []

    def answer(_: Request) -> Completion:
        cancellation.cancel()
        return NOTHING

    tasks = tasks_of_a_change()
    llms = {name: ScriptedLLM(spec(), answer) for name in NAMES}

    result = MultiModelCodeReviewer(llms).run(
        tasks, ended.append, cancellation=cancellation, stopped=lambda: "cancelled"
    )

    assert [outcome for outcome in ended if outcome.answered] == [result.outcomes[0]]
    assert len(_asked(llms)) == 1
    assert len(result.gaps) == len(tasks) - 1


def test_a_repair_is_not_asked_for_once_it_is_cancelled() -> None:
    cancellation = Cancellation()

    def answer(_: Request) -> Completion:
        cancellation.cancel()
        return completion("{}")

    llm = ScriptedLLM(spec(), answer, NOTHING)
    (task, *_) = tasks_of_a_change()

    result = MultiModelCodeReviewer({task.reviewer.name: llm}).run([task], cancellation=cancellation)

    assert len(llm.requests) == 1
    assert [item.reason for item in result.gaps] == [STOPPED]


def test_a_run_that_waits_for_a_head_start_ends_when_it_is_cancelled() -> None:
    asked, cancellation = threading.Event(), Cancellation()

    def wait_for_room(_: Request) -> Completion:
        asked.set()
        with cancellation.waking(waker):
            assert waker.wait(timeout=30)
        raise AssertionError

    waker = threading.Event()
    llms = {name: ScriptedLLM(spec(), wait_for_room) for name in NAMES}

    def cancel() -> None:
        asked.wait(timeout=30)
        cancellation.cancel()

    canceller = threading.Thread(target=cancel)
    canceller.start()

    result = MultiModelCodeReviewer(llms).run(tasks_of_a_change(), cancellation=cancellation)
    canceller.join(timeout=30)

    assert result.answers == ()
    assert len(result.gaps) == len(NAMES)


def test_who_cancels_after_the_last_answer_interrupts_nothing() -> None:
    cancellation = Cancellation()
    left = list(NAMES)

    def end(_: Outcome) -> None:
        left.pop()
        if not left:
            cancellation.cancel()

    llms = {name: ScriptedLLM(spec(), NOTHING) for name in NAMES}

    result = MultiModelCodeReviewer(llms).run(tasks_of_a_change(), end, cancellation=cancellation)

    assert (len(result.answers), result.interrupted) == (len(NAMES), False)


def test_an_error_is_kept_with_its_outcome() -> None:
    llms = {name: ScriptedLLM(spec(), FULL) for name in NAMES}

    result = MultiModelCodeReviewer(llms).run(tasks_of_a_change())

    assert [outcome.error for outcome in result.outcomes] == [FULL] * len(NAMES)
    assert result.parked_for == 90


@pytest.mark.parametrize(
    ("errors", "seconds"),
    [
        pytest.param((None, None), None, id="everything was answered"),
        pytest.param((None, FULL, FULLER), 600, id="the longest wait is what it takes"),
        pytest.param((FULL, RateLimited("no")), None, id="waiting does not cure the other task"),
        pytest.param((_exhausted(FULLER, FULL),), 90, id="the first model with room will do"),
        pytest.param(
            (_exhausted(FULL, AuthenticationFailed("no")),), 90, id="so it will if the stand-in cannot at all"
        ),
        pytest.param((_exhausted(RateLimited("no")),), None, id="no model only lacks room"),
    ],
)
def test_a_run_is_parked_where_nothing_but_room_is_missing(
    errors: tuple[LLMError | None, ...], seconds: float | None
) -> None:
    assert _result(*errors).parked_for == seconds


def test_a_gap_without_an_error_is_not_cured_by_waiting() -> None:
    task: Task = tasks_of_a_change()[0]
    broken = Outcome(task=task, gap=gap())

    assert PanelResult(outcomes=(broken, Outcome(task=task, gap=gap(), error=FULL))).parked_for is None
