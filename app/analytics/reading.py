"""The database of a process that only asks it questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.store.address import store_url
from app.store.versions import FAULTS, upgrade
from llm_runtime.database.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.settings import Settings

_FILE = "sqlite:///"


@contextmanager
def reading(settings: Settings) -> Iterator[Connection | None]:
    """A transaction in which all answers are of one state of the tables; None where there is no database yet.

    Tables that an older program made are brought to this one's version first; a file that is not there is not made, for
    whoever asks a question wants to find nothing rather than to leave something.

    Raises:
        Misconfigured: The address cannot be meant.
        StoreDown: The database does not answer, or a newer program made its tables.
    """
    url = store_url(settings)
    with closing(Database(url, FAULTS)) as database:
        if url.startswith(_FILE) and not Path(url.removeprefix(_FILE)).exists():
            yield None
            return
        upgrade(database)
        with database.reading() as connection:
            yield connection


def nothing_there(settings: Settings) -> str:
    """What to tell whoever asked where there is no database yet: whoever has named one may have named another."""
    cure = "review something with the key of a model first"
    if not settings.database_url:
        return f"no model has been asked on this machine yet; {cure}, or set DATABASE_URL"
    file = store_url(settings).removeprefix(_FILE)
    return f"there is no database at {file} yet; {cure}, or name another file in DATABASE_URL"
