"""Whether a running ``quartet`` does its work: a process in, a verdict in one line out."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path, PurePath
from typing import Any

from app.errors import Misconfigured, QueueDown

SECONDS = 5.0
"""How long an answer is waited for."""

_LISTENING = ("up", "web")
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not listened at


@dataclass(frozen=True, slots=True)
class Health:
    """A verdict.

    Attributes:
        good: Whether it may go on.
        said: Why, in one line.
    """

    good: bool
    said: str


def look(pid: int) -> Health:
    """Look at a process on this machine.

    Args:
        pid: Its number; perhaps of an init that was given ``quartet …`` to run.

    Raises:
        Misconfigured: There is no such process, or it is another program.
    """
    name, options = understood(arguments_of(pid))
    match name:
        case _ if name in _LISTENING:
            return web_health(options["host"], options["port"])
        case "worker":
            return worker_health()
        case _:
            return Health(good=True, said=f"{f'quartet {name}'.strip()} runs to its end; nothing of it can be asked")


def arguments_of(pid: int) -> list[str]:
    """What follows ``quartet`` on the command line of a process.

    Raises:
        Misconfigured: There is no such process, or it is another program.
    """
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except OSError as error:
        msg = f"process {pid} cannot be looked at ({(error.strerror or 'no reason given').lower()}); name another --of"
        raise Misconfigured(msg) from error
    for place, word in enumerate(words):
        if PurePath(word).name == "quartet":
            return words[place + 1 :]
    msg = f"process {pid} is not quartet; give the process that is: quartet health --of PID"
    raise Misconfigured(msg)


def understood(arguments: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The subcommand, and the options of one that listens, defaults included; as the command line itself reads them.

    >>> name, options = understood(["web", "--port", "9000"])
    >>> name, options["host"], options["port"]
    ('web', '127.0.0.1', 9000)
    >>> understood(["review", "--base", "main"])
    ('review', {})
    """
    place = next((place for place, word in enumerate(arguments) if not word.startswith("-")), None)
    if place is None:
        return "", {}
    name = arguments[place]
    if name not in _LISTENING:
        return name, {}
    import typer.main  # noqa: PLC0415 - the command line holds this module's command

    from app.cli.main import cli  # noqa: PLC0415 - as above

    command: Any = typer.main.get_command(cli)
    with command.commands[name].make_context(name, list(arguments[place + 1 :]), resilient_parsing=True) as context:
        return name, dict(context.params)


def web_health(host: str, port: int) -> Health:
    """What the server at an address says of itself."""
    host = _ANYWHERE.get(host, host)
    try:
        status, body = _get(host, port, "/readyz")
        if status == HTTPStatus.NOT_FOUND:
            # The pages that register the App have no queue and no database yet.
            status, body = _get(host, port, "/healthz")
    except (OSError, http.client.HTTPException) as error:
        return Health(good=False, said=f"nothing answers at {host}:{port} ({type(error).__name__}); see its log")
    return Health(good=status == HTTPStatus.OK, said=f"{status} {body}")


def _get(host: str, port: int, path: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection(host, port, timeout=SECONDS)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, " ".join(response.read(1_000).decode(errors="replace").split())


def worker_health() -> Health:
    """Whether the queue hears of workers on this machine.

    Raises:
        Misconfigured: There is no queue.
    """
    from rq import Worker  # noqa: PLC0415 - for workers alone

    from app.redis_client import asking, connect  # noqa: PLC0415 - as above
    from app.settings import read_settings  # noqa: PLC0415 - as above
    from app.worker import redis_url  # noqa: PLC0415 - as above

    url, here = redis_url(read_settings()), socket.gethostname()
    try:
        with closing(connect(url, text=False)) as client, asking(url):
            # What a worker says of itself in Redis is gone when it has been silent for longer than it may.
            heard = sum(worker.hostname == here for worker in Worker.all(connection=client))
    except QueueDown as error:
        # Another start of the worker would not bring it back, and would cost the reviews that run.
        return Health(good=True, said=f"the workers wait: {error}")
    if not heard:
        return Health(good=False, said=f"the queue has heard of no worker on {here} for a while; see its log")
    return Health(good=True, said=f"{heard} worker{'s' * (heard > 1)} on {here}")
