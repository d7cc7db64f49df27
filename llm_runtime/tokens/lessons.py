"""What the calls of one model have taught: pairs of estimated and counted tokens come in, a correction goes out."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

_CALLS = 50
_ENOUGH_INPUTS = 3
_ENOUGH_OUTPUTS = 5
_LOWEST, _HIGHEST = 1 / 3, 3.0
_HEAVIEST = 4_000
_QUANTILE = 0.9
_LEAST_OUTPUT = 1_024
_PRIOR_PART = 4


@dataclass(slots=True)
class Lessons:
    """The last 50 calls of one model, so that a change behind a model's name is unlearned, too.

    Attributes:
        factor: What an estimate of input tokens is to be multiplied by; 1 before three calls.
        inputs: For each call the tokens counted by the provider in terms of the estimated ones, and its weight.
        outputs: Tokens that the answers had.
    """

    factor: float = 1.0
    inputs: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=_CALLS))
    outputs: deque[int] = field(default_factory=lambda: deque(maxlen=_CALLS))

    def learn_input(self, estimated: int, counted: int) -> None:
        """Learn from the input of one call.

        The factor is the median of all ratios, so it stands calls that were counted in a strange way (without what a
        cache served, say) as long as they are the smaller half. A request of a few words is mostly the vendor's own
        wrapping and says little of its tokenizer, so a call counts by its size, but never for more than 4,000 tokens:
        one huge call is one call. No tokenizer is further from an estimate than three times; what is further is
        somebody's mistake.

        Args:
            estimated: Tokens as estimated, without a correction; at least 1.
            counted: Tokens as the provider counted them; at least 1.
        """
        ratio = min(max(counted / estimated, _LOWEST), _HIGHEST)
        self.inputs.append((ratio, min(estimated, _HEAVIEST)))
        if len(self.inputs) >= _ENOUGH_INPUTS:
            self.factor = _weighted_median(self.inputs)

    def learn_output(self, counted: int) -> None:
        """Learn from the output of one call."""
        self.outputs.append(counted)

    def expected_output(self, cap: int) -> int:
        """Tokens that nine of ten answers stay within, at most ``cap``.

        Before five answers it is a quarter of the cap, and at least what a short answer takes: most answers are far
        shorter than they may be, and the limits on output are a vendor's narrowest.
        """
        if len(self.outputs) < _ENOUGH_OUTPUTS:
            return min(cap, max(_LEAST_OUTPUT, cap // _PRIOR_PART))
        rank = math.ceil(_QUANTILE * len(self.outputs))
        return min(cap, sorted(self.outputs)[rank - 1])


def _weighted_median(weighted: Iterable[tuple[float, int]]) -> float:
    """The least value that has half of all weight at or below it."""
    ordered = sorted(weighted)
    weights = list(accumulate(weight for _, weight in ordered))
    value, _ = ordered[bisect_left(weights, weights[-1] / 2)]
    return value
