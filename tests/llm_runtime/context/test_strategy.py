from __future__ import annotations

import pytest

from llm_runtime.context.strategy import LargeContextFallback, too_long
from llm_runtime.messages import Request
from tests.llm_runtime.doubles import spec

SMALL, MIDDLE, LARGE = spec("small", window=128_000), spec("middle", window=400_000), spec("large", window=1_000_000)


def strategy(tokens: int = 0) -> LargeContextFallback:
    return LargeContextFallback([LARGE, SMALL, MIDDLE], lambda request, model: tokens)


def request(output: int = 8_192) -> Request:
    return Request(system="s", question="q", max_output_tokens=output)


@pytest.mark.parametrize(("tokens", "fits"), [(0, True), (126_976, True), (126_977, False), (500_000, False)])
def test_a_request_fits_where_the_window_leaves_room_for_an_answer(tokens: int, fits: bool) -> None:
    fit = strategy(tokens).check_fits(request(), SMALL)

    assert (fit.fits, fit.estimated, fit.maximum) == (fits, tokens, 126_976)


def test_who_asks_for_less_needs_less_room() -> None:
    assert strategy(127_990).check_fits(request(output=10), SMALL).fits


@pytest.mark.parametrize(
    ("required", "names"),
    [
        (1_000, ["small", "middle", "large"]),
        (128_000, ["small", "middle", "large"]),
        (128_001, ["middle", "large"]),
        (1_000_000, ["large"]),
        (1_000_001, []),
    ],
)
def test_the_smallest_sufficient_window_comes_first(required: int, names: list[str]) -> None:
    assert [model.name for model in strategy().get_alternative_models(required)] == names


def test_what_is_too_long_names_tokens_and_limit() -> None:
    error = too_long(strategy(200_000).check_fits(request(), SMALL), SMALL)

    assert str(error) == (
        "openai/small: about 200,000 tokens, but beside an answer its window takes 126,976; ask about less at once, or "
        "take a model with a larger window"
    )
