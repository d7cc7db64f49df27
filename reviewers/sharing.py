"""Which tasks of a run begin with the same words, and when each of them starts, so that a vendor's cache pays."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from llm_runtime.messages import Request
from llm_runtime.tokens import CharacterBasedEstimator, estimate_request

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec
    from llm_runtime.messages import Call

HEAD_START_SECONDS = 8.0
"""An entry can be read once the answer that writes it has begun, and nobody is told when that is. By then it most
probably has; those who wait for the whole first answer double the time of a review
(``docs/decisions/tasks-share-a-prefix.md`` has the figures)."""

_ESTIMATOR = CharacterBasedEstimator()


class Asked(Protocol):
    """A reviewer's task, or any other question."""

    @property
    def model(self) -> ModelSpec:
        """The model that is asked first."""
        ...

    @property
    def request(self) -> Request:
        """The words that are sent."""
        ...


@dataclass(frozen=True, slots=True)
class Start:
    """A task that starts now, by its number, and whether it asks for a place in the vendor's cache."""

    number: int
    shared: bool


class HeadStarts:
    """When each task of a run starts.

    Among tasks that share a beginning worth caching, one has a head start and fills the cache; the others start when
    it has ended, or some seconds after it began. Everything else starts at once. It only decides: moments come in.

    Example:
        >>> HeadStarts([]).at_once()
        []
    """

    def __init__(self, tasks: Sequence[Asked], head_start_seconds: float = HEAD_START_SECONDS) -> None:
        """Look for shared beginnings in the tasks of a run; their numbers are their places in it."""
        self._head_start_seconds = head_start_seconds
        self._models = [task.model for task in tasks]
        self._following = {first: others for first, *others in shared_beginnings(tasks)}
        held = {number for others in self._following.values() for number in others}
        alone = [number for number in range(len(tasks)) if number not in held and number not in self._following]
        self._at_once = [
            *(Start(first, shared=True) for first in self._following),
            *(Start(n, shared=False) for n in alone),
        ]

    def at_once(self) -> list[Start]:
        """What starts first; those whom others wait for in front."""
        return list(self._at_once)

    def after(self, ended: int, calls: Iterable[Call]) -> list[Start]:
        """What starts because a task has ended.

        Its calls say whether there is an entry: without one (another model answered, nobody did, or a proxy caches
        nothing) the others would pay for entries of their own, so they ask for none.
        """
        others = self._following.pop(ended, ())
        model = self._models[ended]
        shared = any(
            call.usage is not None and call.usage.cached_input_tokens + call.usage.cache_write_tokens > 0
            for call in calls
            if (call.provider, call.model) == (model.provider, model.name)
        )
        return [Start(number, shared) for number in others]

    def due(self, begun: Mapping[int, float], now: float) -> list[Start]:
        """What starts because its head start is over.

        Args:
            begun: The moments at which tasks were taken up, by number, in seconds.
            now: The moment, on the same clock.
        """
        over = [first for first in self._following if begun.get(first, math.inf) + self._head_start_seconds <= now]
        return [Start(number, shared=True) for first in over for number in self._following.pop(first)]

    def seconds_left(self, begun: Mapping[int, float], now: float) -> float:
        """Until something is due, if nothing ends before; infinity where that depends on something else."""
        begins = (begun.get(first, math.inf) for first in self._following)
        return max(0.0, min(begins, default=math.inf) + self._head_start_seconds - now)


def shared_beginnings(tasks: Sequence[Asked]) -> tuple[tuple[int, ...], ...]:
    """Groups of two tasks or more, by number, for which one cache entry pays.

    They ask the same model, which caches what is marked, and share answer schema, system text and context: all that
    this vendor's cache goes by. An entry costs a quarter more than the text and is read for a tenth of its price
    at most, so a second reader pays for it, if the text is long enough to be cached at all.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for number, task in enumerate(tasks):
        if _cacheable(task):
            groups.setdefault((task.model.id, _beginning(task.request)), []).append(number)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def _cacheable(task: Asked) -> bool:
    least = task.model.least_cached_tokens
    if least is None or not task.request.context:
        return False
    request = task.request
    beginning = Request(system=request.system, context=request.context, question="", schema=request.schema)
    return estimate_request(beginning, _ESTIMATOR) >= least


def _beginning(request: Request) -> str:
    return json.dumps([request.schema, request.schema_name, request.effort, request.system, *request.context])
