"""How long a review of a few calls takes on a key that nobody else uses, beside what the vendor's shape allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.benchmarks.runtime.competitors import COMPETITORS
from tests.benchmarks.runtime.harness import REAL_MINUTE, Run, Topology, measure
from tests.benchmarks.runtime.shapes import SHAPES
from tests.benchmarks.runtime.single import Measured

CALLS = 8
ANSWER_SECONDS = 14.0
"""Of a minute of 60 s: what an answer to a reviewer's question takes."""


LEAST_MINUTE = 20.0
"""Opening eight connections takes 50 ms however short a minute is; in a shorter one that is all that would be seen."""


def reviews(ledgers: Sequence[str], *, minute: float, seed: int) -> Iterator[Measured]:
    """A review on each shape and ledger; all its calls want to start at once."""
    minute = max(minute, LEAST_MINUTE)
    run = Run(calls=CALLS, minute=minute, seed=seed, latency=(ANSWER_SECONDS, ANSWER_SECONDS))
    answer = ANSWER_SECONDS * minute / REAL_MINUTE
    for ledger in ledgers:
        for shape in SHAPES.values():
            seen = measure(COMPETITORS[f"quartet-{ledger}"], shape, Topology(1, CALLS), run)
            possible = seen.ideal_seconds + answer
            yield Measured(
                what=f"a review of {CALLS} calls, {shape.name}",
                ledger=ledger,
                value=100 * (seen.seconds / possible - 1),
                unit="%",
                note=f"more than possible ({seen.seconds:.2f} s of {possible:.2f} s; {seen.rejected} 429s)",
            )
