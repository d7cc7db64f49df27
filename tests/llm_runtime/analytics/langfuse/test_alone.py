from __future__ import annotations

import gzip
import sys
import typing
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.metered import MeteredLLM
from llm_runtime.errors import RateLimited
from llm_runtime.events import (
    BreakerOpened,
    BudgetNearlySpent,
    CallEnded,
    Event,
    FellBack,
    LedgerFound,
    LedgerLost,
    LimitsUnknown,
    PriceUnknown,
    Waited,
    WaitReason,
)
from llm_runtime.messages import Call, Origin, Request
from tests.fakes.langfuse import FakeLangfuse
from tests.llm_runtime.analytics.langfuse import records
from tests.llm_runtime.analytics.langfuse.connecting import tracker
from tests.llm_runtime.analytics.langfuse.records import BEGAN, USAGE
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, completion, spec

CALL = Call(
    provider="openai",
    model="gpt-6.1-sol",
    usage=USAGE,
    cost_usd=Decimal("0.0123"),
    started_at=BEGAN,
    seconds=2.5,
)
EVENTS: dict[str, Event] = {
    "wait": Waited(provider="openai", model="gpt-6.1-sol", seconds=1.5, reason=WaitReason.RATE_LIMIT),
    "fallback": FellBack(failed="openai/gpt-6.1-sol", chosen="anthropic/claude-opus-5-5", error="Overloaded"),
    "breaker": BreakerOpened(provider="openai", model="gpt-6.1-sol", error="QuotaExhausted", seconds=90.0),
    "budget": BudgetNearlySpent(account="review:7", spent=Decimal("0.81"), cap=Decimal(1)),
    "price unknown": PriceUnknown(provider="openai", model="a-new-one"),
    "limits unknown": LimitsUnknown(provider="openai", model="a-new-one"),
    "ledger lost": LedgerLost(detail="redis://user:secret@host cannot be reached"),
    "ledger found": LedgerFound(),
}


def test_a_call_is_a_generation_with_model_usage_cost_and_real_times(langfuse: FakeLangfuse) -> None:
    alone = tracker(langfuse)

    alone.track_usage(CALL)
    alone.close()

    (generation,) = langfuse.of_type("generation")
    assert generation.name == "openai/gpt-6.1-sol"
    assert (generation.start, generation.end) == (BEGAN, BEGAN + timedelta(seconds=2.5))
    assert generation.get("model.name") == "gpt-6.1-sol"
    assert generation.get("cost_details") == {"total": 0.0123}
    assert generation.get("usage_details")["total"] == 1_200


def test_a_failed_call_names_the_error_and_nothing_of_its_text(langfuse: FakeLangfuse) -> None:
    alone = tracker(langfuse)

    alone.track_usage(
        Call(
            provider="openai",
            model="gpt-6.1-sol",
            started_at=BEGAN,
            error="RateLimited",
            detail="def password_of(customer): return 'hunter2'",
        )
    )
    alone.close()

    (generation,) = langfuse.of_type("generation")
    assert (generation.get("level"), generation.get("status_message")) == ("ERROR", "RateLimited")
    assert generation.get("usage_details") is None
    assert not any(b"hunter2" in gzip.decompress(request.body) for request in langfuse.requests)


def test_a_call_that_nobody_timed_ends_now(langfuse: FakeLangfuse) -> None:
    alone = tracker(langfuse)

    alone.track_usage(Call(provider="openai", model="gpt-6.1-sol", seconds=2.0))
    alone.close()

    (generation,) = langfuse.of_type("generation")
    assert (generation.start, generation.end) == (BEGAN - timedelta(seconds=2), BEGAN)


def test_every_kind_of_event_is_known() -> None:
    assert {type(event) for event in EVENTS.values()} | {CallEnded} == set(typing.get_args(Event))


def test_what_happens_between_calls_is_an_event_without_texts_from_outside(langfuse: FakeLangfuse) -> None:
    alone = tracker(langfuse)

    for event in EVENTS.values():
        alone.record(event)
    alone.close()

    assert {event.name for event in langfuse.of_type("event")} == EVENTS.keys()
    assert not any(b"secret" in gzip.decompress(request.body) for request in langfuse.requests)


def test_all_of_it_is_in_one_trace_whose_root_lasts_until_the_end(langfuse: FakeLangfuse) -> None:
    clock = FakeClock(BEGAN)
    alone = tracker(langfuse, clock=clock)

    alone.track_usage(CALL)
    alone.record(EVENTS["wait"])
    clock.advance(90)
    alone.close()

    assert len({each.trace_id for each in langfuse.observations}) == 1
    (root,) = (each for each in langfuse.of_type("span") if not each.parent)
    assert (root.name, root.start, root.end) == ("calls", BEGAN, BEGAN + timedelta(seconds=90))


def test_the_trace_can_be_given(langfuse: FakeLangfuse) -> None:
    alone = tracker(langfuse, trace=records.trace())

    alone.track_usage(CALL)
    alone.close()

    assert {each.trace_id for each in langfuse.observations} == {records.TRACE_ID}


def test_a_tracker_that_was_told_nothing_sends_nothing(langfuse: FakeLangfuse) -> None:
    alone = tracker(langfuse)

    alone.close()

    assert langfuse.requests == []


def test_its_total_is_that_of_all_calls(langfuse: FakeLangfuse) -> None:
    alone = tracker(langfuse)

    with ThreadPoolExecutor(8) as pool:
        for _ in range(100):
            pool.submit(alone.track_usage, CALL)
    known = alone.get_total_cost()
    alone.track_usage(Call(provider="openai", model="a-new-one"))
    alone.close()

    assert len(langfuse.of_type("generation")) == 101
    assert known == Decimal("1.23")
    assert alone.get_total_cost() is None


def test_a_metered_call_arrives_attempt_by_attempt_in_the_span_of_who_asked(langfuse: FakeLangfuse) -> None:
    clock = FakeClock(BEGAN)
    alone = tracker(langfuse, clock=clock)
    llm = MeteredLLM(
        ScriptedLLM(spec(), RateLimited("later"), completion()), CostCalculator(clock), clock, observer=alone
    )
    request = Request(system="", question="Why?", origin=Origin(asker="security", question="q1"))

    with pytest.raises(RateLimited):
        llm.complete(request)
    llm.complete(request)
    alone.close()

    generations = langfuse.of_type("generation")
    assert sorted(each.get("level") for each in generations) == ["DEFAULT", "ERROR"]
    (reviewer,) = (each for each in langfuse.of_type("span") if each.name == "security")
    assert {each.parent for each in generations} == {reviewer.id}
    assert not any(b"Why?" in gzip.decompress(each.body) for each in langfuse.requests)


def test_without_the_extra_the_cure_is_named(langfuse: FakeLangfuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langfuse", None)

    with pytest.raises(ModuleNotFoundError, match=r"install it with pip install 'quartet-review\[langfuse\]'"):
        tracker(langfuse)
