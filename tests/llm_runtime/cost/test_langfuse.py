from __future__ import annotations

import gzip
import itertools
import subprocess
import sys
import textwrap
import threading
import time
import typing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from langfuse._client.resource_manager import LangfuseResourceManager
from opentelemetry import trace

from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.langfuse import LangfuseCostTracker, usage_details
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
from llm_runtime.messages import Call, Request, Usage
from tests.fakes.langfuse import SECRET_KEY, FakeLangfuse, Observation
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, completion, spec

SENT = datetime(2026, 11, 21, 8, 0, 0, 123_456, tzinfo=UTC)
CALL = Call(
    provider="openai",
    model="gpt-6.1-sol",
    usage=Usage(
        input_tokens=1_000, cached_input_tokens=600, cache_write_tokens=100, output_tokens=200, reasoning_tokens=150
    ),
    cost_usd=Decimal("0.0123"),
    started_at=SENT,
    seconds=2.5,
)
EVENTS: dict[str, Event] = {
    "wait": Waited(provider="openai", model="gpt-6.1-sol", seconds=1.5, reason=WaitReason.RATE_LIMIT),
    "fallback": FellBack(failed="openai/gpt-6.1-sol", chosen="anthropic/claude-opus-5-5", error="Overloaded"),
    "breaker opened": BreakerOpened(provider="openai", model="gpt-6.1-sol", error="QuotaExhausted", seconds=90.0),
    "budget nearly spent": BudgetNearlySpent(account="review:7", spent=Decimal("0.81"), cap=Decimal(1)),
    "price unknown": PriceUnknown(provider="openai", model="a-new-one"),
    "limits unknown": LimitsUnknown(provider="openai", model="a-new-one"),
    "ledger lost": LedgerLost(detail="redis://user:secret@host cannot be reached"),
    "ledger found": LedgerFound(),
}
_KEYS = itertools.count()


@pytest.fixture
def langfuse() -> Iterator[FakeLangfuse]:
    # The SDK keeps one connection for each public key in a process, so every test takes a key of its own.
    with FakeLangfuse(public_key=f"pk-lf-{next(_KEYS)}") as server:
        yield server
        _disconnect(server.public_key)


def _disconnect(public_key: str) -> None:
    """What the SDK leaves to the end of the process: threads and connections."""
    with LangfuseResourceManager._lock:
        manager = LangfuseResourceManager._instances.pop(public_key, None)
    if manager is not None and manager.tracer_provider is not None:
        manager.tracer_provider.shutdown()
        manager.shutdown()
        manager.httpx_client.close()


def tracker(server: FakeLangfuse, **fields: Any) -> LangfuseCostTracker:
    fields = {"trace_seed": "acme/shop#7@c0ffee", "trace_name": "review", "clock": FakeClock(SENT), **fields}
    return LangfuseCostTracker(public_key=server.public_key, secret_key=SECRET_KEY, base_url=server.url, **fields)


def test_a_call_is_a_generation_with_model_usage_cost_and_real_times(langfuse: FakeLangfuse) -> None:
    traced = tracker(langfuse)

    traced.track_usage(CALL)
    traced.close()

    (generation,) = langfuse.of_type("generation")
    assert generation.name == "openai/gpt-6.1-sol"
    assert (generation.start, generation.end) == (SENT, SENT + timedelta(seconds=2.5))
    assert generation.get("model.name") == "gpt-6.1-sol"
    assert generation.get("level") == "DEFAULT"
    assert generation.get("cost_details") == {"total": 0.0123}
    assert generation.get("usage_details") == {
        "input": 300,
        "input_cached_tokens": 600,
        "input_cache_creation": 100,
        "output": 50,
        "output_reasoning_tokens": 150,
        "total": 1_200,
    }
    assert generation.get("metadata.provider") == "openai"


def test_a_failed_call_is_a_generation_that_names_the_error_and_nothing_of_its_text(langfuse: FakeLangfuse) -> None:
    traced = tracker(langfuse)

    traced.track_usage(
        Call(
            provider="openai",
            model="gpt-6.1-sol",
            cost_usd=Decimal(0),
            started_at=SENT,
            error="RateLimited",
            detail="def password_of(customer): return 'hunter2'",
        )
    )
    traced.close()

    (generation,) = langfuse.of_type("generation")
    assert (generation.get("level"), generation.get("status_message")) == ("ERROR", "RateLimited")
    assert generation.get("usage_details") is None
    assert not any(b"hunter2" in _unzipped(request.body) for request in langfuse.requests)


