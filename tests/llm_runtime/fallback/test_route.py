"""Who is offered to a strategy, and what becomes of its word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from llm_runtime.context.strategy import LargeContextFallback
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.errors import AllModelsExhausted, AuthenticationFailed, LedgerUnavailable, LLMError, Overloaded
from llm_runtime.fallback.auto_picker import AutoPickerLLM
from llm_runtime.fallback.strategy import Failure, FallbackStrategy
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Completion, Request
from llm_runtime.tokens import estimate_request
from tests.llm_runtime.doubles import spec
from tests.llm_runtime.fallback.doubles import PriceList, ScheduledDouble, answering, failing

REQUEST = Request(system="Be brief.", question="Why? " * 2_000, max_output_tokens=1_000)
FIRST, SECOND, THIRD = spec("first"), spec("second", "anthropic"), spec("third", "gemini")
SMALL = spec("small", "anthropic", window=2_000)
WORDY = spec("wordy", "anthropic", schema=False)


class Listening(FallbackStrategy):
    """Keeps what it is offered, and the order unless it is told another one."""

    def __init__(self, *orders: Sequence[ModelSpec]) -> None:
        self.offers: list[tuple[str, list[str]]] = []
        self._orders = orders

    def order(self, failure: Failure, candidates: Sequence[ModelSpec]) -> Sequence[ModelSpec]:
        self.offers.append((failure.spec.id, [candidate.id for candidate in candidates]))
        return self._orders[len(self.offers) - 1] if self._orders else candidates


def failed(model: ModelSpec) -> ScheduledDouble:
    return ScheduledDouble(model, failing(Overloaded, model.name))


def test_a_model_whose_window_is_too_small_is_not_offered_and_the_error_says_why() -> None:
    small, heard = answering(SMALL), Listening()

    with pytest.raises(
        AllModelsExhausted, match=r"anthropic/small was not asked: about .* tokens do not fit its window"
    ):
        AutoPickerLLM(failed(FIRST), [small], strategy=heard).complete(REQUEST)

    assert (heard.offers, small.requests) == ([(FIRST.id, [])], [])


def test_a_model_with_an_open_breaker_is_offered_again_once_it_has_closed() -> None:
    heard = Listening()
    second = answering(SECOND)
    second.broken = True

    def recovering(request: Request) -> Completion:
        second.broken = False
        raise failing(Overloaded)

    third = ScheduledDouble(THIRD, recovering)

    answer = AutoPickerLLM(failed(FIRST), [second, third], strategy=heard).complete(REQUEST)

    assert answer.text == SECOND.id
    assert heard.offers == [(FIRST.id, [THIRD.id]), (THIRD.id, [SECOND.id])]


def test_a_model_that_costs_more_than_is_left_or_nobody_knows_what_is_not_offered_under_a_cap() -> None:
    heard = Listening()
    prices = PriceList({SECOND.id: Decimal("0.30"), THIRD.id: Decimal("0.10")})
    unpriced = spec("unpriced", "anthropic")

    answer = AutoPickerLLM(
        failed(FIRST),
        [answering(SECOND), answering(unpriced), answering(THIRD)],
        strategy=heard,
        calculator=prices,
        affordable=lambda cost: cost <= Decimal("0.20"),
    ).complete(REQUEST)

    assert (answer.text, heard.offers) == (THIRD.id, [(FIRST.id, [THIRD.id])])


def test_a_real_price_of_a_real_request_decides_what_is_affordable() -> None:
    dear, cheap = spec("claude-opus-5-5", "anthropic"), spec("claude-haiku-5-5", "anthropic")
    asked: list[Decimal] = []

    def affordable(cost: Decimal) -> bool:
        asked.append(cost)
        return cost < Decimal("0.01")

    answer = AutoPickerLLM(failed(FIRST), [answering(dear), answering(cheap)], affordable=affordable).complete(REQUEST)

    assert answer.text == cheap.id
    assert asked[0] > asked[1] > 0


@pytest.mark.parametrize(
    ("counted", "priced"),
    [
        pytest.param(50_000, 50_000, id="the model was seen to count more than characters tell"),
        pytest.param(10, estimate_request(REQUEST), id="it was seen to count less"),
    ],
)
def test_as_many_tokens_are_to_be_affordable_as_will_be_set_aside_for(counted: int, priced: int) -> None:
    model = spec("claude-haiku-5-5", "anthropic")
    asked: list[Decimal] = []

    def affordable(cost: Decimal) -> bool:
        asked.append(cost)
        return True

    context = LargeContextFallback((), lambda request, name: counted)
    AutoPickerLLM(failed(FIRST), [answering(model)], context=context, affordable=affordable).complete(REQUEST)

    assert set(asked) == {CostCalculator().estimate(model, REQUEST, priced)}


def test_nobody_is_asked_when_nobody_knows_what_money_is_left_and_the_calls_so_far_are_kept() -> None:
    def lost(cost: Decimal) -> bool:
        raise LedgerUnavailable("the account cannot be reached; try again later")

    second = answering(SECOND)
    llm = AutoPickerLLM(failed(FIRST), [second], calculator=PriceList({SECOND.id: Decimal(1)}), affordable=lost)

    with pytest.raises(LedgerUnavailable) as caught:
        llm.complete(REQUEST)

    assert ([call.model for call in caught.value.calls], second.requests) == (["first"], [])


@pytest.mark.parametrize(
    ("schema", "offered"),
    [
        pytest.param(None, [WORDY.id, THIRD.id], id="no schema is asked for"),
        pytest.param({"type": "object"}, [THIRD.id], id="a schema is asked for"),
    ],
)
def test_a_model_that_cannot_be_held_to_a_schema_is_no_match_for_one_that_can(
    schema: dict[str, str] | None, offered: list[str]
) -> None:
    heard = Listening()

    AutoPickerLLM(failed(FIRST), [answering(WORDY), answering(THIRD)], strategy=heard).complete(
        replace(REQUEST, schema=schema)
    )

    assert heard.offers == [(FIRST.id, offered)]


def test_a_model_that_cannot_be_held_to_a_schema_is_better_than_none() -> None:
    llm = AutoPickerLLM(failed(FIRST), [answering(WORDY), failed(THIRD)])

    assert llm.complete(replace(REQUEST, schema={"type": "object"})).text == WORDY.id


def test_the_strategy_is_asked_after_every_failure_with_the_model_that_failed_last() -> None:
    heard = Listening()

    AutoPickerLLM(failed(FIRST), [failed(SECOND), answering(THIRD)], strategy=heard).complete(REQUEST)

    assert heard.offers == [(FIRST.id, [SECOND.id, THIRD.id]), (SECOND.id, [THIRD.id])]


def test_a_model_that_the_strategy_leaves_out_is_not_asked_any_more_and_the_error_says_so() -> None:
    heard = Listening([THIRD], [])
    second = answering(SECOND)

    with pytest.raises(AllModelsExhausted, match="anthropic/second was not asked: the fallback strategy left it out"):
        AutoPickerLLM(failed(FIRST), [second, failed(THIRD)], strategy=heard).complete(REQUEST)

    assert heard.offers == [(FIRST.id, [SECOND.id, THIRD.id]), (THIRD.id, [])]
    assert second.requests == []


def test_a_strategy_that_names_a_model_it_was_not_offered_is_at_fault() -> None:
    with pytest.raises(ValueError, match="Listening named gemini/third, which it was not offered"):
        AutoPickerLLM(failed(FIRST), [answering(SECOND)], strategy=Listening([THIRD])).complete(REQUEST)


def test_the_same_model_with_another_key_is_another_candidate() -> None:
    twins = [ScheduledDouble(SECOND, failing(Overloaded, "one key")), answering(SECOND)]

    assert AutoPickerLLM(failed(FIRST), twins).complete(REQUEST).text == SECOND.id
    assert [len(twin.requests) for twin in twins] == [1, 1]


def test_the_error_names_the_models_of_a_provider_that_refused_the_key() -> None:
    wrong_key = AuthenticationFailed("the key is wrong", status=401)

    with pytest.raises(
        AllModelsExhausted, match="the key is wrong; openai/sibling was not asked: its provider refused"
    ):
        AutoPickerLLM(ScheduledDouble(FIRST, wrong_key), [answering(spec("sibling"))]).complete(REQUEST)


def test_a_model_can_ask_whether_another_healthy_one_that_fits_and_can_be_paid_is_left() -> None:
    prices = PriceList({SECOND.id: Decimal("0.10"), THIRD.id: Decimal("0.30")})
    first, second, third = failed(FIRST), failed(SECOND), answering(THIRD)

    with pytest.raises(AllModelsExhausted):
        AutoPickerLLM(
            first, [second, third, answering(SMALL)], calculator=prices, affordable=lambda cost: cost < Decimal("0.20")
        ).complete(REQUEST)

    assert (first.ready, second.ready) == ([True], [False])


def test_a_model_without_fallbacks_is_told_that_there_is_none() -> None:
    only = answering(FIRST)

    AutoPickerLLM(only).complete(REQUEST)

    assert only.ready == [None]


@pytest.mark.parametrize("error", [None, LedgerUnavailable("the account cannot be reached")])
def test_no_model_is_ready_while_nobody_knows_what_money_is_left(error: LLMError | None) -> None:
    def affordable(cost: Decimal) -> bool:
        if error is not None:
            raise error
        return True

    first = answering(FIRST)
    llm = AutoPickerLLM(
        first, [answering(SECOND)], calculator=PriceList({SECOND.id: Decimal(1)}), affordable=affordable
    )

    llm.complete(REQUEST)

    assert first.ready == [error is None]
