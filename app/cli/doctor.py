"""``quartet doctor``: its option, before anything heavy is loaded."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    *, offline: Annotated[bool, typer.Option("--offline", help="Ask no vendor whether it takes the key.")] = False
) -> int:
    """Check keys, models, limits, prices and where they are accounted for; say what to do about each fault.

    A vendor is asked for the description of each model, which costs nothing.

    Exit status: 0 all is well, 2 something in the environment cannot be used, 3 something is to be mended.
    """
    from app.cli.doctor_run import run  # noqa: PLC0415 - nothing heavy is loaded to show the help

    return run(offline=offline)