def test_an_unknown_cost_is_not_sent_as_zero(langfuse: FakeLangfuse) -> None:
    traced = tracker(langfuse)

    traced.track_usage(Call(provider="openai", model="a-new-one", usage=CALL.usage, started_at=SENT))
    traced.close()

    (generation,) = langfuse.of_type("generation")
    assert generation.get("cost_details") is None
    assert generation.get("metadata.priced") is False
    assert traced.get_total_cost() is None


def test_a_call_that_nobody_timed_ends_now(langfuse: FakeLangfuse) -> None:
    traced = tracker(langfuse)

    traced.track_usage(Call(provider="openai", model="gpt-6.1-sol", seconds=2.0))
    traced.close()

    (generation,) = langfuse.of_type("generation")
    assert (generation.start, generation.end) == (SENT - timedelta(seconds=2), SENT)


def test_every_kind_of_event_is_known() -> None:
    assert {type(event) for event in EVENTS.values()} | {CallEnded} == set(typing.get_args(Event))


@pytest.mark.parametrize("name", EVENTS)
def test_what_happens_between_calls_is_an_event(langfuse: FakeLangfuse, name: str) -> None:
    traced = tracker(langfuse)

    traced.record(EVENTS[name])
    traced.close()

    (event,) = langfuse.of_type("event")
    assert (event.name, event.start, event.end) == (name, SENT, SENT)
    assert event.get("level") == ("DEFAULT" if name in {"wait", "ledger found"} else "WARNING")


def test_an_event_says_what_happened(langfuse: FakeLangfuse) -> None:
    traced = tracker(langfuse)

    for name in ("wait", "fallback"):
        traced.record(EVENTS[name])
    traced.close()

    wait, fallback = sorted(langfuse.of_type("event"), key=lambda event: event.name != "wait")
    assert (wait.get("metadata.seconds"), wait.get("metadata.reason")) == (1.5, "rate limit")
    assert fallback.get("status_message") == "Overloaded"
    assert fallback.get("metadata.chosen") == "anthropic/claude-opus-5-5"


def test_what_a_ledger_says_when_it_is_lost_is_not_sent(langfuse: FakeLangfuse) -> None:
    traced = tracker(langfuse)

    traced.record(EVENTS["ledger lost"])
    traced.close()

    assert not any(b"secret" in _unzipped(request.body) for request in langfuse.requests)


def test_everything_is_in_one_trace_under_one_root(langfuse: FakeLangfuse) -> None:
    traced = tracker(
        langfuse,
        session_id="acme/shop#7",
        user_id="installation 4711",
        tags=["interactive"],
        metadata={"head": "c0ffee"},
    )

    traced.record(CallEnded(call=CALL))
    traced.record(EVENTS["wait"])
    traced.close()

    (root,) = langfuse.of_type("span")
    assert {each.trace_id for each in langfuse.observations} == {traced.trace_id}
    assert {each.parent for each in langfuse.observations if each is not root} == {root.id}
    assert [_trace(each) for each in langfuse.observations] == [
        ("review", "acme/shop#7", "installation 4711", ["interactive"], '"c0ffee"')
    ] * 3


def test_the_root_lasts_as_long_as_the_run(langfuse: FakeLangfuse) -> None:
    clock = FakeClock(SENT)
    traced = tracker(langfuse, clock=clock)

    clock.advance(90)
    traced.close()

    (root,) = langfuse.of_type("span")
    assert (root.name, root.start, root.end) == ("review", SENT, SENT + timedelta(seconds=90))


def test_the_same_seed_is_the_same_trace(langfuse: FakeLangfuse) -> None:
    runs = [tracker(langfuse), tracker(langfuse), tracker(langfuse, trace_seed="another")]
    for run in runs:
        run.close()

    assert runs[0].trace_id == runs[1].trace_id != runs[2].trace_id
    assert len(runs[0].trace_id) == 32


def test_the_tracer_of_the_program_stays_its_own(langfuse: FakeLangfuse) -> None:
    before = trace.get_tracer_provider()

    tracker(langfuse).close()

    assert trace.get_tracer_provider() is before
    assert isinstance(before, trace.ProxyTracerProvider)


def test_closing_twice_sends_the_root_once(langfuse: FakeLangfuse) -> None:
    traced = tracker(langfuse)

    traced.close()
    traced.close()

    assert len(langfuse.of_type("span")) == 1


def test_what_is_flushed_has_arrived(langfuse: FakeLangfuse) -> None:
    traced = tracker(langfuse)

    traced.track_usage(CALL)
    traced.flush()
    arrived = len(langfuse.of_type("generation"))
    traced.close()

    assert arrived == 1


