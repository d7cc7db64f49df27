import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.hooks.budget import ENDING_SECONDS, Budget, InTime, OutOfTime
from app.tools import run_tools
from llm_runtime.clock import SystemClock
from llm_runtime.errors import TimedOut
from llm_runtime.messages import Request
from reviewers.evidence_source import Job, Printed
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, completion, spec

REQUEST = Request(system="", context=(), question="What is wrong?")


def test_what_the_start_took_and_the_end_will_take_is_not_given_to_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.hooks.budget.started_ago", lambda: 1.5)

    budget = Budget.starting(10, FakeClock())

    assert budget.left == pytest.approx(10 - 1.5 - ENDING_SECONDS)
    assert budget.left_for_work == pytest.approx(budget.left - 2)


def test_a_process_knows_how_long_ago_it_was_started() -> None:
    script = "import time; from app.hooks.budget import started_ago; print(started_ago(), time.process_time())"
    before = time.monotonic()

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    ago, processor = map(float, done.stdout.split())
    # A tick of Linux's clock is a hundredth of a second.
    assert processor - 0.02 <= ago <= time.monotonic() - before + 0.02


def test_a_budget_that_is_used_up_has_nothing_left_and_no_debt() -> None:
    clock = FakeClock()
    budget = Budget(seconds=10, ends=10, clock=clock)

    clock.advance(60)

    assert (budget.left, budget.left_for_work) == (0, 0)


def test_an_answer_has_what_is_left_of_the_time_at_the_moment_it_is_asked_for() -> None:
    clock = FakeClock()
    budget = Budget(seconds=10, ends=10, clock=clock)
    llm = ScriptedLLM(spec(), completion())

    clock.advance(3)
    InTime(llm, budget).complete(REQUEST)

    assert llm.requests[0].timeout_seconds == pytest.approx(budget.left_for_work)


def test_nothing_is_asked_when_the_time_is_over() -> None:
    clock = FakeClock()
    budget = Budget(seconds=10, ends=10, clock=clock)
    llm = ScriptedLLM(spec(), completion())
    clock.advance(10)

    with pytest.raises(TimedOut, match="not ready within the 10 s that the hook has"):
        InTime(llm, budget).complete(REQUEST)

    assert llm.requests == []


def test_what_takes_longer_than_the_budget_is_ended() -> None:
    budget = Budget(seconds=0.1, ends=SystemClock().monotonic() + 0.1, clock=SystemClock())

    with pytest.raises(OutOfTime, match=r"within the 0\.1 s"), budget.enforced():
        threading.Event().wait()


def test_what_ends_in_time_is_not_disturbed_afterwards() -> None:
    budget = Budget(seconds=0.1, ends=SystemClock().monotonic() + 0.1, clock=SystemClock())

    with budget.enforced():
        done = True

    assert done
    assert not threading.Event().wait(0.2)


def test_a_tool_is_given_no_more_than_what_is_left() -> None:
    clock = FakeClock()
    budget = Budget(seconds=10, ends=10, clock=clock)
    asked: list[float] = []

    def run(jobs: list[Job], *, meanwhile: object) -> tuple[Printed, ...]:
        del meanwhile
        asked.extend(job.seconds for job in jobs)
        return ()

    clock.advance(5)
    budget.shortened(run)([_job(seconds=30), _job(seconds=1)])

    assert asked == [pytest.approx(budget.left_for_work), 1]


def test_a_tool_that_hangs_is_ended_with_the_budget_and_leaves_nothing_behind() -> None:
    budget = Budget(seconds=1, ends=SystemClock().monotonic(), clock=SystemClock())

    (outcome,) = budget.shortened(run_tools)([_job("-c", "import threading; threading.Event().wait()")])

    assert "took longer than" in getattr(outcome, "reason", "")


def test_the_end_of_the_time_leaves_no_tool_running(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    os.mkfifo(told)
    script = "import os, sys, threading; open(sys.argv[1], 'w').write(str(os.getpid())); threading.Event().wait()"
    budget = Budget(seconds=60, ends=SystemClock().monotonic() + 60, clock=SystemClock())
    pids: list[int] = []

    def time_is_over() -> None:
        pids.append(int(told.read_text()))
        signal.setitimer(signal.ITIMER_REAL, 0.01)

    with pytest.raises(OutOfTime), budget.enforced():
        budget.shortened(run_tools)([_job("-c", script, str(told))], meanwhile=time_is_over)

    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def _job(*arguments: str, seconds: float = 30) -> Job:
    return Job(program="python", arguments=arguments, package="a tool", seconds=seconds)
