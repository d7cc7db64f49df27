"""What reviewers bring: findings, what became of them, and what each one that was accepted cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from llm_runtime.analytics.answer import ENOUGH, Answer, Column, Kind, Share
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.metrics.known import each, known_cost, notes
from llm_runtime.analytics.metrics.sums import Repositories, sums
from llm_runtime.analytics.period import Period

_VALUE = (By.REVIEWER, By.MODEL, By.REPOSITORY)
_FINDINGS = Column("findings", "Findings", Kind.COUNT)
_ACCEPTED = Column("accepted", "Accepted", Kind.COUNT)
_DISMISSED = Column("dismissed", "Dismissed", Kind.COUNT)
_PRECISION = Column("precision", "Precision", Kind.SHARE)
_COST = Column("cost", "Cost", Kind.DOLLARS)
_EACH = Column("cost_per_accepted", "Cost per accepted finding", Kind.DOLLARS, few=True)
_CALLS = ("calls", "cost_pico", "unpriced_calls")
_BROUGHT = ("findings", "accepted", "dismissed")

FEW = f"Not enough data where people have judged fewer than {ENOUGH} findings."


def value(
    connection: Connection,
    period: Period,
    *,
    by: Sequence[By] = _VALUE,
    repositories: Repositories = None,
    limit: int | None = None,
) -> Answer:
    """How many findings were accepted and at what cost, by reviewer, model and repository; the dearest first.

    The precision is an estimate: the findings that people accepted, liked or fixed, of all that they judged.

    Args:
        connection: A transaction.
        period: When the reviews began.
        by: By what, prompts excepted: a finding has a model, but not a wording.
        repositories: Of which repositories.
        limit: How many rows at most.
    """
    found = sums(
        connection, period, (*_CALLS, *_BROUGHT), by=by, repositories=repositories, order="cost_pico", limit=limit
    )
    columns = (
        *found.by,
        _FINDINGS,
        _ACCEPTED,
        _DISMISSED,
        _PRECISION,
        _COST,
        Column("unpriced_calls", "Unpriced calls", Kind.COUNT),
        _EACH,
    )
    rows = tuple(
        (
            *keys,
            *(row[name] for name in _BROUGHT),
            precision(row),
            known_cost(row),
            row["unpriced_calls"],
            cost_per_accepted(row),
        )
        for keys, row in found.rows
    )
    return Answer("value", "Value of findings", columns, rows, f"{notes(found)} {FEW}".strip())


def reviewers(connection: Connection, period: Period, *, repositories: Repositories = None) -> Answer:
    """What each reviewer brought and left unanswered; the dearest first."""
    names = ("reviews", *_CALLS, *_BROUGHT, "gaps")
    found = sums(connection, period, names, by=(By.REVIEWER,), repositories=repositories, order="cost_pico")
    columns = (
        *found.by,
        Column("reviews", "Reviews", Kind.COUNT),
        _FINDINGS,
        _ACCEPTED,
        _DISMISSED,
        _PRECISION,
        Column("gaps", "Gaps", Kind.COUNT),
        _COST,
        _EACH,
    )
    rows = tuple(
        (
            *keys,
            row["reviews"],
            *(row[name] for name in _BROUGHT),
            precision(row),
            row["gaps"],
            known_cost(row),
            cost_per_accepted(row),
        )
        for keys, row in found.rows
    )
    return Answer("reviewers", "Reviewers", columns, rows, f"{notes(found)} {FEW}".strip())


def pull_requests(
    connection: Connection, period: Period, *, repositories: Repositories = None, limit: int | None = 20
) -> Answer:
    """The most expensive pull requests."""
    names = ("reviews", *_CALLS, "findings", "accepted")
    found = sums(
        connection, period, names, by=(By.PULL_REQUEST,), repositories=repositories, order="cost_pico", limit=limit
    )
    columns = (
        *found.by,
        Column("reviews", "Reviews", Kind.COUNT),
        Column("calls", "Calls", Kind.COUNT),
        _COST,
        Column("unpriced_calls", "Unpriced calls", Kind.COUNT),
        _FINDINGS,
        _ACCEPTED,
    )
    rows = tuple(
        (
            *keys,
            row["reviews"],
            row["calls"],
            known_cost(row),
            row["unpriced_calls"],
            row["findings"],
            row["accepted"],
        )
        for keys, row in found.rows
    )
    return Answer("pull-requests", "Most expensive pull requests", columns, rows, notes(found))


def precision(row: Mapping[str, Any]) -> Share:
    """The accepted of those that people judged."""
    return Share(row["accepted"], row["accepted"] + row["dismissed"])


def cost_per_accepted(row: Mapping[str, Any]) -> Decimal | None:
    """What was spent for each accepted finding; None where too few were judged, none accepted, or no price is known."""
    accepted: int = row["accepted"]
    cost = known_cost(row)
    return None if cost is None or not accepted or not precision(row).enough else each(cost, accepted)
