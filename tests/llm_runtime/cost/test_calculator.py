from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from llm_runtime.catalog import MODELS, find
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request, Usage
from tests.llm_runtime.doubles import FakeClock, spec

CALCULATOR = CostCalculator(FakeClock())


@pytest.mark.parametrize(
    ("model", "usage", "dollars"),
    [
        pytest.param("gpt-6.1-sol", Usage(input_tokens=100_000, output_tokens=1_000), "0.21", id="plain"),
        pytest.param("gpt-6.1-sol", Usage(input_tokens=100_000, cached_input_tokens=90_000), "0.029", id="cached"),
        pytest.param("gpt-6.1-sol", Usage(input_tokens=272_000), "0.544", id="272,000 tokens are not above the step"),
        pytest.param("gpt-6.1-sol", Usage(input_tokens=300_000), "1.2", id="the tier above 272,000 tokens"),
        pytest.param(
            "gpt-6.1-sol", Usage(input_tokens=100_000, cache_write_tokens=90_000), "0.245", id="written at OpenAI"
        ),
        pytest.param(
            "gpt-6.1-sol", Usage(input_tokens=300_000, cache_write_tokens=300_000), "1.5", id="written in that tier"
        ),
        pytest.param(
            "gpt-5.4-mini", Usage(input_tokens=100_000, cache_write_tokens=90_000), "0.075", id="written at no charge"
        ),
        pytest.param(
            "claude-sonnet-5-5",
            Usage(input_tokens=100_000, cached_input_tokens=50_000, cache_write_tokens=40_000, output_tokens=1_000),
            "0.135",
            id="read from and written to a cache",
        ),
        pytest.param(
            "claude-opus-5-5",
            Usage(output_tokens=1_000, reasoning_tokens=900),
            "0.02",
            id="reasoning is part of output",
        ),
        pytest.param("gpt-6.1-sol", Usage(), "0", id="nothing used"),
        pytest.param("claude-haiku-4-5-20251001", Usage(input_tokens=1_000_000), "1", id="a dated version"),
        pytest.param(
            "gpt-6.1-sol",
            Usage(input_tokens=10, cached_input_tokens=100_000),
            "0.01",
            id="a server that counts cached tokens apart",
        ),
    ],
)
def test_usage_has_an_exact_price(model: str, usage: Usage, dollars: str) -> None:
    assert CALCULATOR.cost(find(model), usage) == Decimal(dollars)


@pytest.mark.parametrize(
    ("day", "dollars"),
    [
        pytest.param(datetime(2026, 11, 30, tzinfo=UTC), "0.2", id="before"),
        pytest.param(datetime(2026, 12, 1, tzinfo=UTC), "0.4", id="after"),
    ],
)
def test_a_price_changes_on_its_date(day: datetime, dollars: str) -> None:
    calculator = CostCalculator(FakeClock(day))

    assert calculator.cost(find("gemini-4-argon"), Usage(input_tokens=100_000)) == Decimal(dollars)


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(find("openai/qwen3-coder:30b"), id="a local model"),
        pytest.param(find("openai/gpt-oss-20b"), id="open weights"),
        pytest.param(find("anthropic/claude-99"), id="a model of the future"),
        pytest.param(spec("large", "mistral"), id="another provider"),
    ],
)
def test_an_unknown_price_is_unknown(model: ModelSpec) -> None:
    assert CALCULATOR.cost(model, Usage(input_tokens=1_000)) is None
    assert CALCULATOR.estimate(model, Request(system="", question="Why?")) is None


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_every_model_of_the_catalogue_has_a_price(model: ModelSpec) -> None:
    assert CALCULATOR.cost(model, Usage(input_tokens=1_000, output_tokens=1_000))


def test_an_estimate_is_an_upper_bound() -> None:
    request = Request(system="Be brief.", question="Why? " * 1_000, max_output_tokens=50_000)
    model = find("claude-sonnet-5-5")
    written = Usage(input_tokens=1_000, cache_write_tokens=1_000, output_tokens=50_000)

    estimate, cost = CALCULATOR.estimate(model, request), CALCULATOR.cost(model, written)

    assert estimate is not None
    assert cost is not None
    assert cost < estimate < 2 * cost


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        pytest.param("gpt-5.4-mini", "0.09825", id="125,000 tokens read and 1,000 answered"),
        pytest.param("gpt-6.1-sol", "0.3225", id="all of it written to a cache, which is dearer"),
        pytest.param("gemini-3.1-pro-preview", "0.262", id="without a price of writing"),
        pytest.param("claude-haiku-5-5", "0.080625", id="above the step with what is put on top"),
    ],
)
def test_an_estimate_is_for_a_quarter_more_input_at_its_dearer_price(model: str, dollars: str) -> None:
    request = Request(system="", question="Why?", max_output_tokens=1_000)

    assert CALCULATOR.estimate(find(model), request, 100_000) == Decimal(dollars)


def test_an_estimate_counts_no_more_output_than_the_model_gives() -> None:
    request = Request(system="", question="Why?", max_output_tokens=50_000)

    estimates = [CALCULATOR.estimate(spec(output=limit), request) for limit in (1_000, 50_000)]

    assert estimates[0] is not None
    assert estimates[1] is not None
    assert estimates[0] < estimates[1] / 40
