"""Records come in, a trace in Langfuse goes out: a span per reviewer, a generation per attempt, events and scores."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from llm_runtime.analytics.identity import new_id, trace_id
from llm_runtime.analytics.langfuse.loading import load_adapter, prepare_loading
from llm_runtime.analytics.langfuse.traces import Traces
from llm_runtime.analytics.outbox import Outbox
from llm_runtime.analytics.recorder import Recorder
from llm_runtime.analytics.records import Generation, Record, Source, Trace, TraceEnded
from llm_runtime.clock import Clock, SystemClock
from llm_runtime.cost.tracking import CostTrackingStrategy, LocalCostTracker
from llm_runtime.events import CallEnded, Event
from llm_runtime.forks import Lock
from llm_runtime.messages import Call

if TYPE_CHECKING:
    from llm_runtime.analytics.langfuse.adapter import LangfuseAdapter

_PARKED = "parked"


class LangfuseCostTracker(CostTrackingStrategy):
    """Langfuse as somebody who keeps books; safe to share between threads and forks.

    Every attempt is a generation with model, usage, cost and real times, in the span of whoever asked; one that failed
    has the level ERROR and the name of the error's class. Waits, fallbacks, open breakers, warnings and the ends of
    questions are events; what became of findings is scores on the reviewer's span. Ids are those of the records, so
    SQL and Langfuse agree. Texts of questions and answers are sent only where a record carries them, of errors never.

    Langfuse keeps what it was told, and does not take it back, so nothing is told twice that has arrived: the spans of
    reviewers and the root are sent by ``close``, and those of a review that goes on later by whoever ends it.

    Sending is done by a thread of its own, from a queue with an end: a Langfuse that is slow or away delays nothing.
    What it does not take is tried again until the end; ``dropped`` counts what was lost, wherever that happened.

    It is a ``Sink`` for a ``Recorder``. By itself, as in ``builder.with_cost_tracking(tracker)``, it makes one trace of
    all that it is told.

    Call ``close`` before a process ends; a forked one does not do so by itself.
    """

    def __init__(
        self,
        *,
        public_key: str,
        secret_key: str,
        base_url: str | None = None,
        trace: Trace | None = None,
        timeout_seconds: int = 5,
        room: int = 10_000,
        clock: Clock | None = None,
    ) -> None:
        """Begin with nothing; the SDK is loaded, in the thread, when there is something to send.

        Args:
            public_key: Langfuse's ``pk-lf-…``. The SDK keeps one connection for each public key in a process: the first
                tracker's secret key, address and timeout count for all that follow.
            secret_key: Langfuse's ``sk-lf-…``.
            base_url: Address of a Langfuse of one's own; None is its cloud in the EU.
            trace: Where calls and events belong that come without one, through ``track_usage`` and ``record``; by
                default a new one. Whoever has the same id writes into the same trace, in whichever process.
            timeout_seconds: How long a request may take, and ``close``.
            room: How many records may wait.
            clock: The same one as that of the calls; by default the machine's.

        Raises:
            ModuleNotFoundError: The extra is not installed.
        """
        prepare_loading()
        self._public_key, self._secret_key, self._base_url = public_key, secret_key, base_url
        self._timeout = timeout_seconds
        self._clock = clock or SystemClock()
        self._trace = trace
        self._total = LocalCostTracker()
        self._traces = Traces()
        self._lock = Lock(self._begin_anew)
        self._begin_anew(False)
        self._recorder: Recorder | None = None
        self._outbox = Outbox(self._deliver, room=room, name="langfuse")

    def track_usage(self, call: Call) -> None:
        """Send one attempt as a generation of the tracker's own trace."""
        self.record(CallEnded(call=call))

    def record(self, event: Event) -> None:
        """Send a call as a generation, everything else as an event of the tracker's own trace."""
        with self._lock:
            if self._recorder is None:
                self._recorder = Recorder(self._trace or self._new_trace(), [self], clock=self._clock)
        self._recorder.record(event)

    def get_total_cost(self) -> Decimal | None:
        """Dollars of all calls; None once the cost of one of them is unknown."""
        return self._total.get_total_cost()

    def take(self, record: Record) -> None:
        """Send a record, a moment later."""
        if isinstance(record, Generation):
            call = Call(provider=record.provider, model=record.model, cost_usd=record.cost_usd)
            self._total.track_usage(call)
        if isinstance(record, TraceEnded) and self._held_back(record):
            return
        self._outbox.put(record)

    def flush(self, timeout_seconds: float | None = None) -> None:
        """Wait until everything so far has arrived, or the time has passed.

        Args:
            timeout_seconds: How long; by default as long as a request may take.
        """
        self._outbox.flush(self._timeout if timeout_seconds is None else timeout_seconds)

    def close(self) -> None:
        """End the tracker's own trace, and send what has not been sent yet; nothing is taken after that."""
        with self._lock:
            recorder, self._recorder = self._recorder, None
        if recorder is not None:
            recorder.finish("done")
        with self._lock:
            self._closed = True
            ended = tuple(self._ended.values())
            self._ended.clear()
        for each in ended:
            self._outbox.put(each)
        self._outbox.close(self._timeout)

    @property
    def dropped(self) -> int:
        """How much was lost: records for which there was no room or no answer, and of others what was refused."""
        with self._lock:
            lost = self._lost
        return lost + self._outbox.dropped

    def _deliver(self, records: Sequence[Record]) -> None:
        """Send records, in the outbox's thread."""
        told = self._traces.tell(records)
        lost = self._connection().send(told.observations, told.scores)
        with self._lock:
            self._lost += told.lost + lost

    def _connection(self) -> LangfuseAdapter:
        connection: LangfuseAdapter = load_adapter().connect(
            public_key=self._public_key,
            secret_key=self._secret_key,
            base_url=self._base_url,
            timeout_seconds=self._timeout,
        )
        return connection

    def _new_trace(self) -> Trace:
        name = new_id()
        return Trace(
            id=trace_id(name), name="calls", source=Source.ELSEWHERE, repository="", started_at=self._clock.now()
        )

    def _held_back(self, ended: TraceEnded) -> bool:
        """Whether the end of a trace waits for ``close``: Langfuse keeps what it was told, so it is told the last one.

        The end of a part is none: the process that goes on tells of the whole.
        """
        with self._lock:
            if self._closed:
                return False
            self._ended.pop(ended.trace, None)
            if ended.status != _PARKED:
                self._ended[ended.trace] = ended
            return True

    def _begin_anew(self, _held: bool) -> None:
        """What the parent of a fork has lost, and has yet to tell, is the parent's."""
        self._lost = 0
        self._ended: dict[str, TraceEnded] = {}
        self._closed = False
