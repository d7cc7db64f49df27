from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from llm_runtime.messages import Completion, Request
from llm_runtime.tokens import CalibratedEstimator, estimate_request
from tests.llm_runtime.doubles import completion

ASKED = Request(system="Be brief.", context=("x = 1\n" * 500,), question="Why?")
ESTIMATED = estimate_request(ASKED)


class Lengths:
    def count(self, text: str) -> int:
        return len(text)


def answer(part: float = 1.0, output: int = 300) -> Completion:
    """An answer whose provider counted so many times the input that we estimate."""
    return completion(input_tokens=round(part * ESTIMATED), output_tokens=output)


def after(*answers: Completion, model: str = "openai/a") -> CalibratedEstimator:
    estimator = CalibratedEstimator()
    for given in answers:
        estimator.observe(ASKED, model, given)
    return estimator


def test_a_model_nobody_has_asked_is_estimated_as_by_characters() -> None:
    estimator = CalibratedEstimator()

    assert estimator.estimate(ASKED, "openai/a") == ESTIMATED
    assert estimator.expected_output("openai/a", 8_192) == 2_048


def test_an_estimate_is_what_the_provider_counts() -> None:
    estimator = after(*[answer(1.5)] * 3)

    assert estimator.estimate(ASKED, "openai/a") == pytest.approx(1.5 * ESTIMATED, abs=1)


def test_each_model_is_learned_by_itself() -> None:
    estimator = after(*[answer(1.5, output=20)] * 5)

    assert estimator.estimate(ASKED, "openai/b") == ESTIMATED
    assert estimator.expected_output("openai/b", 8_192) == 2_048


def test_tokens_that_nobody_counted_teach_nothing() -> None:
    estimator = after(*[answer(1.5, output=20)] * 5, *[answer(0.0, output=0)] * 50)

    assert estimator.factor("openai/a") == pytest.approx(1.5, rel=0.01)
    assert estimator.expected_output("openai/a", 8_192) == 20


def test_output_is_learned_where_the_input_was_not_counted() -> None:
    estimator = after(*[answer(0.0, output=20)] * 5)

    assert (estimator.factor("openai/a"), estimator.expected_output("openai/a", 8_192)) == (1.0, 20)


@pytest.mark.parametrize(("part", "upper"), [(0.8, 1.0), (1.3, 1.3)])
def test_an_upper_estimate_is_corrected_upwards_only(part: float, upper: float) -> None:
    estimator = after(*[answer(part)] * 3)

    assert estimator.upper_estimate(ASKED, "openai/a") == pytest.approx(upper * ESTIMATED, abs=1)


def test_any_estimator_can_be_corrected() -> None:
    assert CalibratedEstimator(Lengths()).estimate(ASKED, "m") == len("Be brief.Why?") + 3_000 + 3 * 8


def test_threads_may_learn_at_once() -> None:
    estimator = CalibratedEstimator()

    def use(model: str) -> None:
        for _ in range(200):
            estimator.estimate(ASKED, model)
            estimator.observe(ASKED, model, answer(1.5, output=20))
            estimator.expected_output(model, 8_192)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, ["openai/a", "openai/b"] * 4))

    for model in ("openai/a", "openai/b"):
        assert estimator.factor(model) == pytest.approx(1.5, rel=0.01)
        assert estimator.expected_output(model, 8_192) == 20
