"""Every rate ledger on its real engine: what the contract suite and the processes of its drills run over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from llm_runtime.clock import Clock
from llm_runtime.scheduling.ledger import RateLedger
from llm_runtime.scheduling.ledgers.memory import MemoryLedger

Open = Callable[[Clock | None], RateLedger]
"""Opens the ledger once more, on the same account where it is shared; with a clock, that one counts, else its own."""


@contextmanager
def memory(folder: Path) -> Iterator[Open]:
    yield MemoryLedger


LEDGERS: Mapping[str, Callable[[Path], object]] = {"memory": memory}
