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
    """The sum in equal parts, thirty days apart; what does not divide is paid with the first."""
    if not 1 <= parts <= 12:
        raise ValueError(f"{parts} parts; 1 to 12 are offered")
    each, rest = divmod(total_cents, parts)
    sums = [each + rest, *([each] * (parts - 1))]
    return [Instalment(first_due + timedelta(days=30 * number), cents) for number, cents in enumerate(sums)]
