"""Who keeps books of calls and of what became of findings, made of the settings: the database and Langfuse."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.errors import Misconfigured, StoreDown, StoreRefused
from llm_runtime.analytics.bookkeeper import Bookkeeper
from llm_runtime.analytics.recorder import Recorder
from llm_runtime.analytics.records import Source

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.accounts import Account
    from app.settings import Settings
    from llm_runtime.analytics.books import Books
    from llm_runtime.analytics.recorder import Sink
    from llm_runtime.analytics.records import Record, Trace

_PATIENCE_SECONDS = 5.0
"""How long a job waits until the database has what it told."""


@contextmanager
def recording(
    settings: Settings, account: Account, *, source: Source | None = None, notify: Callable[[str], None]
) -> Iterator[Recorder]:
    """What keeps the books of a run, in the database and in Langfuse; at the end all that was noted is put away.

    Args:
        settings: The environment.
        account: What the calls are made for.
        source: Where; by default the command line, or the workflow that it runs in.
        notify: Takes one line for people.

    Raises:
        Misconfigured: Langfuse's keys are set, and its package is missing.
    """
    where = source or (Source.ACTION if settings.github_actions else Source.CLI)
    recorder = Recorder(
        account.trace(where, datetime.now(UTC)), _sinks(settings), keep_content=settings.quartet_keep_content
    )
    try:
        yield recorder
    except BaseException:
        recorder.leave("failed")
        raise
    else:
        recorder.leave("done")
    finally:
        recorder.close()
        if recorder.lost:
            notify(f"{recorder.lost} records for analytics could not be put away; see quartet doctor")


@contextmanager
def bookkeeping(settings: Settings) -> Iterator[Callable[[Iterable[Record]], None]]:
    """What takes records; when it returns, the database has them, and Langfuse has them by the end of the block.

    Nothing is opened where there are none.
    """
    kept = _sinks(settings)

    def record(records: Iterable[Record]) -> None:
        told = tuple(records)
        for sink in kept:
            for each in told:
                sink.take(each)
            if told and isinstance(sink, Bookkeeper):
                sink.flush(_PATIENCE_SECONDS)

    try:
        yield record
    finally:
        for sink in kept:
            sink.close()


def _sinks(settings: Settings) -> tuple[Sink, ...]:
    """Who keeps books: Langfuse, where there are keys for it, and the database, unless that is switched off.

    Raises:
        Misconfigured: Langfuse's keys are set, and its package is missing.
    """
    kept: list[Sink] = []
    if settings.langfuse_public_key and settings.langfuse_secret_key:
        from llm_runtime.analytics.langfuse.tracker import LangfuseCostTracker  # noqa: PLC0415 - an extra

        try:
            langfuse = LangfuseCostTracker(
                public_key=settings.langfuse_public_key,
                secret_key=settings.langfuse_secret_key.get_secret_value(),
                base_url=settings.langfuse_base_url,
            )
        except ModuleNotFoundError as error:
            raise Misconfigured(str(error)) from error
        kept.append(langfuse)
    if settings.quartet_analytics:
        kept.append(Bookkeeper(functools.partial(books, settings), down=StoreDown, refused=StoreRefused))
    return tuple(kept)


def books(settings: Settings) -> Books:
    """Where traces and calls are noted in SQL; the caller closes it."""
    from app.store.address import store_url  # noqa: PLC0415 - SQLAlchemy is loaded when there is something to write
    from app.store.versions import FAULTS  # noqa: PLC0415 - as above
    from llm_runtime.analytics.books import open_books  # noqa: PLC0415 - as above

    return open_books(store_url(settings), FAULTS, gone=_gone)


def _gone(connection: Connection) -> Callable[[Trace], bool]:
    from app.store.forgetting import gone_in  # noqa: PLC0415 - as above

    found = gone_in(connection)
    return lambda trace: found.covers(trace.installation, trace.repository)
