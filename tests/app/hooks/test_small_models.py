from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.hooks.small_models import not_waiting, small_models
from llm_runtime.catalog import MODELS, find
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.messages import Usage
from tests.llm_runtime.doubles import FakeClock

CALCULATOR = CostCalculator(FakeClock(now=datetime(2026, 11, 21, tzinfo=UTC)))


@pytest.mark.parametrize("vendor", ["openai", "anthropic", "gemini"])
def test_one_key_leads_to_the_cheapest_model_of_its_vendor(vendor: str) -> None:
    (small,) = small_models(_keys(vendor), CALCULATOR)

    usage = Usage(input_tokens=8_000, output_tokens=1_000)
    prices = [CALCULATOR.cost(spec, usage) for spec in MODELS if spec.provider == vendor]
    assert CALCULATOR.cost(small, usage) == min(price for price in prices if price is not None)


def test_with_several_keys_the_cheapest_is_asked_and_the_others_stand_in() -> None:
    small = small_models(_keys("gemini", "anthropic"), CALCULATOR)

    assert [spec.provider for spec in small] == ["anthropic", "gemini"]


def test_without_a_key_there_is_none() -> None:
    assert small_models(_keys(), CALCULATOR) == ()


def test_no_question_of_a_hook_waits_for_a_cache_to_be_filled() -> None:
    spec = find("anthropic/claude-haiku-5-5")

    assert spec.least_cached_tokens is not None
    assert not_waiting(spec).least_cached_tokens is None
    assert not_waiting(spec).id == spec.id


def _keys(*vendors: str) -> Callable[[str], bool]:
    return lambda vendor: vendor in vendors
