from __future__ import annotations

import pytest

from llm_runtime.llm import LLM
from llm_runtime.messages import Completion, Request
from reviewers.sharing import HeadStarts
from tests.benchmarks.runtime.caching_vendor import CachingAnthropic
from tests.benchmarks.runtime.imagined_run import AllAtOnce, Gate, Starts, imagine
from tests.benchmarks.runtime.review_cost import MIDDLE, chosen_models, plan_tasks
from tests.llm_runtime.doubles import ScriptedLLM, completion

TASKS = plan_tasks(MIDDLE, dict.fromkeys(chosen_models(), chosen_models()["bugs"]))


def moments(starts: Starts, *, spacing: float = 0.0) -> tuple[list[float], float]:
    """When each request was sent, and when the last one ended."""

    def answer(_: Request) -> Completion:
        sent.append(vendor.now)
        return completion()

    sent: list[float] = []
    vendor = CachingAnthropic(output_tokens=100)
    with vendor:
        llms: dict[str, LLM] = {TASKS[0].model.id: ScriptedLLM(TASKS[0].model, answer)}
        _, seconds = imagine(TASKS, starts, llms, vendor, gate=Gate(burst=2, spacing=spacing), seed=1)
    return sent, seconds


def test_a_gate_lets_a_burst_through_and_then_one_call_after_another() -> None:
    gate = Gate(burst=2, spacing=10.0)

    assert [gate.admit(0.0) for _ in range(4)] == [0.0, 0.0, 10.0, 20.0]
    assert [gate.admit(100.0) for _ in range(3)] == [100.0, 100.0, 110.0]


def test_without_a_limit_all_calls_are_sent_when_they_start() -> None:
    assert moments(AllAtOnce(4, shared=False))[0] == [0.0] * 4
    assert moments(AllAtOnce(4, shared=False), spacing=1.0)[0] == [0.0, 0.0, 1.0, 2.0]


def test_those_who_wait_are_sent_when_the_head_start_is_over() -> None:
    sent, seconds = moments(HeadStarts(TASKS, 3.0))

    assert sent == [0.0, 3.0, 3.0, 3.0]
    assert seconds > 3.0


def test_those_who_wait_are_sent_when_the_first_has_ended() -> None:
    _, whole = moments(AllAtOnce(1, shared=True))
    sent, _ = moments(HeadStarts(TASKS, 1_000.0))

    assert sent == pytest.approx([0.0, whole, whole, whole])
