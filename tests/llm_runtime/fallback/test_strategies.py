from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import llm_runtime.fallback
from llm_runtime import errors
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.errors import ContextTooLong, LLMError, MalformedOutput, Overloaded, RateLimited, Refused
from llm_runtime.fallback import FALLBACK_STRATEGIES, Figures
from llm_runtime.fallback.cost_optimized import CostOptimizedFallback
from llm_runtime.fallback.larger_window import LargerWindowFallback
from llm_runtime.fallback.latency_optimized import LatencyOptimizedFallback
from llm_runtime.fallback.sequential import SequentialFallback
from llm_runtime.fallback.smart import SmartFallback, family
from llm_runtime.fallback.strategy import Failure, FallbackStrategy
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request
from tests.llm_runtime.doubles import FakeClock, spec

REQUEST = Request(system="Be brief.", question="Why?", max_output_tokens=1_000)
FAILED = spec("gpt-a", "openai", window=200_000)
ERRORS: dict[str, Callable[[], LLMError]] = {
    "RateLimited": lambda: RateLimited("slow down"),
    "ContextTooLong": lambda: ContextTooLong("too long"),
    "Refused": lambda: Refused("no"),
    "MalformedOutput": lambda: MalformedOutput("no JSON"),
    "Overloaded": lambda: Overloaded("busy"),
    "TimedOut": lambda: errors.TimedOut("slow"),
}


def after(error: LLMError, request: Request = REQUEST) -> Failure:
    return Failure(request=request, spec=FAILED, error=error)


def names(specs: Sequence[ModelSpec]) -> list[str]:
    return [model.name for model in specs]


models = st.builds(
    spec,
    st.sampled_from(["gpt-b", "claude-c", "gemini-d", "llama-e", "o3"]),
    st.sampled_from(["openai", "anthropic", "gemini"]),
    window=st.sampled_from([8_000, 200_000, 400_000, 1_000_000]),
    schema=st.booleans(),
)


@given(
    st.sampled_from(sorted(FALLBACK_STRATEGIES)),
    st.sampled_from(sorted(ERRORS)),
    st.lists(models, max_size=6),
    st.dictionaries(st.text(), st.floats(0, 100)),
)
def test_every_strategy_offers_each_candidate_once_and_decides_the_same_each_time(
    name: str, error: str, candidates: list[ModelSpec], medians: dict[str, float]
) -> None:
    strategy = FALLBACK_STRATEGIES[name](Figures(estimate=CostCalculator(FakeClock()).estimate, p50=medians.get))

    order = strategy.order(after(ERRORS[error]()), candidates)

    assert sorted(order, key=repr) == sorted(candidates, key=repr)
    assert order == strategy.order(after(ERRORS[error]()), candidates)


def test_every_strategy_is_in_the_registry() -> None:
    modules = [
        importlib.import_module(f"llm_runtime.fallback.{module.name}")
        for module in pkgutil.iter_modules(llm_runtime.fallback.__path__)
    ]
    figures = Figures(estimate=lambda model, request: None, p50=lambda model: None)
    registered = {type(make(figures)) for make in FALLBACK_STRATEGIES.values()}
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    written = {kind for kind in classes if issubclass(kind, FallbackStrategy) and kind is not FallbackStrategy}

    # Not an order of its own: it goes around another strategy, for models that are kept for what is too long.
    assert written - {LargerWindowFallback} == registered


def test_smart_takes_the_smallest_larger_window_and_then_the_largest_of_the_others() -> None:
    candidates = [
        spec("same", window=200_000),
        spec("huge", window=1_000_000),
        spec("tiny", window=8_000),
        spec("large", window=400_000),
    ]

    order = SmartFallback().order(after(ContextTooLong("too long")), candidates)

    assert names(order) == ["large", "huge", "same", "tiny"]


def test_smart_prefers_models_that_can_be_held_to_a_schema_after_a_malformed_answer() -> None:
    candidates = [spec("loose", schema=False), spec("strict"), spec("free", schema=False), spec("firm")]

    order = SmartFallback().order(after(MalformedOutput("no JSON")), candidates)

    assert names(order) == ["strict", "firm", "loose", "free"]


def test_smart_leaves_a_provider_that_is_overloaded_for_last() -> None:
    candidates = [spec("gpt-b"), spec("claude-a", "anthropic"), spec("llama"), spec("gemini-a", "gemini")]

    order = SmartFallback().order(after(Overloaded("busy")), candidates)

    assert names(order) == ["claude-a", "gemini-a", "gpt-b", "llama"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("gpt-6.1-sol", "gpt", id="a plain name"),
        pytest.param("o4-mini", "gpt", id="the reasoning models of the same maker"),
        pytest.param("chatgpt-5-latest", "gpt", id="another name of the same maker"),
        pytest.param("ft:gpt-4o:acme::x1", "gpt", id="fine-tuned"),
        pytest.param("anthropic/claude-opus-5-5", "claude", id="behind a gateway"),
        pytest.param("Qwen3-Coder:30b", "qwen", id="a model on a machine of one's own"),
        pytest.param("4711", "4711", id="no letters"),
    ],
)
def test_a_family_is_the_first_word_of_a_name(name: str, expected: str) -> None:
    assert family(spec(name)) == expected


def test_the_cheapest_is_the_cheapest_for_this_request() -> None:
    # A short question with a long answer, and a long question with a short one: what is dear differs.
    prices = {
        "reads": lambda request: Decimal(len(request.question)),
        "writes": lambda request: Decimal(request.max_output_tokens),
    }
    strategy = CostOptimizedFallback(lambda model, request: prices[model.name](request))
    candidates = [spec("reads"), spec("writes")]
    long_answer = Request(system="", question="Why?", max_output_tokens=9_000)
    long_question = Request(system="", question="Why? " * 1_000, max_output_tokens=100)

    assert names(strategy.order(after(Refused("no"), long_answer), candidates)) == ["reads", "writes"]
    assert names(strategy.order(after(Refused("no"), long_question), candidates)) == ["writes", "reads"]


def test_real_prices_put_the_cheapest_first_and_what_has_none_last() -> None:
    strategy = CostOptimizedFallback(CostCalculator(FakeClock()).estimate)
    candidates = [
        spec("a-model-of-ours"),
        spec("claude-opus-5-5", "anthropic"),
        spec("claude-haiku-5-5", "anthropic"),
    ]

    order = strategy.order(after(Refused("no")), candidates)

    assert names(order) == ["claude-haiku-5-5", "claude-opus-5-5", "a-model-of-ours"]


def test_the_fastest_measured_model_comes_first_and_the_unmeasured_stay_in_their_order_behind() -> None:
    medians = {"openai/slow": 30.0, "openai/fast": 0.5}
    candidates = [spec("new"), spec("slow"), spec("newer"), spec("fast")]

    order = LatencyOptimizedFallback(medians.get).order(after(Refused("no")), candidates)

    assert names(order) == ["fast", "slow", "new", "newer"]


def test_new_measurements_count_at_once() -> None:
    medians = {"openai/first": 1.0, "openai/second": 2.0}
    strategy = LatencyOptimizedFallback(medians.get)
    candidates = [spec("first"), spec("second")]

    before = names(strategy.order(after(Refused("no")), candidates))
    medians["openai/first"] = 3.0

    assert (before, names(strategy.order(after(Refused("no")), candidates))) == (
        ["first", "second"],
        ["second", "first"],
    )


def test_in_sequence_the_configured_order_stays() -> None:
    candidates = [spec("b"), spec("a"), spec("c")]

    assert names(SequentialFallback().order(after(Refused("no")), candidates)) == ["b", "a", "c"]
