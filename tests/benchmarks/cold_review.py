"""How long and how large a cold ``quartet review --pr --post`` is, with models that answer at once.

Run it with ``make bench-cold``. GitHub and the vendors are the tests' fakes on loopback, in this process; each run of
the command is a process of its own. Printed are medians.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.gemini import FakeGemini
from tests.fakes.github import TOKEN, FakeGitHub, FakePull
from tests.fakes.models import Answer, Asked, says
from tests.fakes.openai import FakeOpenAI

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from app.cli.main import entry_point; entry_point()"]
RUNS = 7
BEFORE = "def find(db, name):\n    return db.execute('select ?', [name])\n"
AFTER = "def find(db, name):\n    return db.execute('select * from t where n = ' + name)\n"
REMARK = {
    "path": "module_0.py",
    "quote": "return db.execute('select * from t where n = ' + name)",
    "line": 2,
    "removed": False,
    "rule": "injection",
    "severity": "high",
    "confidence": 0.9,
    "title": "A name reaches the query",
    "message": "Bind it.",
    "suggestion": None,
    "evidence": [],
}


def _answer(asked: Asked) -> Answer:
    found = [REMARK] if "Your speciality now: Security auditor" in asked.prompt else []
    return says({"findings": found, "dropped_evidence": []})


def _pull(files: int) -> FakePull:
    return FakePull(
        number=7,
        base_files={f"module_{number}.py": BEFORE for number in range(files)},
        head_files={f"module_{number}.py": AFTER for number in range(files)},
    )


def _measure(vendors: int, files: int) -> tuple[float, float, int]:
    """Median seconds, median MiB, and requests to GitHub of one run."""
    answer = _answer
    seconds: list[float] = []
    sizes: list[float] = []
    requests = 0
    for _ in range(RUNS):
        with ExitStack() as stack:
            github = stack.enter_context(FakeGitHub([_pull(files)]))
            environment = {
                "PATH": os.environ["PATH"],
                "HOME": os.environ.get("HOME", "/"),
                "PYTHONPATH": str(ROOT),
                "GITHUB_TOKEN": TOKEN,
                "GITHUB_API_URL": github.api_url,
            }
            fakes = (FakeOpenAI(answer), FakeAnthropic(answer), FakeGemini(answer))
            names = (
                ("OPENAI_API_KEY", "OPENAI_BASE_URL"),
                ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
                ("GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"),
            )
            for fake, (key, address) in list(zip(fakes, names, strict=True))[:vendors]:
                running = stack.enter_context(fake)
                environment |= {key: "key", address: running.base_url}
            with tempfile.TemporaryDirectory() as folder:
                started = time.monotonic()
                process = subprocess.Popen(
                    [*COMMAND, "review", "--pr", "octo/app#7", "--post"],
                    env=environment,
                    cwd=folder,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                )
                _, status, usage = os.wait4(process.pid, 0)
                seconds.append(time.monotonic() - started)
                assert process.stderr is not None
                said = process.stderr.read().decode()
                assert status == 0, said
                assert github.reviews, said
            sizes.append(_mebibytes(usage))
            requests = len(github.requests)
    return statistics.median(seconds), statistics.median(sizes), requests


def _mebibytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024


def main() -> None:
    """Print one line for each number of vendors and files."""
    for vendors in (1, 3):
        for files in (3, 12):
            seconds, size, requests = _measure(vendors, files)
            print(f"{vendors} vendors, {files:>2} files: {seconds:.2f} s, {size:.0f} MiB, {requests} GitHub requests")


if __name__ == "__main__":
    main()
