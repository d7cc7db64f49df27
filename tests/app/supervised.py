"""A supervisor of small programs as a process: each knocks with its name, and does what it is told there."""

from __future__ import annotations

import os
import socket
import sys

from app.cli.worker import say
from app.errors import Misconfigured
from app.supervisor import Part, Supervisor


def part(port: str, name: str) -> None:
    """Knock, and end with the status that is answered; SIGTERM ends it as it ends every program."""
    with socket.create_connection(("127.0.0.1", int(port))) as line:
        line.sendall(f"{os.getpid()} {os.getppid()} {name}\n".encode())
        sys.exit(int(line.recv(10) or b"0"))


def supervise(port: str, *names: str) -> None:
    command = (sys.executable, "-m", "tests.app.supervised", "part", port)
    stages = [[Part(name=name, command=(*command, name), hopeless=(2,), grace_seconds=20)] for name in names]
    try:
        Supervisor(stages, say=say).run(lambda: say("everything runs"))
    except Misconfigured as error:
        say(str(error))
        sys.exit(2)
    say("everything has stopped")


if __name__ == "__main__":
    if sys.argv[1] == "part":
        part(*sys.argv[2:])
    else:
        supervise(*sys.argv[2:])
