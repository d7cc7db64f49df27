"""What may be said of sums whose parts are not all known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from llm_runtime.analytics.columns import PICO
from llm_runtime.analytics.metrics.sums import Sums


def known_cost(row: Mapping[str, Any]) -> Decimal | None:
    """What was spent; None where there were calls and the price of none of them is known."""
    cost: Decimal = row["cost_pico"]
    return None if row["calls"] and row["unpriced_calls"] == row["calls"] else cost


def each(cost: Decimal, number: int) -> Decimal:
    """What one of them cost on average, as exact as amounts are kept."""
    return (cost / number).quantize(Decimal(1).scaleb(-PICO))


def notes(found: Sums) -> str:
    """What one has to know of sums: that some have no price, and that there are more."""
    rows: Iterable[Mapping[str, Any]] = [row for _, row in found.rows]
    unpriced = sum(row.get("unpriced_calls", 0) for row in rows)
    calls = sum(row.get("calls", 0) for row in rows)
    told = []
    if unpriced:
        told.append(f"The price of {unpriced:,} of {calls:,} calls is unknown; sums are without them.")
    if found.cut:
        told.append(f"Only the first {len(found.rows):,}; there are more.")
    return " ".join(told)
