"""What has become old is deleted, table by table, a few rows at a time, so that nobody who writes waits for long."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.analytics.retention_rules import RULES, Rule
from app.errors import Misconfigured

if TYPE_CHECKING:
    from llm_runtime.database.database import Database

FOREVER = "forever"

_DAYS = re.compile(r"([1-9][0-9]{0,4})d\Z")
_READ_AT_ONCE = 20_000
_REST_SECONDS = 0.1
"""Between two transactions: SQLite's lock goes to whoever asks first, and who has waited for long asks that often
(https://www.sqlite.org/c3ref/busy_timeout.html)."""

Retention = Mapping[str, int | None]
"""For each rule's name how many days are kept; None for all."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted, or would be, under one rule.

    Attributes:
        rule: Its name.
        days: How many days are kept; None for all.
        rows: How many were older.
        unit: What one of them is, for people.
    """

    rule: str
    days: int | None
    rows: int
    unit: str = "row"


def parse_retention(text: str) -> Retention:
    """What ``QUARTET_RETENTION`` says, with what is usual where it says nothing.

    Args:
        text: ``NAME=30d`` or ``NAME=forever``, joined by commas.

    Raises:
        Misconfigured: It names something that is not kept, or no number of days.

    >>> parse_retention("content=7d, quartet_reviews=forever")["content"]
    7
    """
    kept: dict[str, int | None] = {rule.name: rule.days for rule in RULES}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, words = (part.strip() for part in entry.partition("="))
        if name not in kept:
            raise Misconfigured(f"QUARTET_RETENTION names {name[:40]!r}; what it can name is {', '.join(sorted(kept))}")
        days = _DAYS.match(words)
        if days is None and words != FOREVER:
            raise Misconfigured(f"QUARTET_RETENTION: {name} is kept for {words[:20]!r}; write 30d, or {FOREVER}")
        kept[name] = int(days[1]) if days else None
    return kept


def prune(
    database: Database,
    retention: Retention,
    now: datetime,
    *,
    rest: Callable[[float], object] = time.sleep,
) -> tuple[Pruned, ...]:
    """Delete what is older than it is to be kept, and say how much that was.

    Args:
        database: Where all tables are, in this program's version.
        retention: For how many days what is kept.
        now: The present.
        rest: Lets some seconds pass, so that others come to their turn.

    Raises:
        StoreDown: The database does not answer; what was deleted by then is.
    """
    return tuple(
        Pruned(
            rule.name, days, 0 if days is None else _end(database, rule, now - timedelta(days=days), rest), rule.unit
        )
        for rule, days in ((rule, retention[rule.name]) for rule in RULES)
    )


def what_is_old(database: Database, retention: Retention, now: datetime) -> tuple[Pruned, ...]:
    """What ``prune`` would delete now; where one rule would leave another something, it is counted there, too."""
    told: list[Pruned] = []
    for rule in RULES:
        days, rows = retention[rule.name], 0
        if days is not None:
            query = rule.old(now - timedelta(days=days)).subquery()
            with database.reading() as connection:
                rows = int(connection.execute(select(func.count()).select_from(query)).scalar() or 0)
        told.append(Pruned(rule.name, days, rows, rule.unit))
    return tuple(told)


def _end(database: Database, rule: Rule, before: datetime, rest: Callable[[float], object]) -> int:
    """What is old is looked for while others may write, and ended by its keys in short transactions."""
    ended = 0
    while True:
        with database.reading() as connection:
            keys = [tuple(row) for row in connection.execute(rule.old(before).limit(_READ_AT_ONCE))]
        for start in range(0, len(keys), rule.at_once):
            if ended or start:
                rest(_REST_SECONDS)
            with database.writing() as connection:
                for statement in rule.end(keys[start : start + rule.at_once], before):
                    connection.execute(statement)
        ended += len(keys)
        if len(keys) < _READ_AT_ONCE:
            return ended
