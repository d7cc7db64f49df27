"""How the engines go about it: what is asked of millions of calls is answered out of an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from llm_runtime.analytics import performance_analyzer
from llm_runtime.analytics.metrics import agent_metrics, llm_metrics, prompt_metrics
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.metrics.totals import totals
from tests.llm_runtime.analytics.metrics.past import TWO_DAYS

SOME = frozenset({"octo/app", "web"})

Asks = Callable[[Connection], object]

QUESTIONS: list[Any] = [
    *(
        pytest.param(
            lambda connection, question=question, by=by, of=of: question(
                connection, TWO_DAYS, by=(by,), repositories=of
            ),
            id=f"{question.__name__} by {by}{' of some' if of else ''}",
        )
        for question in (
            llm_metrics.costs,
            llm_metrics.latency,
            llm_metrics.rates,
            llm_metrics.fallbacks,
            llm_metrics.caches,
        )
        for by in (By.MODEL, By.PROMPT)
        for of in (None, SOME)
    ),
    *(
        pytest.param(
            lambda past, question=question, of=of: question(past, TWO_DAYS, repositories=of),
            id=f"{question.__name__}{' of some' if of else ''}",
        )
        for question in (
            llm_metrics.cost_by_day,
            llm_metrics.cost_by_day_and_model,
            llm_metrics.errors,
            llm_metrics.events,
            prompt_metrics.prompts,
            agent_metrics.value,
            agent_metrics.reviewers,
            agent_metrics.pull_requests,
            totals,
            performance_analyzer.analyze,
        )
        for of in (None, SOME)
    ),
]


@pytest.mark.parametrize("ask", QUESTIONS)
def test_calls_are_read_out_of_an_index_and_nothing_from_end_to_end(past: Connection, ask: Asks) -> None:
    steps = plan(past, ask)

    assert steps
    calls = [step for step in steps if "llm_generations" in step]
    assert [step for step in calls if not reads_only_the_index(step)] == []
    assert [step for step in steps if is_scan(step) and "prompt_variants" not in step] == []


def plan(connection: Connection, ask: Asks) -> list[str]:
    """The steps of the engine for all that is executed while it is asked."""
    if connection.dialect.name == "postgresql":
        # Of tables as small as a test's, it would read all rows, whatever index there is.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
    with executed(connection) as statements:
        ask(connection)
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    return [
        str(row[-1]).strip()
        for statement, values in statements
        if statement.startswith("SELECT")
        for row in connection.exec_driver_sql(f"{explain} {statement}", values)
    ]


@contextmanager
def executed(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    noted: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        noted.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    yield noted
    event.remove(connection, "before_cursor_execute", note)


def reads_only_the_index(step: str) -> bool:
    """As SQLite and as PostgreSQL say it."""
    return step.startswith(
        "SEARCH llm_generations USING COVERING INDEX ix_llm_generations_questions (started_at>?"
    ) or ("Index Only Scan using ix_llm_generations_questions on llm_generations" in step)


def is_scan(step: str) -> bool:
    """SQLite scans the results of subqueries, too, which have no other way."""
    return "Seq Scan" in step or (step.startswith("SCAN ") and not step.startswith("SCAN anon_"))
