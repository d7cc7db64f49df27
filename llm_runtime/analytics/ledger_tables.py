"""The rate ledger's two tables, made in a database that is reached through SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llm_runtime.scheduling.ledgers.sql_schema import create_tables
from llm_runtime.storage.engines import Row

if TYPE_CHECKING:
    from sqlalchemy import Connection


def make_ledger_tables(connection: Connection) -> None:
    """Make them where they are missing, in the connection's transaction; by the ledger's own statements."""
    create_tables(_Session(connection))


class _Session:
    """What the ledger's statements are executed on: a transaction of somebody else's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        if connection.dialect.name == "postgresql":
            from llm_runtime.storage.postgres import DIALECT  # noqa: PLC0415 - an engine is loaded where it is used
        else:
            from llm_runtime.storage.sqlite import DIALECT  # noqa: PLC0415 - as above
        self.dialect = DIALECT

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        return [tuple(row) for row in self._execute(sql, values).fetchall()]

    def write(self, sql: str, values: Sequence[object] = ()) -> None:
        """Execute a statement."""
        self._execute(sql, values)

    def _execute(self, sql: str, values: Sequence[object]) -> Any:
        mark = sql if self._connection.dialect.name == "sqlite" else sql.replace("?", "%s")
        return self._connection.exec_driver_sql(mark, tuple(values))
