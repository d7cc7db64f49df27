"""``quartet action``: what the composite Action calls; nothing heavy is loaded to show the help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(
    name="action", help="The step of a workflow.", short_help="The step of a GitHub workflow.", no_args_is_help=True
)

_FILE = Path("quartet-pull-request.json")


@commands.command("run", short_help="Do what the event of a workflow asks for.")
def run() -> int:
    """Do what the event of a workflow asks for: review, answer a command, or nothing, and say so.

    Everything comes from the environment of the runner: the event, the inputs (QUARTET_INPUT_…) and where outputs go.
    Exit status: 0 done or nothing to do, 1 a finding at or above fail-on, 2 configuration, 3 not done or incomplete.
    """
    from app.action.step import run as do  # noqa: PLC0415 - see the module

    return do()


@commands.command("collect", short_help="Write down which pull request a workflow without secrets ran for.")
def collect(
    output: Annotated[Path, typer.Option(metavar="FILE", help="Where; three numbers, as JSON.")] = _FILE,
) -> int:
    """Write down which pull request this workflow runs for, for one with secrets that reviews it.

    It needs no token and no key, asks nobody, and runs nothing of the pull request.
    """
    from app.action.collecting import collect as do  # noqa: PLC0415 - see the module

    return do(output)
