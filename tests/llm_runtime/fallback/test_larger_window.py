from __future__ import annotations

import pytest

from llm_runtime.context.strategy import LargeContextFallback
from llm_runtime.errors import ContextTooLong, LLMError, Overloaded, TimedOut
from llm_runtime.fallback.larger_window import LargerWindowFallback
from llm_runtime.fallback.smart import SmartFallback
from llm_runtime.fallback.strategy import Failure
from llm_runtime.messages import Request
from tests.llm_runtime.doubles import spec

REQUEST = Request(system="", question="Why?", max_output_tokens=1_000)
FAILED = spec("failed", window=100_000)
STAND_IN = spec("stand-in", window=100_000)
OTHER = spec("other", "anthropic", window=400_000)
KEPT, LARGEST = spec("kept", "gemini", window=200_000), spec("largest", "gemini", window=1_000_000)
CANDIDATES = [STAND_IN, KEPT, OTHER, LARGEST]


def order(error: LLMError, *, tokens: int) -> list[str]:
    context = LargeContextFallback(CANDIDATES, lambda request, model: tokens)
    strategy = LargerWindowFallback(SmartFallback(), context, frozenset({KEPT.id, LARGEST.id}))
    return [model.name for model in strategy.order(Failure(request=REQUEST, spec=FAILED, error=error), CANDIDATES)]


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        pytest.param(150_000, ["kept", "other", "largest", "stand-in"], id="by our estimate"),
        pytest.param(300_000, ["other", "largest", "stand-in", "kept"], id="beyond one that is kept for it"),
        pytest.param(50_000, ["kept", "other", "largest", "stand-in"], id="our estimate was too low"),
    ],
)
def test_what_is_too_long_goes_to_the_smallest_window_that_suffices(tokens: int, expected: list[str]) -> None:
    assert order(ContextTooLong("too long"), tokens=tokens) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(TimedOut("slow"), ["stand-in", "other", "kept", "largest"], id="as configured"),
        pytest.param(Overloaded("busy"), ["other", "stand-in", "kept", "largest"], id="as the other strategy says"),
    ],
)
def test_for_every_other_failure_models_that_are_kept_come_last(error: LLMError, expected: list[str]) -> None:
    assert order(error, tokens=1_000) == expected
