"""The product's store: its rooms under one roof, and how it is opened."""

from __future__ import annotations

from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from app.store.answers import Answers
from app.store.calls import Calls
from app.store.deliveries import Deliveries
from app.store.dispositions import Dispositions
from app.store.findings import Findings
from app.store.forgetting import Forgetting
from app.store.pull_times import PullMoments
from app.store.pulls import Pulls
from app.store.recollections import Recollections
from app.store.reviews import Reviews
from app.store.room import Now
from app.store.versions import FAULTS, SCHEMA, upgrade
from llm_runtime.database.database import Database


def utc_now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


class Store(Deliveries, Reviews, Answers, Findings, Dispositions, Pulls, PullMoments, Recollections, Calls, Forgetting):
    """Everything that outlives a review and is not on GitHub.

    Repositories are named in full (``owner/repo``), in any case. Every method is one transaction, and raises
    ``StoreDown`` where the database does not do what it should.

    Example:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> with open_store(f"sqlite:///{folder.name}/quartet.db") as store:
        ...     store.pause("octo/app", 7, by="mona")
        ...     store.paused("Octo/App", 7).by
        'mona'
        >>> folder.cleanup()
    """

    @property
    def version(self) -> str | None:
        """The version of the tables."""
        return SCHEMA.version(self._database)

    def ping(self) -> None:
        """Do nothing, if the database answers."""
        SCHEMA.version(self._database)

    def close(self) -> None:
        """Let go of the connection."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(url: str, *, now: Now = utc_now) -> Store:
    """Open the store; its tables are made or brought to this program's version where nobody has yet.

    Args:
        url: ``sqlite:///relative``, ``sqlite:////absolute`` or ``postgresql://…``.
        now: The time, in UTC.

    Raises:
        Misconfigured: The URL cannot be meant, or its driver is not installed.
        StoreDown: The database does not answer, or a newer program made its tables.
    """
    database = Database(url, FAULTS)
    try:
        upgrade(database)
    except BaseException:
        database.close()
        raise
    return Store(database, now)
