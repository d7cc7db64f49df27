"""Real processes with threads spend under one cap, through the layers, in a shared file."""

from __future__ import annotations

import contextlib
import multiprocessing
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from llm_runtime.clock import SystemClock
from llm_runtime.cost.budget import BudgetEnforcingTracker
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.caps import Cap
from llm_runtime.cost.ledgers.sql import SqlAccounts
from llm_runtime.cost.metered import MeteredLLM
from llm_runtime.errors import BudgetExceeded, LLMError, TimedOut
from llm_runtime.messages import Completion, Request, Usage
from tests.llm_runtime.doubles import ScriptedLLM, completion, spec

CAP = Cap(scope="installation", name="4711", limit_usd=Decimal("1.00"))
REQUEST = Request(system="Be brief.", question="Why?", max_output_tokens=5_000)


def work(file: Path, name: int) -> None:
    """Four threads ask until there is no money; what the provider bills is written down before it answers."""
    ledger, clock, calculator = SqlAccounts(f"sqlite:///{file}"), SystemClock(), CostCalculator()
    budget = BudgetEnforcingTracker([CAP], ledger, clock=clock)
    rng = random.Random(name)
    with (file.parent / f"billed-{name}").open("w", buffering=1) as bill:

        def answer(_: Request) -> Completion:
            usage = Usage(input_tokens=10, output_tokens=rng.randint(1, 5_000))
            bill.write(f"{calculator.cost(spec(), usage)}\n")
            if rng.random() < 0.1:
                raise TimedOut("the answer was lost, not the bill")
            return replace(completion(), usage=usage)

        def ask(_: int) -> None:
            llm = MeteredLLM(ScriptedLLM(spec(), answer), calculator, clock, budget=budget)
            # Ten seconds to wait for others at most: at the end of the money, all wait for somebody.
            request = replace(REQUEST, timeout_seconds=10)
            while True:
                try:
                    llm.complete(request)
                except BudgetExceeded:
                    return
                except LLMError:
                    continue

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(ask, range(4)))
    ledger.close()


def test_processes_never_pass_a_cap_and_use_it_up(tmp_path: Path) -> None:
    spawning = multiprocessing.get_context("spawn")
    file = tmp_path / "money.db"
    processes = [spawning.Process(target=work, args=(file, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(50)

    billed = sum(Decimal(line) for number in range(3) for line in (tmp_path / f"billed-{number}").read_text().split())
    with contextlib.closing(SqlAccounts(f"sqlite:///{file}")) as ledger:
        spent = BudgetEnforcingTracker([CAP], ledger).spent(CAP)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert Decimal("0.40") < billed <= spent
    assert Decimal("0.90") < spent <= CAP.limit_usd
