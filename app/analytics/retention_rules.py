"""What is kept in each table and for how long, as data: what is too old is found by one query, and ended by another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Delete, Select, Table, and_, exists, func, or_, select, tuple_

from app.store.tables import answers, deliveries, dispositions, findings, gone, pauses, pull_times, replies, reviews
from llm_runtime.analytics.tables import (
    agent_task_results,
    export_metadata,
    llm_events,
    llm_generations,
    llm_traces,
    prompt_executions,
    prompt_variants,
)

Statement = Any
"""A DELETE or an UPDATE of rows with certain keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long something is kept.

    Attributes:
        name: What ``QUARTET_RETENTION`` calls it: the table's name, where it is about whole rows.
        days: How long, unless somebody says otherwise; None for as long as the App is installed.
        why: What it is kept for, and for so long.
        old: The keys of what is from before a moment.
        end: What ends rows with these keys, in their order; it looks again whether they are that old, for somebody may
            have come in between.
        at_once: How many are ended in one transaction.
        unit: What one of them is, for people.
    """

    name: str
    days: int | None
    why: str
    old: Callable[[datetime], Select[Any]]
    end: Callable[[Sequence[tuple[Any, ...]], datetime], tuple[Statement, ...]]
    at_once: int = 500
    unit: str = "row"


def _key(table: Table) -> tuple[Column[Any], ...]:
    return tuple(table.primary_key)


def _these(columns: Sequence[Column[Any]], keys: Sequence[tuple[Any, ...]]) -> Any:
    return columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)


def _rows(
    moment: Column[Any], days: int | None, why: str, *conditions: Any, at_once: int = 500, name: str = ""
) -> Rule:
    """The rule of a table whose rows have an age of their own."""
    table = moment.table
    assert isinstance(table, Table)  # noqa: S101 - a column of a table, not of a query

    def end(keys: Sequence[tuple[Any, ...]], before: datetime) -> tuple[Delete, ...]:
        return (table.delete().where(_these(_key(table), keys), moment < before, *conditions),)

    return Rule(
        name=name or table.name,
        days=days,
        why=why,
        old=lambda before: select(*_key(table)).where(moment < before, *conditions),
        end=end,
        at_once=at_once,
    )


def _old_texts(before: datetime) -> Select[Any]:
    one = llm_generations.c
    return select(one.trace, one.id).where(
        one.started_at < before, or_(one.prompt.is_not(None), one.answer.is_not(None))
    )


def _blank_texts(keys: Sequence[tuple[Any, ...]], before: datetime) -> tuple[Statement, ...]:
    these = (_these(_key(llm_generations), keys), llm_generations.c.started_at < before)
    return (llm_generations.update().where(*these).values(prompt=None, answer=None),)


def _is_open(repository: Column[Any], number: Column[Any]) -> Any:
    """Whether a pull request is known to be open."""
    one = pull_times.c
    return exists().where(
        one.repository == repository, one.number == number, one.closed_at.is_(None), one.merged_at.is_(None)
    )


def _old_pulls(before: datetime) -> Select[Any]:
    """Pull requests that nobody has reviewed since, but for those that are open: they need what was found in them."""
    one = reviews.c
    return (
        select(one.repository, one.number)
        .where(~_is_open(one.repository, one.number))
        .group_by(one.repository, one.number)
        .having(func.max(one.started_at) < before)
    )


def _end_pulls(keys: Sequence[tuple[Any, ...]], before: datetime) -> tuple[Statement, ...]:
    other = reviews.alias()

    def still(table: Table) -> tuple[Any, ...]:
        mine = (other.c.repository == table.c.repository, other.c.number == table.c.number)
        these = tuple_(table.c.repository, table.c.number).in_(keys)
        return (
            these,
            ~exists().where(*mine, other.c.started_at >= before),
            ~_is_open(table.c.repository, table.c.number),
        )

    # The reviews last: by them it is known how old it is.
    return tuple(table.delete().where(*still(table)) for table in (findings, pauses, reviews))


_UNUSED = and_(
    ~exists().where(llm_generations.c.variant == prompt_variants.c.id),
    ~exists().where(prompt_executions.c.variant == prompt_variants.c.id),
)
# A finding that is told on an open pull request must stay as it was decided.
_SETTLED = ~exists().where(
    findings.c.repository == dispositions.c.repository,
    findings.c.id == dispositions.c.finding,
    _is_open(findings.c.repository, findings.c.number),
)

RULES: tuple[Rule, ...] = (
    Rule(
        name="content",
        days=30,
        why="questions and answers in full, where somebody has switched them on: to look into what a model said",
        old=_old_texts,
        end=_blank_texts,
        unit="text",
    ),
    _rows(llm_events.c.at, 90, "waits, fallbacks and open breakers: to see what limits and outages do", at_once=1_000),
    _rows(
        llm_generations.c.started_at,
        400,
        "single calls: latency and prompts of this year beside the year before; their sums stay longer",
    ),
    _rows(prompt_executions.c.ended_at, 400, "how questions ended, by their wording: as long as single calls"),
    _rows(agent_task_results.c.started_at, 800, "sums by review, reviewer and model: costs of two years"),
    _rows(llm_traces.c.started_at, 800, "reviews and commands: what the sums hang on", at_once=50),
    _rows(prompt_variants.c.first_seen_at, 400, "names of wordings, once nothing is known of them any more", _UNUSED),
    _rows(export_metadata.c.started_at, 90, "runs of the export from Langfuse: to see which failed"),
    _rows(deliveries.c.received_at, 30, "what GitHub has told us: to see why something was or was not done"),
    _rows(answers.c.answered_at, 180, "what reviewers answered: so that nobody is asked, or paid, twice", at_once=50),
    Rule(
        name="quartet_reviews",
        days=400,
        why="reviews and findings of a pull request that is not open, from its last review on: told once, and what "
        "became of it",
        old=_old_pulls,
        end=_end_pulls,
        at_once=20,
        unit="pull request",
    ),
    _rows(pull_times.c.opened_at, 800, "how long pull requests took", pull_times.c.closed_at.is_not(None)),
    _rows(replies.c.claimed_at, 400, "which comments were taken up: so that nobody is answered twice"),
    _rows(dispositions.c.at, None, "what people decided: dismissed stays dismissed", _SETTLED),
    _rows(gone.c.gone_at, 400, "whose data was deleted: so that nothing of it comes back late"),
)
