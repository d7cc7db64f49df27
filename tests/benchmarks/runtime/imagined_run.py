"""A review in imagined time: tasks and a way to start them come in, tokens of each call and the time of all go out."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Protocol

from llm_runtime.llm import LLM
from llm_runtime.messages import Call, Usage
from reviewers.plan import EXPECTED_OUTPUT_TOKENS, Task
from reviewers.sharing import Start
from tests.benchmarks.runtime.caching_vendor import CachingAnthropic

MEDIAN_SECONDS_TO_ANSWER, SPREAD = 2.5, 0.6
"""From a request's arrival to the first word: log-normal, one in a hundred above 10 s. An assumption."""

TOKENS_PER_SECOND = 80.0
"""Of an answer, give or take a fifth. An assumption."""


class Starts(Protocol):
    """What decides when a task starts, as ``reviewers.sharing.HeadStarts`` does."""

    def at_once(self) -> list[Start]: ...

    def after(self, ended: int, calls: Iterable[Call]) -> list[Start]: ...

    def due(self, begun: Mapping[int, float], now: float) -> list[Start]: ...

    def seconds_left(self, begun: Mapping[int, float], now: float) -> float: ...


@dataclass(frozen=True, slots=True)
class AllAtOnce:
    """Nobody waits for anybody."""

    tasks: int
    shared: bool

    def at_once(self) -> list[Start]:
        return [Start(number, self.shared) for number in range(self.tasks)]

    def after(self, ended: int, calls: Iterable[Call]) -> list[Start]:
        return []

    def due(self, begun: Mapping[int, float], now: float) -> list[Start]:
        return []

    def seconds_left(self, begun: Mapping[int, float], now: float) -> float:
        return math.inf


@dataclass(slots=True, kw_only=True)
class Gate:
    """Lets a burst of calls through, then one every ``spacing`` seconds, in the order of arrival."""

    burst: int
    spacing: float
    _full_at: float = 0.0

    def admit(self, now: float) -> float:
        """The moment at which a call that arrives now is sent."""
        self._full_at = max(self._full_at, now)
        sent = max(now, self._full_at - (self.burst - 1) * self.spacing)
        self._full_at += self.spacing
        return sent


@dataclass(order=True, frozen=True, slots=True)
class _Event:
    moment: float
    order: int
    start: Start = field(compare=False)
    call: Call | None = field(compare=False, default=None)


def imagine(
    tasks: Sequence[Task],
    starts: Starts,
    llms: Mapping[str, LLM],
    vendor: CachingAnthropic,
    *,
    gate: Gate,
    seed: int,
) -> tuple[list[Usage], float]:
    """Send every request at its moment; how long each answer takes is drawn, the same for every way to start."""
    events: list[_Event] = []
    begun: dict[int, float] = {}
    used: dict[int, Usage] = {}
    order, now = count(), 0.0

    def begin(started: Iterable[Start]) -> None:
        for start in started:
            begun[start.number] = now
            heapq.heappush(events, _Event(gate.admit(now), next(order), start))

    begin(starts.at_once())
    while events:
        due = now + starts.seconds_left(begun, now)
        if due < events[0].moment:
            now = due
            begin(starts.due(begun, now))
            continue
        event = heapq.heappop(events)
        now, number, task = event.moment, event.start.number, tasks[event.start.number]
        if event.call is not None:
            begin(starts.after(number, [event.call]))
            continue
        to_answer, answering = _latency(seed, number)
        vendor.now, vendor.seconds_to_answer = now, to_answer
        used[number] = llms[task.model.id].complete(replace(task.request, shared=event.start.shared)).usage
        call = Call(provider=task.model.provider, model=task.model.name, usage=used[number])
        heapq.heappush(events, _Event(now + to_answer + answering, next(order), event.start, call))
    return list(_in_order(used)), now


def _in_order(used: Mapping[int, Usage]) -> Iterator[Usage]:
    for number in range(len(used)):
        yield used[number]


def _latency(seed: int, number: int) -> tuple[float, float]:
    draw = random.Random(f"{seed}/{number}")
    to_answer = draw.lognormvariate(math.log(MEDIAN_SECONDS_TO_ANSWER), SPREAD)
    return to_answer, EXPECTED_OUTPUT_TOKENS / (TOKENS_PER_SECOND * draw.uniform(0.8, 1.2))
