"""The five ways a vendor counts, as data: what it enforces, what its client believes, what the calls weigh."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tests.benchmarks.runtime.rules import ContinuousRefill, Rule, SlidingWindow, TokenWindow

RPM = 60
LOWER_RPM = 40
BURST = 6
SMALL, LARGE = 300, 3_000
ANSWER = 16
"""Tokens of every answer, and the ``max_tokens`` of every question; a vendor counts them before it answers."""

TPM = RPM * ((SMALL + LARGE) // 2)
"""As many tokens as ``RPM`` calls of the middle size take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One vendor.

    Attributes:
        name: How it is asked for on the command line.
        title: How it is shown.
        rule: Makes what is enforced, for a window of that many seconds.
        ideal_rule: The same for a client that never is rejected, where asking too early has a price; None: as ``rule``.
        limit: The most in a window, in what the rule counts.
        believed_rpm: Requests per minute that the client was told; None where only tokens are limited.
        believed_tpm: Tokens per minute that the client was told, or None.
        burst: Calls that the vendor takes at once, where that is less than a whole window; clients that can use it are
            told.
        smallest: Tokens of the smallest question.
        largest: Tokens of the largest question.
    """

    name: str
    title: str
    rule: Callable[[float], Rule]
    limit: int
    ideal_rule: Callable[[float], Rule] | None = None
    believed_rpm: int | None = RPM
    believed_tpm: int | None = None
    burst: int | None = None
    smallest: int = SMALL
    largest: int = SMALL

    @property
    def calls_a_minute(self) -> float:
        """Calls of the middle size that the limit admits in a window."""
        return self.limit / self.middle if self.believed_tpm else self.limit

    @property
    def middle(self) -> float:
        """Tokens of a question of the middle size."""
        return (self.smallest + self.largest) / 2

    def sizes(self, calls: int, seed: int) -> list[int]:
        """Tokens of each question: evenly spread between the smallest and the largest, in an order that is drawn."""
        step = (self.largest - self.smallest) / max(1, calls - 1)
        spread = [self.smallest + round(number * step) for number in range(calls)]
        random.Random(seed).shuffle(spread)
        return spread

    def ideal_seconds(self, sizes: Iterable[int], minute: float) -> float:
        """When the last call could be admitted, first come first served, by a client that knows everything.

        Found by asking the rule itself, which is waited for exactly as long as it says.
        """
        rule, now = (self.ideal_rule or self.rule)(minute), 0.0
        for size in sizes:
            verdict = rule.ask(now, max(size, ANSWER))
            while not verdict.admitted:
                if verdict.wait is None:
                    raise ValueError(f"a call of {size} tokens is larger than the limit of {self.title}")
                # A nanosecond more: what is due now may be a rounding error away from being so.
                now += verdict.wait + 1e-9
                verdict = rule.ask(now, max(size, ANSWER))
        return now


SHAPES: Mapping[str, Shape] = {
    shape.name: shape
    for shape in (
        Shape(
            name="sliding",
            title=f"sliding window, {RPM} a minute",
            rule=lambda window: SlidingWindow(RPM, window),
            limit=RPM,
        ),
        Shape(
            name="rejected",
            title=f"sliding window, {RPM} a minute, rejected calls count",
            rule=lambda window: SlidingWindow(RPM, window, rejected_count=True),
            ideal_rule=lambda window: SlidingWindow(RPM, window),
            limit=RPM,
        ),
        Shape(
            name="refill",
            title=f"continuous refill, {RPM} a minute, burst {BURST}",
            rule=lambda window: ContinuousRefill(RPM, window, burst=BURST),
            limit=RPM,
            burst=BURST,
        ),
        Shape(
            name="tokens",
            title=f"{TPM:,} tokens a minute, calls of {SMALL} to {LARGE:,}",
            rule=lambda window: TokenWindow(TPM, window),
            limit=TPM,
            believed_rpm=None,
            believed_tpm=TPM,
            largest=LARGE,
        ),
        Shape(
            name="lower",
            title=f"sliding window, {LOWER_RPM} a minute where {RPM} are believed",
            rule=lambda window: SlidingWindow(LOWER_RPM, window),
            limit=LOWER_RPM,
        ),
    )
}
