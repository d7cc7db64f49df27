"""``quartet analytics``: its commands, before anything heavy is loaded."""

from __future__ import annotations

import sys

import typer

from app.cli import analytics_export, analytics_post_summary, analytics_questions, analytics_report

commands = typer.Typer(name="analytics", help="What reviews cost, and what they bring.")
commands.command("export", short_help="Bring in what only Langfuse has seen.")(analytics_export.command)
commands.command("analyze", short_help="Tell everything, what stands out first.")(analytics_questions.analyze)
commands.command("costs", short_help="Tell what reviews cost, by model or what else you wish.")(
    analytics_questions.costs
)
commands.command("report", short_help="Write a page with charts.")(analytics_report.command)
commands.command("post-summary", short_help="Post a month as an issue of its repository.")(
    analytics_post_summary.command
)


@commands.callback(invoke_without_command=True)
def _analytics(context: typer.Context) -> None:
    """What reviews cost, and what they bring."""
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")
