"""A line of what ``quartet doctor`` reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report, and whether it tells of a fault."""

    text: str
    fault: bool = False
