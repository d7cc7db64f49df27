"""``quartet web``: its options, before anything heavy is loaded."""

from __future__ import annotations

from typing import Annotated

import typer

_LARGEST_PORT = 65_535


def command(
    *,
    host: Annotated[str, typer.Option("--host", help="Name or address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=_LARGEST_PORT, help="0 takes any that is free.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that answer.")] = 2,
    setup: Annotated[
        bool, typer.Option("--setup", help="Register the App in a browser; for when there is none yet.")
    ] = False,
) -> int:
    """Take deliveries from GitHub and queue what they ask for; `quartet worker` does it.

    Exit status: 0 it was told to stop, 2 something in the environment cannot be used.
    """
    from app.cli import web_run  # noqa: PLC0415 - nothing heavy is loaded to show the help

    return web_run.set_up(host, port) if setup else web_run.run(host, port, processes=workers)
