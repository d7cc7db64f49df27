"""``quartet analytics post-summary``: its options, before anything heavy is loaded."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    *,
    repository: Annotated[str, typer.Option(metavar="OWNER/REPO", help="Whose month, and where it is posted.")],
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="Which month. (default: the last one)")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the text, and post nothing.")] = False,
) -> int:
    """Post a month's costs, findings, recurring faults and review times as an issue; posted again, it is edited.

    Needs GITHUB_TOKEN (issues: write), or the App's key for a repository on which it is installed.

    Exit status: 0 posted, or nothing was reviewed in that month; 2 usage; 3 GitHub or the database does not answer.
    """
    from app.cli.analytics_post_summary_run import run  # noqa: PLC0415 - nothing heavy is loaded to show the help

    return run(repository, month=month, dry_run=dry_run)
