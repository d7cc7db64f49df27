"""``quartet init``: its options, before anything heavy is loaded."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    *,
    fork_safe: Annotated[
        bool,
        typer.Option("--fork-safe", help="Two workflows, so that pull requests of forks are reviewed safely, too."),
    ] = False,
    action: Annotated[
        str | None,
        typer.Option(metavar="OWNER/NAME@REF", help="The Action that the workflow uses. (default: OWNER/quartet@v1)"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the files; write nothing.")] = False,
) -> int:
    """Write .quartet.yml and the workflow that reviews this repository's pull requests on GitHub.

    Files that are there already are left alone. Nothing is committed, and nothing is sent anywhere.

    Exit status: 0 done, 2 not in a repository or files are there already, 3 they cannot be written.
    """
    from app.cli.init_run import run  # noqa: PLC0415 - help costs no more than this file

    return run(fork_safe=fork_safe, action=action, force=force, dry_run=dry_run)
