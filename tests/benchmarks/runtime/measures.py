"""What a run was worth: when the server admitted and what the callers saw come in, figures go out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.benchmarks.runtime.protocol import Called, Stats


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One row of the table.

    Attributes:
        utilisation: What was admitted in a window, on average over the whole windows that follow one another from the
            first arrival to the moment when the last call was handed out, as a share of the limit. What comes later
            (the tail, in which there are fewer calls than callers) is left out. The same for every client; counted by
            the server. More than 1 is possible where a burst is on top of the rate. None where there was no whole
            window.
        seconds: From the first arrival to the last answer.
        ideal_seconds: When the last call could have been admitted at all, from the first.
        rejected: 429s given.
        lost: Calls that ended in an error.
        p50: Median seconds of a call that began when there had been work for a window already, and that was handed out
            before the last one was. None where there was none.
        p99: The 99th percentile of the same.
        cpu_seconds: Processor time of all client processes.
        error: What the first lost call ended with, or the empty string.
    """

    utilisation: float | None
    seconds: float
    ideal_seconds: float
    rejected: int
    lost: int
    p50: float | None
    p99: float | None
    cpu_seconds: float
    error: str = ""

    @property
    def spread(self) -> float | None:
        """p99 as a multiple of p50."""
        return None if self.p50 is None or self.p99 is None else self.p99 / self.p50


def figures(
    stats: Stats,
    calls: Sequence[Called],
    *,
    limit: int,
    minute: float,
    weighed: bool,
    ideal_seconds: float,
    cpu_seconds: float,
) -> Figures:
    """Put server and callers together.

    Args:
        stats: What the server saw.
        calls: Every call.
        limit: The true limit, in requests or tokens.
        minute: Seconds of a window.
        weighed: Whether tokens are limited and not requests.
        ideal_seconds: When the last call could have been admitted.
        cpu_seconds: Processor time of the clients.

    Raises:
        ValueError: Nothing ever reached the server.
    """
    arrivals = [*stats.admitted[:1], *stats.rejected[:1]]
    if not arrivals:
        first = next((call.error for call in calls if call.error), "no call was made")
        raise ValueError(f"nothing reached the server: {first}")
    start = min(arrivals)
    handed_out = max(call.started for call in calls)
    weights = stats.tokens if weighed else [1] * len(stats.admitted)
    saturated = sorted(
        call.ended - call.started
        for call in calls
        if call.error is None and start + minute <= call.started < handed_out
    )
    errors = [call.error for call in calls if call.error is not None]
    mean = mean_in_window(zip(stats.admitted, weights, strict=True), start=start, end=handed_out, window=minute)
    return Figures(
        utilisation=None if mean is None else mean / limit,
        seconds=max(call.ended for call in calls) - start,
        ideal_seconds=ideal_seconds,
        rejected=len(stats.rejected),
        lost=len(errors),
        p50=percentile(saturated, 0.5),
        p99=percentile(saturated, 0.99),
        cpu_seconds=cpu_seconds,
        error=errors[0] if errors else "",
    )


def mean_in_window(admitted: Iterable[tuple[float, int]], *, start: float, end: float, window: float) -> float | None:
    """How much was admitted in a window, on average over as many as follow one another from ``start`` to ``end``."""
    windows = int((end - start) // window)
    if windows < 1:
        return None
    return sum(weight for at, weight in admitted if at < start + windows * window) / windows


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The value that ``share`` of the values do not exceed (nearest rank); None of none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None
