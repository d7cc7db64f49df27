"""What a review takes beside its models: from a delivery to the review on GitHub, and to the end of the check.

    python -m tests.benchmarks.app.reviews [--runs 7] [--steps]

The App is real (web, two workers, Redis with an append-only file), GitHub and the vendor are the tests' fakes on
loopback; all of it shares the machine. The workers have made two reviews before. Every review is of another pull
request, and waits until its installation may write as much as GitHub likes. Its model time is that in which the vendor
had something to answer; the rest is the overhead. Printed are medians, and the worst of the runs. The seconds of
processor time are of all that the App started, tools included, and depend little on what else the machine does.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tests.app.whole.world import AFTER, BEFORE, FAULT, World, finds, in_session, world
from tests.fakes.github_app import FakePull
from tests.fakes.models import Answer, Asked
from tests.fakes.server import Incoming

MODEL_SECONDS = (0.0, 2.0)
WARMING = 2
FIRST = 101
_LONGEST = 60.0


@dataclass(kw_only=True)
class Vendor:
    """Answers after a while, and notes when it was asked and when it had answered."""

    seconds: float
    busy: list[tuple[float, float]] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answer:
        begun = time.monotonic()
        answer = finds(FAULT)(asked)
        time.sleep(self.seconds)
        self.busy.append((begun, time.monotonic()))
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One review, in seconds.

    Attributes:
        posted: From the delivery to the review on GitHub.
        ended: From the delivery to the end of the check.
        models: While the vendor had something to answer.
        slowest: The longest call.
        calls: How many there were.
        steps: What was asked of whom, and when.
    """

    posted: float
    ended: float
    models: float
    slowest: float
    calls: int
    steps: tuple[tuple[float, str], ...]

    @property
    def overhead(self) -> float:
        return self.posted - self.models

    @property
    def over_limit(self) -> float:
        """Seconds beyond what is allowed: the slowest call and 15 % of it, and one more second."""
        return self.posted - (self.slowest * 1.15 + 1.0)


class _Timed(list[Incoming]):
    """Requests, and when they came."""

    def __init__(self, who: str, noted: list[tuple[float, str]]) -> None:
        super().__init__()
        self._who, self._noted = who, noted

    def append(self, request: Incoming) -> None:
        self._noted.append((time.monotonic(), f"{self._who} {request.method} {request.path}"))
        super().append(request)


def _measure(held: World, vendor: Vendor, number: int, noted: list[tuple[float, str]]) -> Measured:
    _until_writes_are_free(held)
    vendor.busy.clear()
    noted.clear()
    pull = held.app.pulls[number]
    begun = time.monotonic()
    assert held.github.opened(held.app, number) == 202
    held.github.until(lambda: any(one["commit_id"] == pull.head_sha for one in held.app.reviews), "it is posted")
    posted = time.monotonic() - begun
    held.until_reviewed(number)
    ended = time.monotonic() - begun
    assert vendor.busy, held.said()
    return Measured(
        posted=posted,
        ended=ended,
        models=_union(vendor.busy),
        slowest=max(end - start for start, end in vendor.busy),
        calls=len(vendor.busy),
        steps=tuple((at - begun, what) for at, what in noted),
    )


def _union(spans: Iterable[tuple[float, float]]) -> float:
    """Seconds that lie in at least one of the spans."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _until_writes_are_free(held: World) -> None:
    """GitHub wants writes to be spaced, which is no part of what is measured here."""
    with redis.Redis.from_url(held.redis.url) as client:
        begun = time.monotonic()
        while any(client.scan_iter("quartet:writes:*")):
            if time.monotonic() - begun > _LONGEST:
                raise SystemExit("the installation's writes never came to an end")
            time.sleep(0.05)


def _processor_seconds(held: World) -> float:
    """What all processes of the App have used so far, with those that have ended."""
    pids = [pid for program in held.programs for pid in in_session(program.process.pid)]
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(ticks) for stat in stats for ticks in stat[11:15]) / os.sysconf("SC_CLK_TCK")


def measure(seconds: float, runs: int) -> tuple[list[Measured], float]:
    """So many reviews with models that take so long, and the processor's seconds for one."""
    vendor = Vendor(seconds=seconds)
    numbers = range(FIRST, FIRST + WARMING + runs)
    # Each is another change, so that no answer of one can serve another.
    pulls = [_pull(number) for number in numbers]
    with world(vendor, *pulls) as held:
        noted: list[tuple[float, str]] = []
        held.github.requests = _Timed("github", noted)
        held.vendor.requests = _Timed("vendor", noted)
        held.web()
        held.workers()
        for number in numbers[:WARMING]:
            _measure(held, vendor, number, noted)
        used = _processor_seconds(held)
        measured = [_measure(held, vendor, number, noted) for number in numbers[WARMING:]]
        _until_writes_are_free(held)
        return measured, (_processor_seconds(held) - used) / runs


def _pull(number: int) -> FakePull:
    after = AFTER.replace("line 10\n", f"line 10 of {number}\n")
    return FakePull(number=number, base_files={"a.py": BEFORE}, head_files={"a.py": after})


def _row(seconds: float, runs: Sequence[Measured], processor: float) -> str:
    def told(of: Callable[[Measured], float]) -> str:
        values = [of(run) for run in runs]
        return f"{statistics.median(values):8.2f} ({max(values):.2f})"

    return (
        f"{seconds:7.1f}  {runs[0].calls:5d}  {told(lambda run: run.slowest)}  {told(lambda run: run.posted)}  "
        f"{told(lambda run: run.ended)}  {told(lambda run: run.overhead)}  {told(lambda run: run.over_limit)}"
        f"  {processor:5.2f}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line for each time that models take."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--steps", action="store_true", help="show when what was asked of whom, in the median review")
    options = parser.parse_args(arguments)
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians (worst) of {options.runs} reviews, in seconds"
    )
    print("model s  calls     slowest call           posted      check ended         overhead   over the limit  CPU s")
    for seconds in MODEL_SECONDS:
        runs, processor = measure(seconds, options.runs)
        print(_row(seconds, runs, processor), flush=True)
        if options.steps:
            median = sorted(runs, key=lambda run: run.overhead)[len(runs) // 2]
            sys.stdout.writelines(f"    {at:6.3f}  {what}\n" for at, what in median.steps)


if __name__ == "__main__":
    main()
