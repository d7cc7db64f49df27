"""Events become records: whose they are, what they cost, how long they waited; never what was said."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from llm_runtime.analytics.recorder import Recorder, milliseconds
from llm_runtime.analytics.records import (
    EventKind,
    Execution,
    Generation,
    Happening,
    Record,
    TaskResult,
    Trace,
    TraceEnded,
)
from llm_runtime.builder import LLMBuilder
from llm_runtime.credentials import Credential
from llm_runtime.errors import ModelNotFound
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
from llm_runtime.messages import Call, Completion, Exchange, Origin, PromptVariant, Request, Usage
from llm_runtime.origin import working_on
from llm_runtime.runtime import Runtime
from llm_runtime.scheduling.backoff import Backoff
from tests.llm_runtime.analytics.langfuse.records import TRACE_ID, trace
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, Step, completion

SECRET = "sk-live-4eC39HqLyjWDarjtT1zdp7dc"  # gitleaks:allow
CALL = Call(provider="openai", model="gpt-6.1-sol", usage=Usage(input_tokens=10), cost_usd=Decimal("0.1"), seconds=2.5)
ORIGIN = Origin(asker="security", question="q1", variant=PromptVariant("security", "1f"))


@dataclass
class Kept:
    """A sink that keeps what it is told."""

    records: list[Record] = field(default_factory=list)
    dropped: int = 0
    closed: bool = False

    def take(self, record: Record) -> None:
        assert not self.closed
        self.records.append(record)

    def flush(self, timeout_seconds: float) -> None:
        """There is nothing to wait for."""

    def close(self) -> None:
        self.closed = True

    @property
    def calls(self) -> list[Generation]:
        return [record for record in self.records if isinstance(record, Generation)]

    @property
    def events(self) -> list[Happening]:
        return [record for record in self.records if isinstance(record, Happening)]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def recorder(kept: Kept) -> Recorder:
    return Recorder(trace(), [kept], clock=FakeClock())


def asked(**fields: object) -> Request:
    given = {"system": "You review.", "question": f"key = {SECRET!r}", "origin": ORIGIN, **fields}
    return Request(**given)  # type: ignore[arg-type] # filled in by the tests


def test_nothing_is_told_before_there_is_something_to_tell_and_then_the_trace_comes_first(
    recorder: Recorder, kept: Kept
) -> None:
    assert kept.records == []

    recorder.finish("done")
    recorder.finish("done", posted=True)

    assert [type(record) for record in kept.records] == [Trace, TraceEnded, TraceEnded]


def test_a_call_is_booked_on_whoever_asked_with_all_that_is_known_of_it(recorder: Recorder, kept: Kept) -> None:
    answer = replace(completion("fine"), model="gpt-6.1-sol-2026-10-01")
    recorder.record(CallEnded(call=CALL, id="ab" * 8, request=asked(), completion=answer, tier="tier2", role="primary"))

    (one,) = kept.calls
    assert (one.trace, one.id, one.asker, one.question, one.variant) == (
        TRACE_ID,
        "ab" * 8,
        "security",
        "q1",
        ORIGIN.variant,
    )
    assert (one.provider, one.model, one.served) == ("openai", "gpt-6.1-sol", "gpt-6.1-sol-2026-10-01")
    assert (one.tier, one.role, one.latency_ms, one.cost_usd, one.error) == (
        "tier2",
        "primary",
        2_500,
        CALL.cost_usd,
        None,
    )


def test_texts_are_digests_and_lengths_unless_somebody_wants_them(kept: Kept) -> None:
    event = CallEnded(call=CALL, request=asked(), completion=completion("an answer"))
    Recorder(trace(), [kept], clock=FakeClock()).record(event)
    Recorder(trace(), [kept], clock=FakeClock(), keep_content=True).record(event)

    without, full = kept.calls
    assert SECRET not in repr(without)
    assert without.answer is not None
    assert without.prompt is not None
    assert (without.answer.characters, without.answer.content) == (9, None)
    assert without.answer.digest == hashlib.sha256(b"an answer").hexdigest()
    assert full.prompt is not None
    assert SECRET in (full.prompt.content or "")
    assert full.prompt.digest == without.prompt.digest


def test_texts_of_errors_are_never_told(recorder: Recorder, kept: Kept) -> None:
    failed = Call(provider="openai", model="m", error="BadRequest", detail=f"your key {SECRET}")
    recorder.record(CallEnded(call=failed))
    recorder.record(LedgerLost(detail=f"redis://:{SECRET}@host"))

    assert SECRET not in repr(kept.records)


def test_how_long_a_call_waited_is_told_with_it_and_once(recorder: Recorder, kept: Kept) -> None:
    with working_on(ORIGIN):
        for seconds in (1.5, 2.0):
            recorder.record(Waited(provider="openai", model="gpt-6.1-sol", seconds=seconds, reason=WaitReason.BACKOFF))
        recorder.record(Waited(provider="openai", model="another", seconds=9.0, reason=WaitReason.RATE_LIMIT))
        with working_on(Origin(asker="bugs", question="q2")):
            recorder.record(CallEnded(call=CALL))
        recorder.record(CallEnded(call=CALL))
        recorder.record(CallEnded(call=CALL))

    assert [(call.asker, call.wait_ms) for call in kept.calls] == [("bugs", 0), ("security", 3_500), ("security", 0)]
    assert [(event.kind, event.seconds, event.data["reason"]) for event in kept.events][:1] == [
        (EventKind.WAIT, 1.5, "backoff")
    ]


@pytest.mark.parametrize(
    ("event", "kind", "told"),
    [
        pytest.param(
            FellBack(failed="openai/a", chosen="anthropic/b", error="Overloaded"),
            EventKind.FALLBACK,
            ("openai", "a", None, "Overloaded", {"chosen": "anthropic/b"}),
            id="a fallback",
        ),
        pytest.param(
            BreakerOpened(provider="openai", model="a", error="QuotaExhausted", seconds=90.0),
            EventKind.BREAKER,
            ("openai", "a", 90.0, "QuotaExhausted", {}),
            id="an open breaker",
        ),
        pytest.param(
            BudgetNearlySpent(account="repository:acme/shop", spent=Decimal("0.81"), cap=Decimal(1)),
            EventKind.BUDGET,
            ("", "", None, None, {"account": "repository:acme/shop", "spent_usd": "0.81", "cap_usd": "1"}),
            id="a budget",
        ),
        pytest.param(
            PriceUnknown(provider="openai", model="a"),
            EventKind.PRICE_UNKNOWN,
            ("openai", "a", None, None, {}),
            id="price",
        ),
        pytest.param(
            LimitsUnknown(provider="openai", model="a"),
            EventKind.LIMITS_UNKNOWN,
            ("openai", "a", None, None, {}),
            id="limits",
        ),
        pytest.param(LedgerLost(detail="x"), EventKind.LEDGER_LOST, ("", "", None, None, {}), id="a lost ledger"),
        pytest.param(LedgerFound(), EventKind.LEDGER_FOUND, ("", "", None, None, {}), id="a ledger that is back"),
    ],
)
def test_what_happens_beside_the_calls_is_told(
    recorder: Recorder, kept: Kept, event: Event, kind: EventKind, told: tuple[object, ...]
) -> None:
    with working_on(ORIGIN):
        recorder.record(event)

    (one,) = kept.events
    assert (one.kind, one.asker, one.at) == (kind, "security", FakeClock().now())
    assert (one.provider, one.model, one.seconds, one.error, dict(one.data)) == told


def test_an_answer_that_has_to_be_repaired_is_told_as_malformed(recorder: Recorder, kept: Kept) -> None:
    again = asked(exchanges=(Exchange("not JSON", "Answer again."),))
    recorder.record(CallEnded(call=CALL, request=again))
    recorder.record(CallEnded(call=Call(provider="openai", model="m", error="MalformedOutput"), request=asked()))

    assert [(call.round, call.error) for call in kept.calls] == [(1, None), (0, "MalformedOutput")]
    assert [event.kind for event in kept.events] == [EventKind.MALFORMED] * 2


def test_what_a_cache_served_is_told_of_requests_that_share_their_beginning(recorder: Recorder, kept: Kept) -> None:
    usage = Usage(input_tokens=100, cached_input_tokens=60, cache_write_tokens=30)
    call = Call(provider="anthropic", model="m", usage=usage)
    recorder.record(CallEnded(call=call, request=asked(shared=True)))
    recorder.record(CallEnded(call=call, request=asked()))

    (event,) = kept.events
    assert (event.kind, dict(event.data)) == (EventKind.CACHE, {"read_tokens": 60, "written_tokens": 30})


def test_a_call_that_nobody_waited_for_is_of_unknown_cost(recorder: Recorder, kept: Kept) -> None:
    sent = datetime(2026, 11, 20, tzinfo=UTC)
    told = Call(provider="openai", model="m", error="Interrupted", detail="stopped", started_at=sent)
    recorder.interrupted(ORIGIN, [told])

    (one,) = kept.calls
    assert (one.asker, one.error, one.cost_usd, one.usage) == ("security", "Interrupted", None, None)
    assert one.started_at == sent


def test_an_interrupted_call_that_ends_while_the_books_are_closed_is_booked_once(kept: Kept) -> None:
    class Slow(Kept):
        """Somebody on whom others wait."""

        def close(self) -> None:
            telling.record(CallEnded(call=Call(provider="openai", model="m", cost_usd=Decimal(1))))

    telling = Recorder(trace(), [Slow(), kept])
    telling.interrupted(ORIGIN, [Call(provider="openai", model="m", error="Interrupted")])

    telling.close()

    assert [one.error for one in kept.calls] == ["Interrupted"]


def test_an_interrupted_call_that_fails_before_the_books_are_closed_is_booked_once(
    recorder: Recorder, kept: Kept
) -> None:
    recorder.interrupted(ORIGIN, [Call(provider="openai", model="m", error="Interrupted")])

    recorder.record(CallEnded(call=Call(provider="openai", model="m", error="ConnectionFailed")))

    assert [one.error for one in kept.calls] == ["Interrupted"]


def test_how_a_question_ended_and_what_reviewers_brought_is_told(recorder: Recorder, kept: Kept) -> None:
    recorder.ended(ORIGIN, "repaired", findings=2)
    recorder.brought([TaskResult(trace=TRACE_ID, reviewer="security", findings=2)])

    execution, result = kept.records[1:]
    assert isinstance(execution, Execution)
    assert (execution.question, execution.outcome, execution.findings) == ("q1", "repaired", 2)
    assert isinstance(result, TaskResult)


def test_what_one_sink_has_lost_is_told_to_the_next(kept: Kept) -> None:
    lossy = Kept(dropped=3)
    recorder = Recorder(trace(), [lossy, kept], clock=FakeClock())

    recorder.close()

    assert lossy.closed
    assert kept.closed
    (event,) = kept.events
    assert (event.kind, event.data["records"]) == (EventKind.DROPPED, 3)
    assert recorder.lost == 3


class Provider(ScriptedLLM):
    """A vendor that follows a script."""

    def close(self) -> None:
        """There is nothing to close."""

    def verify(self) -> None:
        raise NotImplementedError


@contextmanager
def _chain(kept: Kept) -> Iterator[Callable[[Request], Completion]]:
    """A primary that is gone, and a stand-in that is there."""
    answers: Mapping[str, Step] = {
        "gpt-6.1-sol": ModelNotFound("gone", provider="openai", model="gpt-6.1-sol"),
        "gpt-6.1-terra": completion(),
    }
    clock = FakeClock()
    runtime = Runtime(
        {"openai": Credential(api_key="sk-…")},
        clock=clock,
        observer=Recorder(trace(), [kept], clock=clock),
        connect=lambda spec, _: Provider(spec, answers[spec.name]),
    )
    builder = LLMBuilder(runtime=runtime).with_tier("tier2").with_scheduling(backoff=Backoff(max_retries=0))
    with builder.with_primary("openai/gpt-6.1-sol").with_fallback("openai/gpt-6.1-terra").build() as llm:
        yield llm.complete


def test_a_chain_of_models_books_every_attempt_with_its_role_and_tier(kept: Kept) -> None:
    with _chain(kept) as complete:
        complete(Request(system="s", question="q", origin=ORIGIN))

    assert [(call.model, call.role, call.error) for call in kept.calls] == [
        ("gpt-6.1-sol", "primary", "ModelNotFound"),
        ("gpt-6.1-terra", "fallback", None),
    ]
    assert {call.asker for call in kept.calls} == {event.asker for event in kept.events} == {"security"}
    assert {call.tier for call in kept.calls} == {"tier2"}
    assert len({call.id for call in kept.calls}) == 2
    answered = kept.calls[1]
    assert answered.costs is not None
    assert answered.costs.total == answered.cost_usd


@pytest.mark.parametrize(
    ("seconds", "whole"), [(0.0, 0), (0.0004, 0), (1.2345, 1_234), (timedelta(days=300).total_seconds(), 2**31 - 1)]
)
def test_durations_are_whole_milliseconds_that_a_column_takes(seconds: float, whole: int) -> None:
    assert milliseconds(seconds) == whole


def test_work_whose_end_nobody_told_is_ended_by_whoever_leaves_it_and_other_work_is_not(kept: Kept) -> None:
    untouched, told, silent = (Recorder(trace(id=name), [kept], clock=FakeClock()) for name in "abc")
    told.finish("superseded")
    silent.record(CallEnded(call=CALL))

    for recorder in (untouched, told, silent):
        recorder.leave("done")

    ends = [(record.trace, record.status) for record in kept.records if isinstance(record, TraceEnded)]
    assert ends == [("b", "superseded"), ("c", "done")]
