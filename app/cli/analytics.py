"""``quartet analytics``: its commands, before anything heavy is loaded."""

from __future__ import annotations

import sys

import typer

from app.cli import analytics_export, analytics_post_summary, analytics_questions, analytics_report

commands = typer.Typer(name="analytics", help="What reviews cost, and what they bring.")
commands.command("export")(analytics_export.command)
commands.command("analyze")(analytics_questions.analyze)
commands.command("costs")(analytics_questions.costs)
commands.command("report")(analytics_report.command)
commands.command("post-summary")(analytics_post_summary.command)


@commands.callback(invoke_without_command=True)
def _analytics(context: typer.Context) -> None:
    """What reviews cost, and what they bring."""
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")
