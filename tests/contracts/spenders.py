"""What a process of a drill does: it spends from one account until there is no room, and writes down what it paid."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from multiprocessing.synchronize import Event
from pathlib import Path

from llm_runtime.cost.accounts import Account, Held, Hold
from tests.contracts.account_ledgers import Open

_MOST = Decimal("0.02")


def spend(make: Open, account: Account, receipts: Path, started: Event) -> None:
    """Two threads hold two cents, pay a part of them, and settle; a receipt is written before it is settled."""
    ledger = make(None)
    with receipts.open("w", buffering=1) as file, ThreadPoolExecutor(2) as pool:

        def buy(thread: int) -> None:
            rng = random.Random(f"{receipts.name}.{thread}")
            for number in range(1_000):
                hold = Hold(
                    id=f"{receipts.name}.{thread}.{number}", accounts=(account,), amount=_MOST, lease_seconds=600
                )
                if not isinstance(ledger.hold(hold), Held):
                    return
                paid = Decimal(rng.randint(0, 20)) / 1_000
                file.write(f"{paid}\n")
                started.set()
                ledger.settle(hold, paid)

        for done in [pool.submit(buy, thread) for thread in range(2)]:
            done.result()
    started.set()
    ledger.close()
