from __future__ import annotations

import pytest

from llm_runtime.context.fitting import fitted
from llm_runtime.messages import Effort, Request
from tests.llm_runtime.doubles import spec


def request(output: int = 8_192, effort: Effort | None = Effort.MEDIUM) -> Request:
    return Request(system="s", question="q", max_output_tokens=output, effort=effort)


@pytest.mark.parametrize(
    ("asked", "model", "window", "used", "cap"),
    [
        pytest.param(8_192, 4_000, 1_000_000, 1_000, 4_000, id="what the model gives"),
        pytest.param(8_192, 64_000, 1_000_000, 1_000, 8_192, id="never more than was asked for"),
        pytest.param(8_192, 64_000, 10_000, 5_000, 5_000, id="what the window leaves"),
        pytest.param(8_192, 64_000, 10_000, 9_900, 1_024, id="at least a short answer"),
        pytest.param(8_192, 64_000, 10_000, None, 8_192, id="with the input unknown"),
        pytest.param(10, 64_000, 10_000, 9_995, 10, id="a shorter answer than that"),
    ],
)
def test_the_output_is_capped_for_the_model_it_goes_to(
    asked: int, model: int, window: int, used: int | None, cap: int
) -> None:
    assert fitted(request(asked), spec(output=model, window=window), used).max_output_tokens == cap


@pytest.mark.parametrize(
    ("wanted", "output", "effort"),
    [
        (Effort.HIGH, 32_000, Effort.HIGH),
        (Effort.HIGH, 8_192, Effort.MEDIUM),
        (Effort.HIGH, 2_000, Effort.LOW),
        (Effort.MEDIUM, 32_000, Effort.MEDIUM),
        (Effort.MEDIUM, 5_119, Effort.LOW),
        (Effort.LOW, 10, Effort.LOW),
        (None, 32_000, None),
    ],
)
def test_reasoning_never_uses_up_the_answer(wanted: Effort | None, output: int, effort: Effort | None) -> None:
    assert fitted(request(output, wanted), spec(output=128_000)).effort is effort


def test_a_model_that_does_not_reason_gets_no_effort() -> None:
    assert fitted(request(), spec(effort=False)).effort is None
