"""The answer to a question about reviews: a table of values, which every format shows alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import sqrt

ENOUGH = 20
"""Of how many a share has to be for it to say anything: below that, its interval spans half of what is possible."""

_Z = 1.959964
"""The normal distribution's quantile that leaves 2.5 % on either side."""


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    COUNT = "count"
    DOLLARS = "dollars"
    SECONDS = "seconds"
    SHARE = "share"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, and what that tells of those that are still to come.

    The interval is Wilson's at 95 % (https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval): it stays
    between 0 and 1 and is honest about small numbers.

    Args:
        part: How many, from 0 to ``whole``.
        whole: Of how many.

    Raises:
        ValueError: ``part`` is not within ``whole``.

    >>> share = Share(8, 20)
    >>> (share.value, round(share.low, 3), round(share.high, 3), share.enough)
    (0.4, 0.219, 0.613, True)
    """

    part: int
    whole: int

    def __post_init__(self) -> None:
        """See that it is a share."""
        if not 0 <= self.part <= self.whole:
            msg = f"{self.part} of {self.whole} is no share"
            raise ValueError(msg)

    @property
    def enough(self) -> bool:
        """Whether there are enough for it to be said."""
        return self.whole >= ENOUGH

    @property
    def value(self) -> float:
        """From 0 to 1; 0 of nothing is 0."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def low(self) -> float:
        """Where the interval begins."""
        return self._interval()[0]

    @property
    def high(self) -> float:
        """Where the interval ends."""
        return self._interval()[1]

    def _interval(self) -> tuple[float, float]:
        if not self.whole:
            return 0.0, 1.0
        square = _Z * _Z / self.whole
        middle = (self.value + square / 2) / (1 + square)
        half = _Z / (1 + square) * sqrt(self.value * (1 - self.value) / self.whole + square / (4 * self.whole))
        # At 0 and at 1 the formula ends there exactly; floating point does not.
        low = 0.0 if self.part == 0 else middle - half
        high = 1.0 if self.part == self.whole else middle + half
        return low, high


Cell = str | int | Decimal | float | date | Share | None
"""A value of a table: None is what nobody knows, and never nothing."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer.

    Attributes:
        key: What programs call it: small letters, digits and ``_``.
        title: What people read above it.
        kind: What its cells are: ``str`` for text, ``int`` for counts, ``Decimal`` for dollars, ``float`` for seconds,
            ``Share`` for shares, ``date`` for days; None where that is not known.
        few: Whether None says that there is not enough to tell it by, and not that nobody knows.
    """

    key: str
    title: str
    kind: Kind
    few: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about a question.

    Attributes:
        key: What programs call the question: small letters, digits and ``-``.
        title: The question's name for people.
        columns: What is told of each row.
        rows: Cells in the order of the columns; in the order in which people want to read them.
        note: What one has to know to read it rightly, such as how many calls have no known price; or the empty string.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        """See that every row has every column.

        Raises:
            ValueError: One has not.
        """
        if any(len(row) != len(self.columns) for row in self.rows):
            msg = f"a row of {self.key} has not {len(self.columns)} cells"
            raise ValueError(msg)

    def values(self, key: str) -> tuple[Cell, ...]:
        """The cells of one column, from the first row to the last.

        Raises:
            KeyError: There is no such column.
        """
        for place, column in enumerate(self.columns):
            if column.key == key:
                return tuple(row[place] for row in self.rows)
        raise KeyError(key)
