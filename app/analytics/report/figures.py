"""What this period and the one before came to goes in; the figures on top of the page come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from app.analytics.report.cells import TOO_FEW, in_column, percent
from llm_runtime.analytics.answer import ENOUGH, Answer, Cell, Column, Share

_SAME, _CLEAR = 0.01, 0.05
"""Parts of an amount: less than the one is the same, less than the other is chance as well as anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of them.

    Attributes:
        title: What it is.
        value: What it is now, in words.
        beside: What one has to know of it, or the empty string.
        change: Against the period before, in words.
        verdict: ``better``, ``worse``, or the empty string where it is neither, or nobody can tell.
    """

    title: str
    value: str
    beside: str
    change: str
    verdict: str = ""


def figures(totals: Answer) -> tuple[Figure, ...]:
    """The figures of the first row, each with its change against the second.

    Args:
        totals: The answer ``totals``: this period, then the one before.
    """
    reviews, calls, pulls, unpriced = (
        cast("tuple[int, int]", _both(totals, key)[1])
        for key in ("reviews", "calls", "pull_requests", "unpriced_calls")
    )
    precision = _both(totals, "precision")[1]
    judged = tuple(share.whole if isinstance(share, Share) else 0 for share in precision)
    without = f"{unpriced[0]:,} call{'s' * (unpriced[0] != 1)} without a known price" if unpriced[0] else ""
    of = f"of {pulls[0]:,} pull request{'s' * (pulls[0] != 1)}"
    return (
        _amount("Cost", _both(totals, "cost"), of=reviews, beside=without),
        _amount("Cost per accepted finding", _both(totals, "cost_per_accepted"), of=judged, better="less"),
        _share("Precision, estimated", precision, better="more", of="judged findings"),
        _amount("Reviews", _both(totals, "reviews"), of=reviews, beside=of),
        _amount("95 of 100 answers within", _both(totals, "p95"), of=calls, better="less"),
        _share("Calls that went to a fallback", _both(totals, "fallbacks")[1], better="less", of="calls"),
    )


def _both(totals: Answer, key: str) -> tuple[Column, tuple[Cell, Cell]]:
    column = next(column for column in totals.columns if column.key == key)
    now, before = totals.values(key)[:2]
    return column, (now, before)


def _amount(
    title: str, told: tuple[Column, tuple[Cell, Cell]], *, of: Sequence[int], better: str = "", beside: str = ""
) -> Figure:
    """A figure that grows or shrinks by a part of itself; nobody can tell of fewer than ``ENOUGH``."""
    column, (now, before) = told
    value, was = in_column(now, column), in_column(before, column)
    if now is None or not before or min(of) < ENOUGH:
        change = f"before: {was}" + (f"; {TOO_FEW} to compare" if now is not None and before is not None else "")
        return Figure(title=title, value=value, beside=beside, change=change)
    part = float(Decimal(str(now)) / Decimal(str(before))) - 1
    if abs(part) < _SAME:
        return Figure(title=title, value=value, beside=beside, change=f"as before ({was})")
    way = "more" if part > 0 else "less"
    sign = "▲" if part > 0 else "▼"
    return Figure(
        title=title,
        value=value,
        beside=beside,
        change=f"{sign} {percent(round(abs(part), 3))} {way} than before ({was})",
        verdict=_verdict(way, better) if abs(part) >= _CLEAR else "",
    )


def _share(title: str, both: tuple[Cell, Cell], *, better: str, of: str) -> Figure:
    """A share: it has changed where its interval leaves out what it was before."""
    now, before = both
    if not isinstance(now, Share) or not now.enough:
        whole = now.whole if isinstance(now, Share) else 0
        return Figure(title=title, value=TOO_FEW, beside=f"{whole:,} {of}; {ENOUGH} are needed", change="")
    beside = f"between {percent(now.low)} and {percent(now.high)}, of {now.whole:,} {of}"
    value = percent(now.value)
    if not isinstance(before, Share) or not before.enough:
        return Figure(title=title, value=value, beside=beside, change="before: " + TOO_FEW)
    was = percent(before.value)
    if now.low <= before.value <= now.high:
        return Figure(title=title, value=value, beside=beside, change=f"no clear change (before: {was})")
    way = "more" if now.value > before.value else "less"
    points = f"{100 * abs(now.value - before.value):.1f} points"
    sign = "▲" if way == "more" else "▼"
    return Figure(
        title=title,
        value=value,
        beside=beside,
        change=f"{sign} {points} {way} than before ({was})",
        verdict=_verdict(way, better),
    )


def _verdict(way: str, better: str) -> str:
    return "" if not better else "better" if way == better else "worse"
