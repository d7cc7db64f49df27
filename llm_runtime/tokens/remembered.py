"""Texts come in again and again, the number of their tokens goes out, counted once."""

from __future__ import annotations

from collections import OrderedDict

from llm_runtime import forks
from llm_runtime.tokens.requests import TokenEstimator

_TEXTS = 1_024


class RememberedCounts:
    """An estimator that asks another one, once for each text; safe to share between threads.

    A request is counted before it is sent, while it is reserved for and when its answer is learned from, and reviewers
    share their context. Counting 100 KB takes about 15 ms, finding them again a microsecond. What is kept is a hash and
    two numbers for each text, never the text: it is a customer's.
    """

    def __init__(self, estimator: TokenEstimator, *, texts: int = _TEXTS) -> None:
        """Remember nothing yet.

        Args:
            estimator: Counts.
            texts: How many texts are remembered; the one unused for longest is forgotten first.
        """
        self._estimator = estimator
        self._texts = texts
        self._lock = forks.Lock()
        self._counts: OrderedDict[tuple[int, int], int] = OrderedDict()

    def count(self, text: str) -> int:
        """Tokens in ``text``."""
        # Python keeps a text's hash inside it, so it is computed once for each text object.
        key = (hash(text), len(text))
        with self._lock:
            if key in self._counts:
                self._counts.move_to_end(key)
                return self._counts[key]
        # Counted outside the lock: others need not wait, and counting the same text twice does no harm.
        tokens = self._estimator.count(text)
        with self._lock:
            self._counts[key] = tokens
            if len(self._counts) > self._texts:
                self._counts.popitem(last=False)
        return tokens
