"""What the processes of the rate ledgers' drills do; each tells by a pipe how far it has come."""

from __future__ import annotations

import threading
from multiprocessing.connection import Connection
from pathlib import Path

from llm_runtime.scheduling.ledger import Ask, Granted
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits
from tests.contracts.rate_ledgers import Open
from tests.llm_runtime.doubles import FakeClock

KEY = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")


def ask(ticket: str, limits: RateLimits, *, place: int | None = None, patience: float = 300.0) -> Ask:
    return Ask(key=KEY, limits=limits, demand=Demand(), ticket=ticket, place=place, patience=patience)


def take_all(open_ledger: Open, limits: RateLimits, receipts: Path, tell: Connection) -> None:
    """Reserve until there is no room; write down each grant."""
    ledger = open_ledger(FakeClock())
    with receipts.open("a", buffering=1) as file:
        number = 0
        while isinstance(ledger.reserve(ask(f"{receipts.name}.{number}", limits, patience=0)), Granted):
            file.write(f"{number}\n")
            if number == 0:
                tell.send("began")
            number += 1
    ledger.close()


def ask_and_hang(open_ledger: Open, limits: RateLimits, tickets: tuple[str, ...], tell: Connection) -> None:
    """Reserve each ticket, then hang with what was granted and what waits."""
    ledger = open_ledger(FakeClock())
    tell.send([type(ledger.reserve(ask(ticket, limits))).__name__ for ticket in tickets])
    threading.Event().wait()


class HangingClock(FakeClock):
    """Hangs when it is read, having told so: a ledger reads it in the midst of an operation."""

    def __init__(self, tell: Connection) -> None:
        super().__init__()
        self._tell = tell

    def monotonic(self) -> float:
        self._tell.send("in the midst")
        threading.Event().wait()
        return super().monotonic()


def hang_in_the_midst(open_ledger: Open, limits: RateLimits, tell: Connection) -> None:
    """Hang while the operation is under way."""
    open_ledger(HangingClock(tell)).reserve(ask("never", limits))
