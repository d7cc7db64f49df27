"""How well a cap holds that travels in GitHub's cache: what docs/action.md says, with real processes."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal
from functools import partial
from pathlib import Path

from llm_runtime.clock import Clock
from llm_runtime.cost.accounts import Account, AccountLedger
from llm_runtime.cost.ledgers.sql import SqlAccounts
from tests.contracts.spenders import spend

DAY = "repository:octo/app:2026-11-21"
CAP, SPENT = Decimal("1.00"), Decimal("0.40")
RUNS = 3


def ledger(state: Path, clock: Clock | None) -> AccountLedger:
    return SqlAccounts(f"sqlite:///{state / 'limits.db'}", clock=clock)


def run_at_once(states: Sequence[Path], cap: Decimal, receipts: Path) -> list[Decimal]:
    """One process on each state spends from the day's account until there is no room; what each has paid."""
    spawning = multiprocessing.get_context("spawn")
    bills = [receipts / f"{cap}-bill-{number}" for number in range(len(states))]
    started = spawning.Event()
    account = Account(name=DAY, cap_usd=cap)
    processes = [
        spawning.Process(target=spend, args=(partial(ledger, state), account, bill, started))
        for state, bill in zip(states, bills, strict=True)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * len(processes)
    return [sum(map(Decimal, bill.read_text().split()), Decimal(0)) for bill in bills]


def spent(state: Path) -> Decimal:
    with closing(ledger(state, None)) as accounts:
        return accounts.balance(DAY).spent


def test_runs_on_copies_of_one_state_each_keep_the_cap_and_together_pass_it(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    run_at_once([kept], SPENT, tmp_path)
    before = spent(kept)
    copies = [Path(shutil.copytree(kept, tmp_path / f"copy-{number}")) for number in range(RUNS)]

    paid = run_at_once(copies, CAP, tmp_path)

    assert all(before + each <= CAP for each in paid)
    assert CAP < before + sum(paid) <= before + RUNS * (CAP - before)
    # The newest state is the one that the next run reads: what the others spent is in none of its accounts.
    assert all(spent(copy) == before + each for copy, each in zip(copies, paid, strict=True))


def test_runs_that_share_one_state_keep_the_cap_together(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()

    paid = run_at_once([shared] * RUNS, CAP, tmp_path)

    assert Decimal("0.9") < sum(paid) <= CAP


def test_a_run_after_another_goes_on_where_that_one_ended(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    run_at_once([kept], SPENT, tmp_path)
    before = spent(kept)

    (paid,) = run_at_once([Path(shutil.copytree(kept, tmp_path / "restored"))], CAP, tmp_path)

    assert paid <= CAP - before
