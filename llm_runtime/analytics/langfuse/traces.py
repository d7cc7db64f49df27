"""Records come in, observations and scores of their traces go out: a root, a span per reviewer, and what is in it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from llm_runtime.analytics.langfuse import wire
from llm_runtime.analytics.langfuse.observations import Observation, Score
from llm_runtime.analytics.langfuse.scores import scores_of
from llm_runtime.analytics.records import Execution, Generation, Happening, Record, TaskResult, Trace, TraceEnded

_MOST = 1_000
"""Traces that are kept in mind; of one that was forgotten, what is told later is less well described."""


@dataclass(slots=True)
class _Known:
    """A trace, and from when to when each of its reviewers had something to do."""

    trace: Trace
    spans: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be sent.

    Attributes:
        observations: Each with its trace, where that is known.
        scores: Numbers on them.
        lost: Records that cannot be told, because their trace is not known.
    """

    observations: tuple[tuple[Trace | None, Observation], ...]
    scores: tuple[Score, ...]
    lost: int


class Traces:
    """What is known of traces; telling the same records twice gives the same. For one thread at a time."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def tell(self, records: Iterable[Record]) -> Told:
        """What Langfuse is to be told."""
        observations: list[tuple[Trace | None, Observation]] = []
        scores: list[Score] = []
        lost = 0
        for record in records:
            match record:
                case Trace():
                    self._remember(record)
                case Generation():
                    observations.append(self._placed(wire.generation(record), record.asker))
                case Happening():
                    observations.append(self._placed(wire.happening(record), record.asker))
                case Execution():
                    observations.append(self._placed(wire.execution(record), record.asker))
                case TraceEnded():
                    known = self._known.get(record.trace)
                    observations += _ends(known, record) if known else ()
                    lost += known is None
                case TaskResult():
                    known = self._known.get(record.trace)
                    scores += scores_of(record, known.trace) if known else ()
                    lost += known is None
                case _:
                    assert_never(record)
        return Told(tuple(observations), tuple(scores), lost)

    def _remember(self, trace: Trace) -> None:
        if known := self._known.get(trace.id):
            known.trace = trace
            return
        self._known[trace.id] = _Known(trace)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)

    def _placed(self, one: Observation, asker: str) -> tuple[Trace | None, Observation]:
        known = self._known.get(one.trace)
        if known is None:
            return None, one
        if asker:
            start, end = known.spans.get(asker, (one.start, one.end))
            known.spans[asker] = min(start, one.start), max(end, one.end)
        return known.trace, one


def _ends(known: _Known, ended: TraceEnded) -> Iterator[tuple[Trace, Observation]]:
    for reviewer, (start, end) in known.spans.items():
        yield known.trace, wire.reviewer_span(ended.trace, reviewer, start, end)
    yield known.trace, wire.root(known.trace, ended)
