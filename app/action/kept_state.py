"""The state directory as a cache brings it in; what is damaged in it is laid aside, so that the run goes on without."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

_FILES = ("quartet.db", "limits.db")
_BESIDE = ("-wal", "-shm", "-journal")
LAID_ASIDE = ".damaged"
"""Behind the name of a file that is of no use any more."""


def lay_damaged_aside(folder: Path, *, say: Callable[[str], None]) -> None:
    """Rename each database in a folder that SQLite cannot read; one that was laid aside before makes room for it.

    An entry of a cache is never written again, and each run hands on what it has read: a file that was damaged once
    would otherwise keep every later run from its work.

    Args:
        folder: The state directory; there may be none yet.
        say: Takes one line for the log.
    """
    for name in _FILES:
        path = folder / name
        if not path.is_file() or _is_whole(path):
            continue
        with suppress(OSError):
            for end in _BESIDE:
                path.with_name(f"{name}{end}").unlink(missing_ok=True)
            path.replace(path.with_name(f"{name}{LAID_ASIDE}"))
            say(f"{name} of the kept state is damaged and was laid aside; what it remembered and counted begins anew")


def _is_whole(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False
