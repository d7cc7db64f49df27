"""``quartet up``: its options, before anything heavy is loaded."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.worker import MAX_PROCESSES

_LARGEST_PORT = 65_535


def command(
    *,
    host: Annotated[str, typer.Option("--host", help="Name or address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=_LARGEST_PORT, help="0 takes any that is free.")] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=MAX_PROCESSES, help="How many jobs are done at a time.")
    ] = 2,
) -> int:
    """Run the whole App on this machine: web server, workers, and a Redis of its own unless REDIS_URL is set.

    What outlives a run is in QUARTET_STATE_DIR. After a crash it goes on where it was. SIGTERM or Ctrl-C stops it in
    order: no more deliveries, then the workers (within QUARTET_GRACE_SECONDS), then Redis.

    Exit status: 0 stopped, 2 something in the environment cannot be used, 3 a part could not be started.
    """
    from app.cli import up_run  # noqa: PLC0415 - nothing heavy is loaded to show the help

    return up_run.run(host, port, workers=workers)
