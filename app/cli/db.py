"""``quartet db``: its commands, before anything heavy is loaded."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer

commands = typer.Typer(name="db", help="The database of the App.")


@commands.callback(invoke_without_command=True)
def _db(context: typer.Context) -> None:
    """The database of the App."""
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")


@commands.command("upgrade", short_help="Bring the tables to this program's version.")
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


@commands.command("downgrade", short_help="Bring the tables back to an earlier program's version.")
def downgrade_command(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="As the earlier program names it when it refuses.")],
) -> int:
    """Bring the App's tables back to an earlier version, before the earlier program is started again.

    What later versions added is lost, so make a backup first; stop web and workers before, because each process of this
    program brings the tables up again when it starts.

    Exit status: 0 done, 2 there is no such version or DATABASE_URL cannot be used, 3 the database does not answer.
    """
    from app.errors import Misconfigured  # noqa: PLC0415 - as above
    from app.settings import read_settings  # noqa: PLC0415 - as above
    from app.store.address import store_url  # noqa: PLC0415 - as above
    from app.store.versions import FAULTS, SCHEMA  # noqa: PLC0415 - as above
    from llm_runtime.database.database import Database  # noqa: PLC0415 - as above

    with closing(Database(store_url(read_settings()), FAULTS)) as database:
        before = SCHEMA.version(database)
        if before not in SCHEMA.versions:
            msg = (
                f"the tables in {database.name} are of version {before}, which this program does not know; use its own"
            )
            raise Misconfigured(msg if before else f"there are no tables in {database.name}; name it in DATABASE_URL")
        earlier = SCHEMA.versions[: SCHEMA.versions.index(before) + 1]
        if version not in earlier:
            msg = f"{version} is no version that the tables can be brought back to; there are {', '.join(earlier)}"
            raise Misconfigured(msg)
        with database.writing() as connection:
            SCHEMA.migrate(connection, version)
        sys.stdout.write(f"{database.name}: the tables are of version {version}; they were of {before}\n")
    return 0


@commands.command("prune", short_help="Delete what is older than it is to be kept.")
def prune_command(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be deleted and what it is for, and delete nothing.")
    ] = False,
) -> int:
    """Delete what is older than it is to be kept (QUARTET_RETENTION, docs/privacy.md); says how much of what.

    The App does so once a day; without it, and to see what a new setting would do, this does.

    Exit status: 0 done, 2 QUARTET_RETENTION or DATABASE_URL cannot be used, 3 the database does not answer.
    """
    from app.analytics.retention import FOREVER, parse_retention, prune, what_is_old  # noqa: PLC0415 - as above
    from app.analytics.retention_rules import RULES  # noqa: PLC0415 - as above
    from app.settings import read_settings  # noqa: PLC0415 - as above
    from app.store.address import store_url  # noqa: PLC0415 - as above
    from app.store.versions import FAULTS, upgrade  # noqa: PLC0415 - as above
    from llm_runtime.database.database import Database  # noqa: PLC0415 - as above
    from reviewers.report.wording import counted  # noqa: PLC0415 - as above

    settings = read_settings()
    retention, now = parse_retention(settings.quartet_retention), datetime.now(UTC)
    with closing(Database(store_url(settings), FAULTS)) as database:
        upgrade(database)
        pruned = what_is_old(database, retention, now) if dry_run else prune(database, retention, now)
    verb = "would be deleted" if dry_run else "deleted"
    whys = {rule.name: f"; {rule.why}" if dry_run else "" for rule in RULES}
    for each in pruned:
        kept = FOREVER if each.days is None else f"{each.days} days"
        sys.stdout.write(f"{each.rule} (kept {kept}): {counted(each.rows, each.unit)} {verb}{whys[each.rule]}\n")
    return 0
