"""Figures come in, lines for people and values for machines go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.benchmarks.runtime.measures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One run, or why there was none.

    Attributes:
        shape: Name of the shape.
        topology: Processes and threads.
        client: Name of the client.
        title: The client's name for people.
        minute: Seconds that its minute lasted.
        retry_after: Whether a 429 said how long to wait.
        figures: What was measured; None where it was skipped.
        skipped: Why.
    """

    shape: str
    topology: str
    client: str
    title: str
    minute: float
    retry_after: bool
    figures: Figures | None = None
    skipped: str = ""

    def line(self, width: int) -> str:
        """The row as it is printed, the client's name in so many characters."""
        name = f"{self.title:<{width}}"
        if self.figures is None:
            return f"{name}  skipped: {self.skipped}"
        seen = self.figures
        return (
            f"{name}  {_number(seen.utilisation, 3)}  {seen.seconds:6.1f} ({seen.ideal_seconds:.1f})  "
            f"{seen.rejected:5d}  {seen.lost:4d}  {_number(seen.p50, 2)}  {_number(seen.p99, 2)}  "
            f"{_number(seen.spread, 2)}"
        )

    def to_json(self) -> dict[str, Any]:
        """Everything that is known of the run."""
        value = asdict(self)
        if self.figures is not None:
            value["figures"]["spread"] = self.figures.spread
        return value


def width(titles: Sequence[str]) -> int:
    """Characters of the widest name."""
    return max(map(len, titles), default=0)


def heading(name_width: int) -> str:
    """The names of the columns."""
    return f"{'':<{name_width}}  share      time (ideal)   429s  lost     p50     p99  p99/p50"


def _number(value: float | None, digits: int) -> str:
    return "     –" if value is None else f"{value:6.{digits}f}"
