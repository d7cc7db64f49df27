from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from llm_runtime.cost.tracking import LocalCostTracker
from llm_runtime.events import CallEnded, FellBack
from llm_runtime.messages import Call

DOLLARS = st.decimals(min_value=0, max_value=1_000, places=12)


def call(cost: Decimal | str | None, model: str = "gpt-6.1-sol") -> Call:
    return Call(provider="openai", model=model, cost_usd=None if cost is None else Decimal(cost))


@given(costs=st.lists(DOLLARS, max_size=30))
def test_the_total_is_exact(costs: list[Decimal]) -> None:
    tracker = LocalCostTracker()

    for cost in costs:
        tracker.track_usage(call(cost))

    assert tracker.get_total_cost() == sum(costs)


def test_one_unknown_cost_leaves_the_total_unknown_and_the_known_part_known() -> None:
    tracker = LocalCostTracker()
    for each in (call("0.1"), call("0.2"), call(None, "a-new-one")):
        tracker.track_usage(each)

    assert tracker.get_total_cost() is None
    assert (tracker.known_cost, tracker.unpriced_calls) == (Decimal("0.3"), 1)
    assert tracker.by_model == {"openai/gpt-6.1-sol": Decimal("0.3"), "openai/a-new-one": None}


def test_a_tracker_that_observes_tracks_every_call() -> None:
    tracker = LocalCostTracker()

    tracker.record(CallEnded(call=call("0.1")))
    tracker.record(FellBack(failed="openai/gpt-6.1-sol", chosen="openai/gpt-6.1-terra", error="Overloaded"))
    tracker.close()

    assert tracker.get_total_cost() == Decimal("0.1")


def test_threads_add_up() -> None:
    tracker = LocalCostTracker()

    with ThreadPoolExecutor(8) as pool:
        for _ in range(400):
            pool.submit(tracker.track_usage, call("0.01"))

    assert tracker.get_total_cost() == Decimal(4)
