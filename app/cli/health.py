"""``quartet health``: its options, before anything heavy is loaded."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

UNHEALTHY = 1
"""What container engines take for unhealthy (https://docs.docker.com/reference/dockerfile/#healthcheck)."""


def command(
    *,
    of: Annotated[
        int, typer.Option("--of", min=1, metavar="PID", help="The process to look at; in a container it is 1.")
    ] = 1,
) -> int:
    """Say whether the container's process does its work; the image's HEALTHCHECK.

    A web server, and quartet up, must answer that queue and database do. Of a worker the queue must have heard lately;
    while the queue itself is away a worker waits, and counts as healthy. Other commands run to their end.

    Exit status: 0 healthy, 1 not, 2 there is no such process, or it is another program.
    """
    from app.health import look  # noqa: PLC0415 - RQ is loaded where it is needed

    health = look(of)
    sys.stdout.write(f"{health.said}\n")
    return 0 if health.good else UNHEALTHY
