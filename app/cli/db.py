"""``quartet db``: its commands, before anything heavy is loaded."""

from __future__ import annotations

import sys
from contextlib import closing

import typer

commands = typer.Typer(name="db", help="The database of the App.")


@commands.callback(invoke_without_command=True)
def _db(context: typer.Context) -> None:
    """The database of the App."""
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")


@commands.command("upgrade")
def command() -> int:
    """Make the tables, or bring them to this program's version; says which it was and is.

    Every process does so when it starts; this is for doing it at a time of one's own, before a new version is started.

    Exit status: 0 done, 2 DATABASE_URL cannot be used, 3 the database does not answer or is of a newer version.
    """
    from app.settings import read_settings  # noqa: PLC0415 - as above
    from app.store.address import store_url  # noqa: PLC0415 - as above
    from app.store.versions import FAULTS, SCHEMA, upgrade  # noqa: PLC0415 - as above
    from llm_runtime.database.database import Database  # noqa: PLC0415 - as above

    with closing(Database(store_url(read_settings()), FAULTS)) as database:
        before = SCHEMA.version(database)
        upgrade(database)
        after = SCHEMA.version(database)
        change = "was there already" if before == after else f"it had {before or 'no tables'} before"
        sys.stdout.write(f"{database.name}: the tables are of version {after}; {change}\n")
    return 0
