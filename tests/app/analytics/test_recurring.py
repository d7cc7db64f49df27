"""Faults that come back are counted by rule and folder, with what people said of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from app.analytics.recurring import recurring
from app.store.store import Store
from llm_runtime.analytics.answer import Answer, Share
from llm_runtime.analytics.period import Period
from reviewers.findings import Finding
from tests.app.store.conftest import START, Time, begin
from tests.builders import finding

PERIOD = Period(START, START + timedelta(days=30))
Tell = Callable[..., Finding]


@pytest.fixture
def tell(store: Store, time: Time) -> Tell:
    """``tell(7, "shop/orders.py")`` posts a finding on pull request 7; each has code of its own."""
    told = 0

    def one(number: int, path: str = "shop/orders.py", *, repository: str = "octo/app", **rest: Any) -> Finding:
        nonlocal told
        told += 1
        time.advance(hours=1)
        made = finding(path=path, anchor=f"code {told}", **rest)
        store.remember_findings(begin(store, repository, number), [made])
        store.mark_told(repository, number, {made.fingerprint: told})
        return made

    return one


def asked(store: Store, **rest: Any) -> Answer:
    with store.database.reading() as connection:
        return recurring(connection, rest.pop("period", PERIOD), **rest)


def test_a_rule_that_is_told_in_one_folder_again_and_again_is_shown_with_what_became_of_it(
    store: Store, tell: Tell, time: Time
) -> None:
    right, wrong, both = tell(7), tell(7), tell(8)
    time.advance(days=2)
    tell(9, "shop/carts.py")
    store.mark_fixed("octo/app", 7, [right.fingerprint])
    store.mark_fixed("octo/app", 8, [both.fingerprint])
    store.dispose("octo/app", [wrong.fingerprint], kind="dismissed", by="mona", number=7)
    store.dispose("octo/app", [both.fingerprint], kind="dismissed", by="mona", number=8)

    assert asked(store).rows == (
        (
            "octo/app",
            "security",
            "injection",
            "shop",
            4,
            3,
            1,
            2,
            Share(1, 3),
            date(2026, 11, 21),
            date(2026, 11, 23),
        ),
    )


def test_what_stands_on_one_pull_request_alone_or_in_different_folders_does_not_recur(store: Store, tell: Tell) -> None:
    tell(7)
    tell(7)
    tell(8, "blog/posts.py")
    tell(8, rule="traversal")
    tell(8, reviewer="bugs")
    tell(8, repository="octo/other")

    assert asked(store).rows == ()


def test_since_when_goes_back_beyond_the_period(store: Store, tell: Tell) -> None:
    tell(1)
    tell(7)
    tell(8)
    later = Period(START + timedelta(hours=1, minutes=30), START + timedelta(days=9))

    (row,) = asked(store, period=later).rows
    assert row[4:6] == (2, 2)
    assert row[9] == date(2026, 11, 21)


def test_the_most_frequent_come_first_and_no_more_than_are_wanted(store: Store, tell: Tell) -> None:
    for number in (1, 2, 3):
        tell(number, "a/x.py")
        tell(number, "b/x.py")
    tell(4, "b/x.py")
    tell(1, "x.py")
    tell(2, "x.py")

    assert asked(store).values("folder") == ("b", "a", "/")
    assert asked(store, limit=1).values("folder") == ("b",)


@pytest.mark.parametrize(
    ("repositories", "found"),
    [
        (None, ("octo/app", "octo/other")),
        (frozenset({"octo/other"}), ("octo/other",)),
        (frozenset(), ()),
    ],
)
def test_only_repositories_that_were_asked_for_are_told(
    store: Store, tell: Tell, repositories: frozenset[str] | None, found: tuple[str, ...]
) -> None:
    for number in (1, 2):
        tell(number)
        tell(number, repository="octo/other")

    assert asked(store, repositories=repositories).values("repository") == found


def test_no_query_reads_all_findings(store: Store, tell: Tell) -> None:
    for number in (1, 2):
        tell(number)
    with store.database.reading() as connection, plans(connection) as read:
        recurring(connection, PERIOD)
        recurring(connection, PERIOD, repositories=frozenset({"octo/app"}))

    assert read
    assert not [plan for plan in read if "SCAN quartet_findings" in plan or "Seq Scan on quartet_findings" in plan]


@contextmanager
def plans(connection: Connection) -> Any:
    """The plan of each query that is executed in the block."""
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        # Of a few rows all are read at once; what is asked is whether there is another way.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
    executed: list[tuple[str, Any]] = []
    found: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        executed.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    yield found
    event.remove(connection, "before_cursor_execute", note)
    for statement, parameters in executed:
        explained = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}", parameters)
        found.append("\n".join(str(tuple(row)) for row in explained))
