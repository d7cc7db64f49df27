from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest

from llm_runtime.errors import (
    AuthenticationFailed,
    BadRequest,
    BudgetExceeded,
    Cancelled,
    CircuitOpen,
    LLMError,
    ModelNotFound,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    ServerFailed,
    TruncatedOutput,
    WouldWaitTooLong,
)
from llm_runtime.events import BreakerOpened, Event, Waited, WaitReason
from llm_runtime.feedback import Allowance, RateLimitFeedback
from llm_runtime.messages import Usage
from llm_runtime.scheduling.backoff import FinalAttempt, GiveUp, History, RetryAfter
from llm_runtime.scheduling.breakers import Breakers
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.scheduling.ledger import Answer, Ask, Granted, Priority, Wait
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits, Shape
from llm_runtime.scheduling.patience import Patience
from llm_runtime.scheduling.proactive import ProactiveRateLimitScheduler
from llm_runtime.scheduling.queue import LocalQueue
from llm_runtime.scheduling.strategy import Estimate
from tests.llm_runtime.doubles import FakeClock, completion

KEY = LimitKey(provider="anthropic", credential="c0ffee", model="claude-opus-5-5")
STRICT = RateLimits(requests_per_minute=60, shape=Shape(burst=1))
TOKENS = RateLimits(input_tokens_per_minute=10_000, output_tokens_per_minute=10_000, shape=Shape(token_burst=1))
FAR = 1e9


