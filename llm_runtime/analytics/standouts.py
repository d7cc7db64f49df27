"""What stands out in a period, in sentences; nothing is said where there is too little to tell it by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from llm_runtime.analytics.answer import ENOUGH, Answer, Share

_MUCH = 1.5
"""By how much something without an interval has to differ to be called unusual."""
_MOST = Decimal("0.5")

_RATES = {
    "errors": "Calls fail",
    "fallbacks": "Calls go to a fallback",
    "waits": "Calls wait",
}


def remarks(totals: Answer, costs: Answer, latency: Answer, reviewers: Answer) -> tuple[str, ...]:
    """The sentences, each with its figures.

    Args:
        totals: Of the period and of the one before.
        costs: By model.
        latency: By model.
        reviewers: By reviewer.
    """
    now, before = _rows(totals)
    return (*_dearest(now, costs), *_slowest(now, latency), *_least_precise(now, reviewers), *_unusual(now, before))


def _dearest(now: Mapping[str, Any], costs: Answer) -> Iterator[str]:
    priced = [row for row in _rows(costs) if row["cost"]]
    if len(priced) < 2 or now["calls"] < ENOUGH:  # noqa: PLR2004 - the dearest of one is no news
        return
    first = max(priced, key=lambda row: row["cost"])
    if first["cost"] > _MOST * now["cost"]:
        share = first["cost"] / now["cost"]
        yield f"{first['model']} makes up {share:.0%} of the cost (${first['cost']:,.2f} of ${now['cost']:,.2f})."


def _slowest(now: Mapping[str, Any], latency: Answer) -> Iterator[str]:
    known = [row for row in _rows(latency) if row["p95"] is not None]
    if len(known) < 2:  # noqa: PLR2004 - as above
        return
    last = max(known, key=lambda row: row["p95"])
    if last["p95"] > _MUCH * now["p95"]:
        yield (
            f"{last['model']} is the slowest: one answer in twenty takes longer than {last['p95']:.1f} s, "
            f"where it is {now['p95']:.1f} s over all models."
        )


def _least_precise(now: Mapping[str, Any], reviewers: Answer) -> Iterator[str]:
    """Only where the whole interval lies below what all reviewers together reach."""
    known = [row for row in _rows(reviewers) if row["precision"].enough]
    if not known:
        return
    last = min(known, key=lambda row: row["precision"].value)
    if last["precision"].high < now["precision"].low:
        yield (
            f"Of the findings of {last['reviewer']} that people judged, {_told(last['precision'])} were accepted; "
            f"of all findings, {_told(now['precision'])}."
        )


def _unusual(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    """What is not as it was in the period before."""
    for key, what in _RATES.items():
        if _differ(now[key], before[key]):
            more = "more" if now[key].value > before[key].value else "less"
            yield f"{what} {more} often than before: {_told(now[key])}, before {_told(before[key])}."
    if _differ(now["precision"], before["precision"]):
        this, last = now["precision"], before["precision"]
        more = "More" if this.value > last.value else "Fewer"
        yield f"{more} findings are accepted than before: {_told(this)}, before {_told(last)}."
    if now["reviews"] >= ENOUGH <= before["reviews"]:
        yield from _changed("A review costs", now["cost_per_review"], before["cost_per_review"], "${:,.4f}")
    yield from _changed("The slowest twentieth of answers takes", now["p95"], before["p95"], "{:.1f} s")


def _differ(now: Share, before: Share) -> bool:
    """Whether the intervals have nothing in common."""
    return now.enough and before.enough and (now.low > before.high or now.high < before.low)


def _changed(what: str, now: Any, before: Any, shown: str) -> Iterator[str]:
    if now is None or before is None or not now or not before:
        return
    if not 1 / _MUCH <= float(now) / float(before) <= _MUCH:
        more = "more" if now > before else "less"
        yield f"{what} {more} than before: {shown.format(now)}, before {shown.format(before)}."


def _told(share: Share) -> str:
    return f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%})"


def _rows(answer: Answer) -> list[dict[str, Any]]:
    keys = [column.key for column in answer.columns]
    return [dict(zip(keys, row, strict=True)) for row in answer.rows]
