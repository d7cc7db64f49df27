"""What the wordings of prompts cost, and how often an answer to them cannot be read."""

from __future__ import annotations

from sqlalchemy import Connection, case, func, select

from llm_runtime.analytics.answer import Answer, Column, Kind, Share
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.metrics.dimensions import prompt, prompt_names
from llm_runtime.analytics.metrics.known import each, known_cost, notes
from llm_runtime.analytics.metrics.sums import Repositories, of_repositories, sums
from llm_runtime.analytics.period import Period
from llm_runtime.analytics.tables import prompt_executions

_UNREADABLE = ("malformed", "repaired")


def prompts(
    connection: Connection, period: Period, *, repositories: Repositories = None, limit: int | None = 20
) -> Answer:
    """The most expensive prompts by their wordings, and of how many questions the first answer was malformed."""
    names = ("calls", "cost_pico", "unpriced_calls")
    found = sums(connection, period, names, by=(By.PROMPT,), repositories=repositories, order="cost_pico", limit=limit)
    malformed = _malformed(connection, period, repositories)
    columns = (
        *found.by,
        Column("calls", "Calls", Kind.COUNT),
        Column("cost", "Cost", Kind.DOLLARS),
        Column("cost_per_call", "Cost per call", Kind.DOLLARS),
        Column("unpriced_calls", "Unpriced calls", Kind.COUNT),
        Column("malformed", "Malformed answers", Kind.SHARE),
    )
    rows = []
    for (name,), row in found.rows:
        cost, priced = known_cost(row), row["calls"] - row["unpriced_calls"]
        on_average = None if cost is None else each(cost, priced)
        rows.append((name, row["calls"], cost, on_average, row["unpriced_calls"], malformed.get(str(name))))
    return Answer("prompts", "Most expensive prompts", columns, tuple(rows), notes(found))


def _malformed(connection: Connection, period: Period, repositories: Repositories) -> dict[str, Share]:
    """By wording: of how many questions that ended in the period the first answer could not be read."""
    ended = prompt_executions.c
    unreadable = func.sum(case((ended.outcome.in_(_UNREADABLE), 1), else_=0))
    query = select(ended.variant, unreadable, func.count()).group_by(ended.variant)
    query = query.where(ended.ended_at >= period.since, ended.ended_at < period.until)
    query = of_repositories(query, ended.repository, repositories)
    names = prompt_names(connection)
    return {prompt(names, variant): Share(int(part), whole) for variant, part, whole in connection.execute(query)}
