"""Counting a long text costs milliseconds: a call is counted once, whatever is asked of it and for whichever model."""

from __future__ import annotations

from dataclasses import replace

from llm_runtime.messages import Request
from llm_runtime.tokens import CalibratedEstimator
from llm_runtime.tokens.remembered import RememberedCounts
from tests.llm_runtime.doubles import completion


class Counting:
    """Keeps what it was asked to count; an ``x`` is a token."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def count(self, text: str) -> int:
        self.asked.append(text)
        return text.count("x")


def test_a_call_is_counted_once_for_all_layers_and_models() -> None:
    base = Counting()
    estimator = CalibratedEstimator(base)
    request = Request(system="Be brief.", context=("x = 1\n" * 500,), question="Why?")

    for model in ("openai/a", "anthropic/b"):
        estimator.estimate(request, model)
        fitted = replace(request, max_output_tokens=100)
        estimator.upper_estimate(fitted, model)
        estimator.observe(fitted, model, completion())

    assert base.asked == [request.system, *request.context, request.question]


def test_what_requests_share_is_counted_once() -> None:
    base = Counting()
    estimator = CalibratedEstimator(base)

    for question in ("Bugs?", "Architecture?"):
        estimator.estimate(Request(system="", context=("the diff",), question=question), "openai/a")

    assert base.asked == ["", "the diff", "Bugs?", "Architecture?"]


def test_texts_of_one_length_are_not_taken_for_each_other() -> None:
    remembered = RememberedCounts(Counting())

    assert [remembered.count(text) for text in ("xxxx", "    ", "x  x", "xxxx")] == [4, 0, 2, 4]
