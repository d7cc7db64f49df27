"""Makes the page with the figures: the database is asked, within a time, and the report's page is shown."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import event, select

from app.analytics.report.gathering import gather
from app.analytics.report.page import Live, policy, render
from app.errors import StoreDown
from app.store.address import store_url
from app.store.store import open_store
from app.store.versions import FAULTS, upgrade
from app.web.dashboard.readable import MOST_REPOSITORIES
from app.web.dashboard.shown import FORM_TOKEN, VISITOR, Page, Shown, TookTooLong
from llm_runtime.analytics.tables import llm_traces
from llm_runtime.database.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.settings import Settings
    from llm_runtime.analytics.metrics.sums import Repositories
    from llm_runtime.analytics.performance_analyzer import Report

LONGEST_SECONDS = 20.0
"""For all questions of a page. PostgreSQL ends a single one by itself (``statement_timeout``); SQLite is told."""

_SLOW_SECONDS = 10.0
"""What fails after so long has failed because of it: PostgreSQL gives a question no more."""

_TOO_LONG = "that takes too long; choose a shorter period, or a repository"

_STEPS = 20_000
"""Of SQLite's machine between two looks at the clock: about a millisecond."""

_MOST_CHOICES = 500

_INCOMPLETE = f"Only {MOST_REPOSITORIES:,} of the repositories that you may read are looked at."


def make_page(settings: Settings, shown: Shown) -> Page:
    """The page.

    Raises:
        StoreDown: The database does not answer.
        TookTooLong: It does, but not in time.
    """
    report, choices = _asked(settings, shown)
    live = Live(
        action=shown.root,
        since=shown.wish.since,
        until=shown.wish.until,
        repository=shown.wish.repository,
        repositories=choices,
        visitor=VISITOR,
        sign_out=f"{shown.root}/sign-out",
        form_token=FORM_TOKEN if shown.session else "",
        queue=f"{shown.root}/queue" if shown.allowed is None else "",
        note="" if shown.complete else _INCOMPLETE,
    )
    html = render(report, scope=shown.wish.repository, live=live)
    return Page(html, f"{policy(live=True)}; frame-ancestors 'none'")


def held_by_others(settings: Settings, told: Mapping[str, int]) -> frozenset[str]:
    """Which names are known under another installation than GitHub tells (``Forgetting.held_by_others``).

    Raises:
        StoreDown: The database does not answer.
    """
    with open_store(store_url(settings)) as store:
        return store.held_by_others(told)


def _asked(settings: Settings, shown: Shown) -> tuple[Report, tuple[str, ...]]:
    began = time.monotonic()
    try:
        with closing(Database(store_url(settings), FAULTS)) as database:
            upgrade(database)
            with database.reading() as connection, _within(connection, LONGEST_SECONDS):
                report = gather(connection, shown.period, repositories=shown.repositories)
                return report, _choices(connection, shown)
    except StoreDown as error:
        if time.monotonic() - began < min(_SLOW_SECONDS, LONGEST_SECONDS):
            raise
        raise TookTooLong(_TOO_LONG) from error


def _choices(connection: Connection, shown: Shown) -> tuple[str, ...]:
    """The repositories that a visitor may choose: those allowed of which something is known."""
    name = llm_traces.c.repository
    known = select(name).distinct().order_by(name)
    allowed: Repositories = shown.allowed
    if allowed is not None:
        known = known.where(name.in_(sorted(allowed)))
    return tuple(connection.scalars(known.limit(_MOST_CHOICES)))


@contextmanager
def _within(connection: Connection, seconds: float) -> Iterator[None]:
    """Let SQLite end a query that takes too long, and PostgreSQL begin none when it is late."""
    until = time.monotonic() + seconds
    if connection.dialect.name != "sqlite":

        def look(*_: object) -> None:
            if time.monotonic() > until:
                raise TookTooLong(_TOO_LONG)

        event.listen(connection, "before_cursor_execute", look)
        try:
            yield
        finally:
            event.remove(connection, "before_cursor_execute", look)
        return
    raw = connection.connection.driver_connection
    assert raw is not None  # noqa: S101 - a connection in a transaction has one
    raw.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)
