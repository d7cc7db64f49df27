"""What results hold of their calls, as expressions that the database adds up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, literal

from llm_runtime.analytics.columns import PicoDollars
from llm_runtime.analytics.rows import STAND_INS, SUMS
from llm_runtime.analytics.tables import llm_generations

_PRICED = llm_generations.c.cost_pico
_STAND_IN = llm_generations.c.role.in_(STAND_INS)


def _sum(column: Any, name: str) -> Any:
    nothing = Decimal(0) if isinstance(column.type, PicoDollars) else 0
    return func.coalesce(func.sum(column), literal(nothing, type_=column.type)).label(name)


def _count(condition: Any, name: str) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(name)


# A failure without usage was refused and cost nothing; what was billed, or may have been, is unpriced without a cost.
SUMS_OF_CALLS = (
    func.count().label("calls"),
    _count(llm_generations.c.error.is_not(None), "failed_calls"),
    _count(_STAND_IN, "fallback_calls"),
    _count(llm_generations.c.wait_ms > 0, "waited_calls"),
    _count(_PRICED.is_(None), "unpriced_calls"),
    *(
        _sum(llm_generations.c[name], name)
        for name in SUMS
        if name.endswith(("_tokens", "_ms", "saved_pico")) or name == "cost_pico"
    ),
    _sum(case((_STAND_IN, _PRICED)), "fallback_cost_pico"),
)