class Answers(MemoryLedger):
    """Answers as it is told, whatever it is asked; keeps the questions."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__(FakeClock())
        self._answers = iter(answers)
        self.asked: list[Ask] = []

    def reserve(self, ask: Ask) -> Answer:
        self.asked.append(ask)
        return next(self._answers)


class Recorder:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def record(self, event: Event) -> None:
        self.events.append(event)


def estimate(tokens: int = 1_000, output: int = 100) -> Estimate:
    return Estimate(input_tokens=tokens, output_tokens=output, output_limit=4_000)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def events() -> Recorder:
    return Recorder()


@pytest.fixture
def make(clock: FakeClock, events: Recorder) -> Any:
    ledger = MemoryLedger(clock)

    def scheduler(limits: RateLimits = STRICT, **fields: Any) -> ProactiveRateLimitScheduler:
        fields.setdefault("clock", clock)
        return ProactiveRateLimitScheduler(KEY, limits, fields.pop("ledger", ledger), observer=events, **fields)

    return scheduler


def test_the_second_call_waits_exactly_as_long_as_it_has_to(make: Any, clock: FakeClock, events: Recorder) -> None:
    scheduler = make()
    scheduler.reserve(estimate(), deadline=FAR)

    reservation = scheduler.reserve(estimate(), deadline=FAR)

    assert clock.waits == [pytest.approx(60 / 58)]
    assert reservation.waited_seconds == pytest.approx(60 / 58)
    assert events.events == [
        Waited(
            provider="anthropic",
            model="claude-opus-5-5",
            seconds=reservation.waited_seconds,
            reason=WaitReason.RATE_LIMIT,
        )
    ]


def test_nobody_sleeps_for_a_wait_beyond_the_patience(make: Any, clock: FakeClock) -> None:
    scheduler = make(RateLimits(requests_per_minute=1))
    scheduler.reserve(estimate(), deadline=FAR)

    with pytest.raises(WouldWaitTooLong) as raised:
        make(RateLimits(requests_per_minute=1), patience=Patience(priority=Priority.INTERACTIVE)).reserve(
            estimate(), deadline=FAR
        )

    assert raised.value.eta == pytest.approx(60)
    assert clock.waits == []
    assert str(raised.value) == (
        "anthropic/claude-opus-5-5: its rate limit has no room for another 60 s, longer than is waited for; try later, "
        "or set your tier"
    )


def test_the_deadline_bounds_the_patience(make: Any, clock: FakeClock) -> None:
    scheduler = make(RateLimits(requests_per_minute=1))
    scheduler.reserve(estimate(), deadline=FAR)

    with pytest.raises(WouldWaitTooLong):
        scheduler.reserve(estimate(), deadline=clock.monotonic() + 59)


@pytest.mark.parametrize(("priority", "seconds"), [(Priority.INTERACTIVE, 20), (Priority.BACKGROUND, 300)])
def test_a_person_is_given_up_on_sooner(priority: Priority, seconds: float) -> None:
    assert Patience(priority=priority).seconds == seconds
    assert Patience(priority=priority, max_wait_seconds=7).seconds == 7


def test_tokens_that_a_call_did_not_use_are_there_for_the_next(make: Any, clock: FakeClock) -> None:
    scheduler = make(TOKENS)
    reservation = scheduler.reserve(estimate(9_000), deadline=FAR)

    scheduler.settle(reservation, Usage(input_tokens=500, output_tokens=10), None)
    scheduler.reserve(estimate(9_000), deadline=FAR)

    assert clock.waits == []


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        pytest.param(BadRequest("x"), False, id="a refused request took no tokens"),
        pytest.param(Overloaded("x"), False, id="an overloaded model read nothing"),
        pytest.param(ModelNotFound("x"), False, id="a model that is not there read nothing"),
        pytest.param(AuthenticationFailed("x"), False, id="without a right nothing was read"),
        pytest.param(
            TruncatedOutput("x", completion=completion(input_tokens=500)), False, id="a bad answer took what it says"
        ),
        pytest.param(TruncatedOutput("x"), True, id="a bad answer that says nothing took all"),
        pytest.param(BudgetExceeded("x"), False, id="without money nothing was sent"),
        pytest.param(ServerFailed("x"), True, id="a broken server may have counted them"),
    ],
)
def test_what_a_failure_took_depends_on_how_far_it_came(
    make: Any, clock: FakeClock, error: LLMError, waits: bool
) -> None:
    scheduler, other = make(TOKENS), make(TOKENS)
    scheduler.failed(scheduler.reserve(estimate(9_000), deadline=FAR), error)

    other.reserve(estimate(9_000), deadline=FAR)

    assert bool(clock.waits) is waits


def test_a_retry_after_holds_for_every_caller_of_the_key(make: Any, clock: FakeClock) -> None:
    limits = RateLimits(requests_per_minute=60)
    first, other = make(limits), make(limits)

    first.failed(first.reserve(estimate(), deadline=FAR), RateLimited("x", retry_after=12.0))
    other.reserve(estimate(), deadline=FAR)

    assert clock.waits == [pytest.approx(12.0)]


def test_the_limits_in_an_answer_are_kept_from_then_on(make: Any, clock: FakeClock) -> None:
    scheduler = make()
    said = RateLimitFeedback(requests=Allowance(limit=6_002, remaining=6_001, reset_seconds=0.1))
    scheduler.settle(scheduler.reserve(estimate(), deadline=FAR), Usage(input_tokens=1), said)
    scheduler.reserve(estimate(), deadline=FAR)

    clock.waits.clear()
    scheduler.reserve(estimate(), deadline=FAR)

    assert sum(clock.waits) <= 0.011


def test_an_exhausted_quota_opens_the_breaker_for_all_until_its_reset(
    make: Any, clock: FakeClock, events: Recorder
) -> None:
    scheduler, other = make(), make()
    scheduler.failed(scheduler.reserve(estimate(), deadline=FAR), QuotaExhausted("x", retry_after=3_600))

    with pytest.raises(CircuitOpen, match="because of QuotaExhausted before; again in 3600 s") as raised:
        other.reserve(estimate(), deadline=FAR)
    assert raised.value.retry_after == pytest.approx(3_600)
    assert (scheduler.available(), other.available()) == (False, False)
    assert [type(event) for event in events.events] == [BreakerOpened]
    clock.advance(3_601)
    assert other.available()
    other.reserve(estimate(), deadline=FAR)


@pytest.mark.parametrize(("status", "other_model_works"), [(401, False), (403, True)])
def test_a_refused_key_is_not_used_again_by_this_process(
    make: Any, events: Recorder, status: int, other_model_works: bool
) -> None:
    breakers = Breakers()
    scheduler = make(breakers=breakers)
    error = AuthenticationFailed("x", status=status)
    scheduler.failed(scheduler.reserve(estimate(), deadline=FAR), error)
    another = LimitKey(provider="anthropic", credential="c0ffee", model="claude-haiku-5-5")

    assert not scheduler.available()
    with pytest.raises(CircuitOpen, match="the key was refused before"):
        scheduler.reserve(estimate(), deadline=FAR)
    sibling = ProactiveRateLimitScheduler(another, STRICT, MemoryLedger(), breakers=breakers)
    assert sibling.available() is other_model_works
    assert make(breakers=Breakers()).available()


def test_an_open_breaker_is_known_to_all_schedulers_of_the_process(make: Any) -> None:
    breakers = Breakers()
    one, other = make(breakers=breakers), make(breakers=breakers)

    one.failed(one.reserve(estimate(), deadline=FAR), QuotaExhausted("x"))

    assert not other.available()


def test_a_key_that_may_not_use_one_model_may_use_others_of_its_pool(clock: FakeClock) -> None:
    breakers, pool = Breakers(), LimitKey(provider="anthropic", credential="c0ffee", model="opus")
    one, other = (
        ProactiveRateLimitScheduler(pool, STRICT, MemoryLedger(clock), model=model, clock=clock, breakers=breakers)
        for model in ("claude-opus-5-5", "claude-opus-5")
    )

    one.failed(one.reserve(estimate(), deadline=FAR), AuthenticationFailed("x", status=403))

    assert (one.available(), other.available()) == (False, True)


def test_an_interrupted_wait_leaves_the_queue(make: Any, clock: FakeClock) -> None:
    class Interrupted(FakeClock):
        def wait(self, event: threading.Event, seconds: float) -> bool:
            raise KeyboardInterrupt

    ledger = MemoryLedger(clock)
    scheduler = make(ledger=ledger)
    scheduler.reserve(estimate(), deadline=FAR)
    with pytest.raises(KeyboardInterrupt):
        make(ledger=ledger, clock=Interrupted()).reserve(estimate(), deadline=FAR)

    scheduler.reserve(estimate(), deadline=FAR)

    assert clock.waits == [pytest.approx(60 / 58)]


def test_a_cancelled_caller_neither_waits_nor_sends(make: Any, clock: FakeClock) -> None:
    cancellation = Cancellation()
    scheduler = make(cancellation=cancellation)
    cancellation.cancel()

    with pytest.raises(Cancelled):
        scheduler.reserve(estimate(), deadline=FAR)
    with pytest.raises(Cancelled):
        scheduler.pause(10, final=False)


def test_cancelling_ends_a_wait_that_has_begun(make: Any) -> None:
    cancellation = Cancellation()
    sleeping = threading.Event()
    ended: list[BaseException] = []

    class Telling(FakeClock):
        def wait(self, event: threading.Event, seconds: float) -> bool:
            sleeping.set()
            return event.wait(30)

    scheduler = make(ledger=MemoryLedger(FakeClock()), clock=Telling(), cancellation=cancellation)
    scheduler.reserve(estimate(), deadline=FAR)

    def wait() -> None:
        try:
            scheduler.reserve(estimate(), deadline=FAR)
        except Cancelled as error:
            ended.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert sleeping.wait(10)
    cancellation.cancel()
    thread.join(10)

    assert len(ended) == 1


def test_the_first_in_line_is_woken_when_tokens_come_back(clock: FakeClock) -> None:
    """It would have slept for a minute: the estimate of the call before it was far too high."""
    asleep, granted = threading.Event(), threading.Event()

    class Real(FakeClock):
        def wait(self, event: threading.Event, seconds: float) -> bool:
            asleep.set()
            return event.wait(30)

    scheduler = ProactiveRateLimitScheduler(KEY, TOKENS, MemoryLedger(clock), clock=Real())
    first = scheduler.reserve(estimate(9_000), deadline=FAR)

    def second() -> None:
        scheduler.reserve(estimate(9_000), deadline=FAR)
        granted.set()

    thread = threading.Thread(target=second)
    thread.start()
    assert asleep.wait(10)
    scheduler.settle(first, Usage(input_tokens=100, output_tokens=10), None)

    assert granted.wait(10)
    thread.join()


def test_a_person_with_another_model_ready_is_not_made_to_wait(make: Any) -> None:
    history = History(deadline=FAR, attempts=1)
    last = History(deadline=FAR, attempts=4)
    person = make(patience=Patience(priority=Priority.INTERACTIVE, max_wait_seconds=300), chance=lambda: 0.5)
    worker = make(chance=lambda: 0.5)

    def decided(who: Any, error: LLMError, past: History, ready: bool) -> object:
        return who.should_retry_after_error(error, past, fallback_ready=lambda: ready)

    assert decided(person, RateLimited("x"), history, True) == GiveUp()
    assert decided(person, RateLimited("x"), history, False) == RetryAfter(60)
    assert decided(person, Overloaded("x"), history, True) == RetryAfter(0.5)
    assert decided(person, Overloaded("x"), last, True) == GiveUp()
    assert decided(person, Overloaded("x"), last, False) == FinalAttempt(90)
    assert decided(worker, RateLimited("x"), history, True) == RetryAfter(60)
    assert decided(worker, Overloaded("x"), last, True) == FinalAttempt(90)


@pytest.mark.parametrize(("ready", "waits"), [(True, 0), (False, 1)])
def test_a_person_waits_for_a_limit_only_where_no_other_model_is_ready(
    make: Any, clock: FakeClock, ready: bool, waits: int
) -> None:
    scheduler = make(
        RateLimits(requests_per_minute=1), patience=Patience(priority=Priority.INTERACTIVE, max_wait_seconds=300)
    )
    scheduler.reserve(estimate(), deadline=FAR)

    with suppress(WouldWaitTooLong):
        scheduler.reserve(estimate(), deadline=FAR, fallback_ready=lambda: ready)

    assert len(clock.waits) == waits


def test_work_in_the_background_waits_though_another_model_is_ready(make: Any, clock: FakeClock) -> None:
    scheduler = make(RateLimits(requests_per_minute=1))
    scheduler.reserve(estimate(), deadline=FAR)

    scheduler.reserve(estimate(), deadline=FAR, fallback_ready=lambda: True)

    assert clock.waits == [pytest.approx(60)]


def test_all_waits_together_are_what_a_person_has_patience_for(make: Any, clock: FakeClock) -> None:
    """Twice fifteen seconds are too long where another model is ready after twenty."""
    scheduler = make(
        ledger=Answers(Wait(seconds=15.0, place=0), Wait(seconds=15.0, place=0), Granted(place=0)),
        patience=Patience(priority=Priority.INTERACTIVE, max_wait_seconds=300),
    )

    with pytest.raises(WouldWaitTooLong):
        scheduler.reserve(estimate(), deadline=FAR, fallback_ready=lambda: True)

    assert clock.waits == [15.0]


def test_what_was_waited_is_taken_off_the_patience(make: Any) -> None:
    ledger = Answers(Wait(seconds=10.0, place=4), Wait(seconds=15.0, place=4), Granted(place=4))

    make(ledger=ledger).reserve(estimate(), deadline=FAR)

    assert [ask.patience for ask in ledger.asked] == [300, 290, 275]
    assert [ask.place for ask in ledger.asked] == [None, 4, 4]
    assert len({ask.ticket for ask in ledger.asked}) == 1


def test_a_repetition_keeps_its_place_in_the_order_of_arrival(make: Any) -> None:
    assert make().reserve(estimate(), deadline=FAR, place=3).place == 3


def test_where_the_larger_counts_the_allowed_output_is_reserved(make: Any) -> None:
    scheduler = make(RateLimits(input_tokens_per_minute=10_000, shape=Shape(larger_counts=True)))

    assert scheduler.reserve(estimate(1_000, 100), deadline=FAR).ask.demand == Demand(input_tokens=4_000)


def test_a_provider_that_counts_nothing_gives_nothing_back(make: Any, clock: FakeClock) -> None:
    scheduler = make(TOKENS)

    scheduler.settle(scheduler.reserve(estimate(9_000), deadline=FAR), Usage(), None)
    scheduler.reserve(estimate(9_000), deadline=FAR)

    assert clock.waits != []


def test_the_limits_beside_a_rejection_are_kept(make: Any) -> None:
    scheduler = make(TOKENS)
    rejected = RateLimited("x", retry_after=1.0)
    rejected.feedback = RateLimitFeedback(input_tokens=Allowance(limit=20_000, remaining=20_000, reset_seconds=1))

    scheduler.failed(scheduler.reserve(estimate(), deadline=FAR), rejected)

    assert scheduler.reserve(estimate(15_000), deadline=FAR).ask.demand.input_tokens == 15_000


def test_a_grant_wakes_the_next_who_does_not_know_the_news(make: Any) -> None:
    queue = LocalQueue()
    scheduler = make(queue=queue)

    with queue.sleeping(Priority.BACKGROUND, 7, 0) as later:
        with queue.sleeping(Priority.BACKGROUND, 3, 0):
            queue.tell()
        scheduler.reserve(estimate(), deadline=FAR)

        assert later.is_set()


@pytest.mark.parametrize("end", ["release", "feedback", "rejection"])
def test_whoever_waits_is_woken_when_there_may_be_room_earlier(make: Any, end: str) -> None:
    queue = LocalQueue()
    scheduler = make(TOKENS, queue=queue)
    reservation = scheduler.reserve(estimate(), deadline=FAR)
    said = RateLimitFeedback(requests=Allowance(limit=600, remaining=599, reset_seconds=1.0))

    with queue.sleeping(Priority.BACKGROUND, 7, queue.news()) as waiting:
        if end == "release":
            scheduler.release(reservation)
        elif end == "feedback":
            scheduler.settle(reservation, None, said)
        else:
            scheduler.failed(reservation, RateLimited("x"))

        assert waiting.is_set()


def test_a_quota_of_the_day_comes_back_with_the_vendors_day(make: Any, events: Recorder) -> None:
    daily = RateLimits(shape=Shape(quota_is_daily=True, day_offset_seconds=-8 * 3_600))
    scheduler = make(daily)

    scheduler.failed(scheduler.reserve(estimate(), deadline=FAR), QuotaExhausted("x", retry_after=30))

    (opened,) = events.events
    assert isinstance(opened, BreakerOpened)
    assert opened.seconds == 8 * 3_600


def test_that_a_key_was_refused_is_told_once(make: Any, events: Recorder) -> None:
    scheduler = make()
    reservations = [scheduler.reserve(estimate(), deadline=FAR) for _ in range(2)]
    events.events.clear()

    for reservation in reservations:
        scheduler.failed(reservation, AuthenticationFailed("x", status=401))

    assert [type(event) for event in events.events] == [BreakerOpened]


@pytest.mark.parametrize(("final", "reason"), [(False, WaitReason.BACKOFF), (True, WaitReason.FINAL_ATTEMPT)])
def test_a_pause_is_told_of_with_its_reason(make: Any, events: Recorder, final: bool, reason: WaitReason) -> None:
    make().pause(10, final=final)

    assert events.events == [Waited(provider="anthropic", model="claude-opus-5-5", seconds=10, reason=reason)]


def test_a_wait_that_ends_in_an_error_is_told_as_well(make: Any, clock: FakeClock, events: Recorder) -> None:
    cancellation = Cancellation()

    class Interrupted(FakeClock):
        def wait(self, event: threading.Event, seconds: float) -> bool:
            self.advance(seconds / 2)
            cancellation.cancel()
            return True

    scheduler = make(ledger=MemoryLedger(clock), clock=Interrupted(), cancellation=cancellation)
    scheduler.reserve(estimate(), deadline=FAR)

    with pytest.raises(Cancelled):
        scheduler.reserve(estimate(), deadline=FAR)

    (told,) = (event for event in events.events if isinstance(event, Waited))
    assert told.reason is WaitReason.RATE_LIMIT
    assert told.seconds == pytest.approx(0.5, rel=0.1)


def test_a_pause_that_is_cut_short_counts_as_long_as_it_was(make: Any, events: Recorder) -> None:
    cancellation = Cancellation()

    class Interrupted(FakeClock):
        def wait(self, event: threading.Event, seconds: float) -> bool:
            self.advance(3.0)
            cancellation.cancel()
            return True

    with pytest.raises(Cancelled):
        make(clock=Interrupted(), cancellation=cancellation).pause(60.0, final=False)

    assert [event.seconds for event in events.events if isinstance(event, Waited)] == [3.0]


def test_the_longest_wait_that_is_set_holds_after_failures_too(make: Any) -> None:
    history = History(deadline=FAR, attempts=1, failed_at=0.0)
    patient, hasty = make(), make(patience=Patience(max_wait_seconds=59.0))

    assert patient.should_retry_after_error(RateLimited("x"), history) == RetryAfter(60.0)
    assert hasty.should_retry_after_error(RateLimited("x"), history) == GiveUp()
    assert hasty.should_retry_after_error(RateLimited("x", retry_after=59.0), history) == RetryAfter(59.0)
