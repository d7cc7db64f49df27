"""Processes that take a turn, for tests that kill and pause them; told and heard line by line."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import TurnLost
from app.events import RepositoryId
from app.turns import Turns

REPOSITORY = RepositoryId(installation=5, owner="Acme", repo="shop")
NUMBER = 7


@dataclass(frozen=True, slots=True)
class Taker:
    """A process that holds a turn, or found that there is none."""

    process: subprocess.Popen[str]

    def hear(self) -> str:
        """Its next line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ask(self, word: str) -> str:
        """Have it do something and say what came of it."""
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.hear()

    def send(self, what: signal.Signals) -> None:
        self.process.send_signal(what)

    def kill(self) -> None:
        """As the machine would."""
        self.process.kill()
        self.process.wait(20)


@contextlib.contextmanager
def taker(url: str, prefix: str, lease_seconds: float) -> Iterator[Taker]:
    """A process that takes the turn as soon as it runs; its first line says whether it got it."""
    command = [sys.executable, "-m", "tests.app.turn_takers", url, prefix, str(lease_seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Taker(process)
        finally:
            process.kill()


def main(url: str, prefix: str, lease_seconds: str) -> None:
    turns = Turns(url, prefix=prefix, lease_seconds=float(lease_seconds))
    turn = turns.take(REPOSITORY, NUMBER)
    if turn is None:
        _say("none")
        return
    with turn:
        _say(f"fence {turn.fence}")
        for line in sys.stdin:
            try:
                match line.strip():
                    case "check":
                        turn.check()
                        _say("ours")
                    case "done":
                        _say("more" if turn.done() else "all")
            except TurnLost:
                _say("lost")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
