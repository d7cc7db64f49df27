"""``/help``: what there is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.commands.command import Command, Needs

if TYPE_CHECKING:
    from app.commands.desk import Desk

WHO = {
    Needs.WRITE: "who may write here",
    Needs.CONFIGURED: "who may write here, unless the configuration's `ask` says otherwise",
    Needs.NOTHING: "everybody",
}
"""Who may give a command, for people."""


def table_of(commands: Iterable[Command]) -> str:
    """The commands as a table."""
    rows = (f"| `{command.usage}` | {command.summary} | {WHO[command.needs]} |" for command in commands)
    return "\n".join(("| Command | What it does | Who may |", "|---|---|---|", *rows))


def _run(desk: Desk, arguments: str) -> str:  # noqa: ARG001 - every command takes them
    return (
        "A command stands on a line of its own, outside quotes and code; `@quartet review` is the same as `/review`. "
        f"An edited comment is not read again.\n\n{table_of(desk.commands)}"
    )


HELP = Command(
    name="help",
    usage="/help",
    summary="Shows this list.",
    needs=Needs.NOTHING,
    run=_run,
)
