"""How an invoice is paid in parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Instalment:
    due: date
    cents: int


def single(total_cents: int, due: date) -> list[Instalment]:
    """The whole sum at once."""
    return [Instalment(due, total_cents)]


def split(total_cents: int, parts: int, first_due: date) -> list[Instalment]:
    """The sum in equal parts, thirty days apart; together they are the whole sum."""
    if not 1 <= parts <= 12:
        raise ValueError(f"{parts} parts; 1 to 12 are offered")
    each = total_cents // parts
    return [Instalment(first_due + timedelta(days=30 * number), each) for number in range(parts)]
