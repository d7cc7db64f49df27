"""What this period and the one before came to goes in; the figures on top of the page come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from app.analytics.report.cells import TOO_FEW, UNKNOWN, percent
from app.analytics.report.cells import words as shown
from llm_runtime.analytics.answer import ENOUGH, Answer, Cell, Kind, Share

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

    def both(key: str) -> tuple[Cell, Cell]:
        now, before = totals.values(key)[:2]
        return now, before

    reviews, calls, accepted = (cast("tuple[int, int]", both(key)) for key in ("reviews", "calls", "accepted"))
    unpriced = cast("int", both("unpriced_calls")[0])
    return (
        _amount(
            "Cost",
            both("cost"),
            Kind.DOLLARS,
            of=reviews,
            beside=f"{unpriced:,} call{'s' * (unpriced != 1)} without a known price" if unpriced else "",
        ),
        _amount("Cost per accepted finding", both("cost_per_accepted"), Kind.DOLLARS, of=accepted, better="less"),
        _share("Precision, estimated", both("precision"), better="more", of="judged findings"),
        _amount("Reviews", both("reviews"), Kind.COUNT, of=reviews, beside=_counted(both("pull_requests")[0])),
        _amount("95 of 100 answers within", both("p95"), Kind.SECONDS, of=calls, better="less"),
        _share("Calls that went to a fallback", both("fallbacks"), better="less", of="calls"),
    )


def _counted(pulls: Cell) -> str:
    return f"of {shown(pulls, Kind.COUNT)} pull request{'s' * (pulls != 1)}"


def _amount(
    title: str, both: tuple[Cell, Cell], kind: Kind, *, of: tuple[int, int], better: str = "", beside: str = ""
) -> Figure:
    """A figure that grows or shrinks by a part of itself; nobody can tell of fewer than ``ENOUGH``."""
    now, before = both
    value = shown(now, kind)
    if now is None or not before or min(of) < ENOUGH:
        return Figure(title=title, value=value, beside=beside, change=_untold(lambda: shown(before, kind), before))
    part = float(Decimal(str(now)) / Decimal(str(before))) - 1
    if abs(part) < _SAME:
        return Figure(title=title, value=value, beside=beside, change=f"as before ({shown(before, kind)})")
    way = "more" if part > 0 else "less"
    sign = "▲" if part > 0 else "▼"
    return Figure(
        title=title,
        value=value,
        beside=beside,
        change=f"{sign} {percent(round(abs(part), 3))} {way} than before ({shown(before, kind)})",
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


def _untold(words: Callable[[], str], before: Cell) -> str:
    return f"before: {UNKNOWN if before is None else words()}; {TOO_FEW} to compare"


def _verdict(way: str, better: str) -> str:
    return "" if not better else "better" if way == better else "worse"
