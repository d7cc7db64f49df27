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
