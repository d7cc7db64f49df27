"""Events of the runtime come in, records go out to those who keep books: the same for all, with the same ids."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol, assert_never

from llm_runtime.analytics.identity import new_id
from llm_runtime.analytics.records import (
    EventKind,
    Execution,
    Generation,
    Happening,
    Record,
    TaskResult,
    Text,
    Trace,
    TraceEnded,
)
from llm_runtime.clock import Clock, SystemClock
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
)
from llm_runtime.forks import Lock
from llm_runtime.messages import Call, Completion, Origin, Request
from llm_runtime.origin import current_origin

_MALFORMED = "MalformedOutput"
_LONGEST_MS = 2**31 - 1
_NOBODY = Origin(asker="")


class Sink(Protocol):
    """Somebody who keeps books."""

    def take(self, record: Record) -> None:
        """Take a record; it is called from any thread, is quick and does not raise."""
        ...

    def flush(self, timeout_seconds: float) -> None:
        """Wait until everything so far is where it belongs, or the time has passed."""
        ...

    def close(self) -> None:
        """Put away what is left, in a few seconds, and take no more."""
        ...

    @property
    def dropped(self) -> int:
        """How many records were lost."""
        ...


class Recorder:
    """An observer that keeps the books of one trace; safe to share between threads.

    Texts of questions and answers are recorded by length and digest alone, unless somebody wants them kept; texts of
    errors never are.

    Example:
        >>> from datetime import UTC
        >>> from llm_runtime.analytics.records import Source
        >>> began = datetime(2026, 11, 21, tzinfo=UTC)
        >>> trace = Trace(id="0af7", name="review", source=Source.CLI, repository="shop", started_at=began)
        >>> recorder = Recorder(trace, sinks=[])
        >>> recorder.record(CallEnded(call=Call(provider="openai", model="gpt-6.1-sol")))
        >>> recorder.close()
    """

    def __init__(
        self, trace: Trace, sinks: Iterable[Sink], *, clock: Clock | None = None, keep_content: bool = False
    ) -> None:
        """Begin a trace, or go on with one; nothing is told before there is something to tell of it.

        Args:
            trace: What is recorded belongs to it.
            sinks: Who keeps the books; the recorder closes them, in this order.
            clock: The same one as that of the calls; by default the machine's.
            keep_content: Whether questions and answers are kept in full.
        """
        self.trace = trace
        self._sinks = tuple(sinks)
        self._clock = clock or SystemClock()
        self._keep_content = keep_content
        self._lock = Lock()
        self._waits: defaultdict[tuple[str, str, str], float] = defaultdict(float)
        self._begun = self._finished = self._closed = self._abandoned = False

    def record(self, event: Event) -> None:
        """Keep books of an event."""
        match event:
            case CallEnded():
                self._call(event)
            case Waited(provider=provider, model=model, seconds=seconds, reason=reason):
                with self._lock:
                    self._waits[self._place(provider, model)] += seconds
                self._happened(EventKind.WAIT, provider, model, seconds=seconds, data={"reason": reason.value})
            case FellBack(failed=failed, chosen=chosen, error=error):
                provider, _, model = failed.partition("/")
                self._happened(EventKind.FALLBACK, provider, model, error=error, data={"chosen": chosen})
            case BreakerOpened(provider=provider, model=model, error=error, seconds=closed_for):
                self._happened(EventKind.BREAKER, provider, model, error=error, seconds=closed_for)
            case BudgetNearlySpent(account=account, spent=spent, cap=cap):
                data = {"account": account, "spent_usd": str(spent), "cap_usd": str(cap)}
                self._happened(EventKind.BUDGET, data=data)
            case PriceUnknown(provider=provider, model=model):
                self._happened(EventKind.PRICE_UNKNOWN, provider, model)
            case LimitsUnknown(provider=provider, model=model):
                self._happened(EventKind.LIMITS_UNKNOWN, provider, model)
            case LedgerLost():
                self._happened(EventKind.LEDGER_LOST)
            case LedgerFound():
                self._happened(EventKind.LEDGER_FOUND)
            case _:
                assert_never(event)

    def interrupted(self, origin: Origin, calls: Iterable[Call]) -> None:
        """Keep books of calls that nobody waited for: they may be billed, and nobody will learn how much.

        The work ends with them: whatever calls end from now on are these, and are not booked again.
        """
        for call in calls:
            self._abandoned = True
            self._tell(self._generation(CallEnded(call=call), origin, started_at=call.started_at or self._clock.now()))

    def ended(self, origin: Origin, outcome: str, *, findings: int = 0) -> None:
        """Keep books of how a question ended.

        Args:
            origin: Whose question it was.
            outcome: ``answered``, ``repaired``, ``malformed`` or ``failed``.
            findings: How many remarks the answer makes.
        """
        execution = Execution(
            trace=self.trace.id,
            question=origin.question,
            asker=origin.asker,
            variant=origin.variant,
            outcome=outcome,
            ended_at=self._clock.now(),
            findings=findings,
        )
        self._tell(execution)

    def brought(self, results: Iterable[TaskResult]) -> None:
        """Keep books of what reviewers brought."""
        for result in results:
            self._tell(result)

    def finish(self, status: str, *, posted: bool = False) -> None:
        """Keep books of how the work ended, or that it goes on later.

        Args:
            status: ``done``, ``parked``, ``failed``, ``superseded``, ``cancelled``.
            posted: Whether something is on GitHub now.
        """
        self._finished = True
        now = self._clock.now()
        self._tell(TraceEnded(trace=self.trace.id, status=status, ended_at=now, posted_at=now if posted else None))

    def leave(self, status: str) -> None:
        """Keep books of how the work ended, where there was any and nobody has said so.

        Args:
            status: As of ``finish``.
        """
        if self._begun and not self._finished:
            self.finish(status)

    @property
    def lost(self) -> int:
        """How many records the sinks have lost."""
        return sum(sink.dropped for sink in self._sinks)

    def flush(self, timeout_seconds: float) -> None:
        """Wait until everything so far is where it belongs, or the time has passed."""
        for sink in self._sinks:
            sink.flush(timeout_seconds)

    def close(self) -> None:
        """Close the sinks; what each has lost is told to those that are still open.

        A call that was interrupted may end while they close. It is booked by then, so nothing more is taken.
        """
        with self._lock:
            self._closed = True
        for number, sink in enumerate(self._sinks):
            sink.close()
            if sink.dropped:
                lost = Happening(
                    trace=self.trace.id,
                    id=new_id(),
                    kind=EventKind.DROPPED,
                    at=self._clock.now(),
                    data={"by": type(sink).__name__, "records": sink.dropped},
                )
                for other in self._sinks[number + 1 :]:
                    for record in (self.trace, lost):
                        other.take(record)

    def _call(self, event: CallEnded) -> None:
        if self._abandoned:
            # When connections close, a call that was interrupted fails for that; it is booked already.
            return
        call, request = event.call, event.request
        origin = (request.origin if request else None) or current_origin() or _NOBODY
        took = timedelta(seconds=call.seconds)
        self._tell(self._generation(event, origin, started_at=call.started_at or self._clock.now() - took))
        if call.error == _MALFORMED or (request is not None and request.exchanges):
            # A question that is put again is put so because its answer could not be used.
            round_ = len(request.exchanges) if request else 0
            self._happened(EventKind.MALFORMED, call.provider, call.model, error=call.error, data={"round": round_})
        if request is not None and request.shared and call.usage is not None:
            usage = call.usage
            data = {"read_tokens": usage.cached_input_tokens, "written_tokens": usage.cache_write_tokens}
            self._happened(EventKind.CACHE, call.provider, call.model, data=data)

    def _generation(self, event: CallEnded, origin: Origin, *, started_at: datetime) -> Generation:
        call, completion = event.call, event.completion
        with self._lock:
            waited = self._waits.pop((origin.question, call.provider, call.model), 0.0)
        return Generation(
            trace=self.trace.id,
            id=event.id or new_id(),
            asker=origin.asker,
            question=origin.question,
            round=len(event.request.exchanges) if event.request else 0,
            provider=call.provider,
            model=call.model,
            served=completion.model if completion else "",
            tier=event.tier,
            role=event.role,
            usage=call.usage,
            cost_usd=call.cost_usd,
            costs=event.costs,
            started_at=started_at,
            latency_ms=milliseconds(call.seconds),
            wait_ms=milliseconds(waited),
            error=call.error,
            prompt=self._text(_prompt(event.request)),
            answer=self._text(_answer(completion)),
            variant=origin.variant,
        )

    def _happened(
        self,
        kind: EventKind,
        provider: str = "",
        model: str = "",
        *,
        seconds: float | None = None,
        error: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        happening = Happening(
            trace=self.trace.id,
            id=new_id(),
            asker=(current_origin() or _NOBODY).asker,
            kind=kind,
            provider=provider,
            model=model,
            at=self._clock.now(),
            seconds=seconds,
            error=error,
            data=data or {},
        )
        self._tell(happening)

    def _place(self, provider: str, model: str) -> tuple[str, str, str]:
        return (current_origin() or _NOBODY).question, provider, model

    def _text(self, content: str | None) -> Text | None:
        if content is None:
            return None
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        return Text(digest=digest, characters=len(content), content=content if self._keep_content else None)

    def _tell(self, record: Record) -> None:
        with self._lock:
            if self._closed:
                return
            # Before it, in every sink, whichever thread comes first.
            records = (record,) if self._begun else (self.trace, record)
            self._begun = True
            for each in records:
                for sink in self._sinks:
                    sink.take(each)


def milliseconds(seconds: float) -> int:
    """Whole milliseconds, as a column takes them: at most 24 days.

    >>> milliseconds(1.2345)
    1234
    """
    return min(int(Decimal(str(seconds)) * 1_000), _LONGEST_MS)


def _prompt(request: Request | None) -> str | None:
    if request is None:
        return None
    rounds = (text for exchange in request.exchanges for text in (exchange.answer, exchange.reply))
    return "\n\n".join((request.system, *request.context, request.question, *rounds))


def _answer(completion: Completion | None) -> str | None:
    return completion.text if completion else None
