"""How long git waits for a hook: ``python -m tests.benchmarks.hooks``.

Real commits and pushes in a repository of one small file; the vendor is the tests' fake on loopback. Printed are the
quickest and the slowest of the runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.models import Answers, Dribbles, Hangs, says
from tests.fakes.openai import FakeOpenAI
from tests.repositories import IDENTITY, Repository

ROOT = Path(__file__).parents[2]
BEGINNING = "from app.cli.main import entry_point; entry_point()"
CODE = "def names(rows):\n    return [row.name for row in rows if row.id != {number}]\n"
NOTHING_FOUND = says({"findings": [], "dropped_evidence": []})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row.

    Attributes:
        name: For people.
        answers: What the vendor says, or None where there is no key.
        runs: How often it is measured.
        options: Of ``quartet hook install``.
        push: Whether it is a push and not a commit.
    """

    name: str
    answers: Answers | None = None
    runs: int = 5
    options: tuple[str, ...] = ()
    push: bool = False


CASES = (
    Case(name="a commit, evidence alone"),
    Case(name="a commit, a model that answers at once", answers=NOTHING_FOUND),
    Case(name="a commit, a vendor that does not answer", answers=Hangs(), runs=2),
    Case(name="a commit, a vendor that sends a byte now and then", answers=Dribbles(), runs=2),
    Case(name="the same within 3 s", answers=Hangs(), runs=3, options=("--budget-seconds", "3")),
    Case(name="a push, a vendor that does not answer", answers=Hangs(), runs=1, push=True),
)


def measure(case: Case) -> tuple[float, ...]:
    """Seconds that each of the runs took, from git's start to its end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {**os.environ, **IDENTITY, "PYTHONPATH": str(ROOT), "QUARTET_STATE_DIR": str(folder / "state")}
        if case.answers is not None:
            vendor = stack.enter_context(FakeOpenAI(case.answers))
            environment |= {"OPENAI_API_KEY": "a-key", "OPENAI_BASE_URL": vendor.base_url, "NO_PROXY": "127.0.0.1"}
        repository = Repository.create(folder / "shop")
        repository.commit({"names.py": "names = []\n"})
        repository.git("init", "--quiet", "--bare", str(folder / "remote"))
        repository.git("remote", "add", "origin", str(folder / "remote"))
        repository.git("push", "--quiet", "origin", "main")

        def run(arguments: Sequence[str]) -> None:
            subprocess.run(arguments, cwd=repository.root, env=environment, capture_output=True, check=True)

        run([sys.executable, "-c", BEGINNING, "hook", "install", *case.options])
        return tuple(_once(repository, case, number, run) for number in range(case.runs))


def _once(repository: Repository, case: Case, number: int, run: Callable[[Sequence[str]], None]) -> float:
    repository.write({"names.py": CODE.format(number=number)})
    repository.git("add", "--all")
    if case.push:
        repository.git("commit", "--quiet", "--no-verify", "--message", "Change")
    command = ["push", "origin", "main"] if case.push else ["commit", "--message", "Change"]
    begun = time.monotonic()
    run(["git", *command])
    return time.monotonic() - begun


def main() -> None:
    """Print the table."""
    for case in CASES:
        seconds = measure(case)
        sys.stdout.write(f"| {case.name} | {min(seconds):.1f}–{max(seconds):.1f} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
