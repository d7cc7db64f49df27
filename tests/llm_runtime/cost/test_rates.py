from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import genai_prices
import pytest
from genai_prices import data_snapshot, types
from hypothesis import given
from hypothesis import strategies as st

from llm_runtime.catalog import MODELS
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.rates import find_rates
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Usage
from tests.llm_runtime.doubles import FakeClock, spec

SELLERS = {"openai": "openai", "anthropic": "anthropic", "gemini": "google"}
MOMENTS = st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
TOKENS = st.integers(0, 400_000)


def sold(monkeypatch: pytest.MonkeyPatch, prices: Any) -> None:
    """A model that no vendor has, at OpenAI."""
    model = types.ModelInfo(id="owl", match=types.ClauseEquals(equals="owl"), prices=prices)
    seller = types.Provider(id="openai", name="OpenAI", api_pattern="", models=[model])
    monkeypatch.setattr(data_snapshot, "_custom_snapshot", data_snapshot.DataSnapshot([seller], from_auto_update=False))


@given(
    model=st.sampled_from(MODELS),
    moment=MOMENTS,
    cached=TOKENS,
    written=TOKENS,
    plain=TOKENS,
    output=TOKENS,
)
def test_a_cost_is_to_the_last_digit_what_the_price_list_makes_of_it(
    *, model: ModelSpec, moment: datetime, cached: int, written: int, plain: int, output: int
) -> None:
    total = plain + cached + written
    usage = Usage(input_tokens=total, cached_input_tokens=cached, cache_write_tokens=written, output_tokens=output)

    theirs = genai_prices.calc_price(
        genai_prices.Usage(
            input_tokens=total, cache_read_tokens=cached, cache_write_tokens=written, output_tokens=output
        ),
        model.name,
        provider_id=SELLERS[model.provider],
        genai_request_timestamp=moment,
    )

    assert CostCalculator(FakeClock(moment)).cost(model, usage) == theirs.total_price


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_the_prices_of_every_model_change_at_midnight_at_most(model: ModelSpec) -> None:
    rates = find_rates(SELLERS[model.provider], model.name, datetime(2026, 11, 21, tzinfo=UTC))

    assert rates is not None
    assert rates.all_day


def test_one_calculator_sees_a_price_change_at_midnight() -> None:
    clock = FakeClock(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    calculator = CostCalculator(clock)
    argon = next(model for model in MODELS if model.name == "gemini-4-argon")
    usage = Usage(input_tokens=100_000)

    before = calculator.cost(argon, usage)
    clock.advance(1)

    assert (before, calculator.cost(argon, usage)) == (Decimal("0.2"), Decimal("0.4"))


def test_a_price_that_changes_by_the_hour_is_looked_up_for_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def price(dollars: int) -> types.ModelPrice:
        return types.ModelPrice(input_mtok=Decimal(dollars), output_mtok=Decimal(dollars))

    night = types.TimeOfDateConstraint(start_time=time(22), end_time=time(6))
    prices = [
        types.ConditionalPrice(constraint=None, prices=price(4)),
        types.ConditionalPrice(constraint=night, prices=price(1)),
    ]
    sold(monkeypatch, prices)
    clock = FakeClock(datetime(2026, 11, 21, 21, 59, tzinfo=UTC))
    calculator = CostCalculator(clock)

    day = calculator.cost(spec("owl"), Usage(input_tokens=1_000_000))
    clock.advance(60)

    assert (day, calculator.cost(spec("owl"), Usage(input_tokens=1_000_000))) == (Decimal(4), Decimal(1))


@pytest.mark.parametrize(
    ("tokens", "dollars"), [(1_000, "0.001"), (100_000, "0.1"), (200_000, "0.4"), (1_000_000, "3")]
)
def test_of_several_steps_the_longest_that_is_passed_counts(
    monkeypatch: pytest.MonkeyPatch, tokens: int, dollars: str
) -> None:
    tiers = [types.Tier(start=100_000, price=Decimal(2)), types.Tier(start=200_000, price=Decimal(3))]
    stepped = types.TieredPrices(base=Decimal(1), tiers=tiers)
    sold(monkeypatch, types.ModelPrice(input_mtok=stepped, output_mtok=stepped))

    assert CostCalculator(FakeClock()).cost(spec("owl"), Usage(input_tokens=tokens)) == Decimal(dollars)
    assert genai_prices.calc_price(
        genai_prices.Usage(input_tokens=tokens), "owl", provider_id="openai"
    ).total_price == Decimal(dollars)


@pytest.mark.parametrize("name", ["whisper-1", "text-embedding-3-small", "no-such-model"])
def test_a_model_without_a_price_of_tokens_both_ways_has_none(name: str) -> None:
    assert find_rates("openai", name, datetime(2026, 11, 21, tzinfo=UTC)) is None


def test_a_price_is_looked_up_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []
    real = genai_prices.calc_price

    def counted(usage: Any, name: str, **where: Any) -> Any:
        looked_up.append(name)
        return real(usage, name, **where)

    monkeypatch.setattr(genai_prices, "calc_price", counted)
    clock = FakeClock()
    calculator = CostCalculator(clock)

    for _ in range(50):
        calculator.cost(spec(), Usage(input_tokens=1))
    clock.advance(86_400)
    calculator.cost(spec(), Usage(input_tokens=1))

    assert len(looked_up) == 2