def test_a_metered_call_arrives_attempt_by_attempt(langfuse: FakeLangfuse) -> None:
    clock = FakeClock(SENT)
    traced = tracker(langfuse, clock=clock)
    llm = MeteredLLM(
        ScriptedLLM(spec(), RateLimited("later"), completion()), CostCalculator(clock), clock, observer=traced
    )

    with pytest.raises(RateLimited):
        llm.complete(Request(system="", question="Why?"))
    llm.complete(Request(system="", question="Why?"))
    traced.close()

    assert sorted(generation.get("level") for generation in langfuse.of_type("generation")) == ["DEFAULT", "ERROR"]
    assert traced.get_total_cost() == Decimal("0.003")


def test_threads_share_a_trace(langfuse: FakeLangfuse) -> None:
    traced = tracker(langfuse)

    with ThreadPoolExecutor(8) as pool:
        for _ in range(100):
            pool.submit(traced.track_usage, CALL)
    traced.close()

    assert len(langfuse.of_type("generation")) == 100
    assert traced.get_total_cost() == Decimal("1.23")


def test_a_langfuse_that_does_not_answer_slows_no_call(langfuse: FakeLangfuse) -> None:
    langfuse.silent = True
    traced = tracker(langfuse, timeout_seconds=1)
    flushing = threading.Thread(target=traced.flush)

    traced.track_usage(CALL)
    flushing.start()
    assert langfuse.asked.wait(10)
    before = time.monotonic()
    for _ in range(100):
        traced.track_usage(CALL)
    took = time.monotonic() - before
    asked_while_recording = flushing.is_alive()
    langfuse.silent = False
    flushing.join()
    traced.close()

    assert asked_while_recording
    assert took < 1.0


@pytest.mark.parametrize("status", [401, 503])
def test_a_langfuse_that_refuses_fails_no_call_and_leaves_no_traceback(
    langfuse: FakeLangfuse, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    langfuse.refuse = status
    traced = tracker(langfuse, timeout_seconds=1)

    traced.track_usage(CALL)
    traced.close()

    assert traced.get_total_cost() == CALL.cost_usd
    assert caplog.records
    assert not any(record.exc_info for record in caplog.records)
    assert not any(SECRET_KEY in record.getMessage() for record in caplog.records)


def test_a_langfuse_that_is_not_there_ends_with_its_patience() -> None:
    with FakeLangfuse(public_key=f"pk-lf-{next(_KEYS)}") as gone:
        pass
    traced = tracker(gone, timeout_seconds=1)

    before = time.monotonic()
    traced.track_usage(CALL)
    traced.close()
    took = time.monotonic() - before
    _disconnect(gone.public_key)

    assert took < 5.0


def test_a_forked_worker_sends_its_own_calls_before_it_ends(langfuse: FakeLangfuse) -> None:
    script = f"""
        import os
        from llm_runtime.cost.langfuse import LangfuseCostTracker
        from llm_runtime.messages import Call

        def traced(seed):
            return LangfuseCostTracker(
                public_key={langfuse.public_key!r}, secret_key={SECRET_KEY!r}, base_url={langfuse.url!r},
                trace_seed=seed, trace_name="review",
            )

        parent = traced("parent")
        parent.track_usage(Call(provider="openai", model="of the parent"))
        worker = os.fork()
        if worker == 0:
            child = traced("child")
            child.track_usage(Call(provider="openai", model="of the child"))
            child.close()
            os._exit(0)
        assert os.waitpid(worker, 0)[1] == 0
        parent.close()
    """

    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, timeout=50)

    models = [generation.get("model.name") for generation in langfuse.of_type("generation")]
    assert sorted(models) == ["of the child", "of the parent"]


def test_without_the_extra_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langfuse", None)

    with pytest.raises(ModuleNotFoundError, match=r"install it with pip install 'quartet-review\[langfuse\]'"):
        LangfuseCostTracker(public_key="pk", secret_key="sk", trace_seed="s", trace_name="n")


def test_a_server_that_counts_cached_tokens_apart_has_no_negative_input() -> None:
    assert usage_details(Usage(input_tokens=10, cached_input_tokens=100))["input"] == 0


def _trace(each: Observation) -> tuple[Any, ...]:
    names = ("langfuse.trace.name", "session.id", "user.id", "langfuse.trace.tags", "langfuse.trace.metadata.head")
    return tuple(each.attributes.get(name) for name in names)


def _unzipped(body: bytes) -> bytes:
    return gzip.decompress(body)
