"""How long ``quartet review --diff … --no-llm`` takes on every diff of shared/diffs, and whether it works on all.

Run it with ``make bench-corpus``. Each run is a process of its own, one after the other. Printed are the median, the
slowest three, and whatever did not end with status 0 (2 for a diff that changes no file).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIFFS = Path(os.environ.get("QUARTET_SHARED", ROOT.parent / "shared")) / "diffs"


def _measure(diff: Path, folder: str) -> tuple[float, int, str]:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "from app.cli.main import entry_point; entry_point()"]
    started = time.monotonic()
    done = subprocess.run(
        [*command, "review", "--diff", str(diff), "--no-llm", "--format", "json"],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - started
    if done.stdout:
        coverage = json.loads(done.stdout)["coverage"]
        skipped = sum(entry["lines"] for entry in coverage["skipped"])
        assert coverage["changed_lines"] == coverage["reviewed_lines"] + skipped, diff.name
    return seconds, done.returncode, done.stderr.strip()


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        runs = {diff.name: _measure(diff, folder) for diff in sorted(DIFFS.glob("*.diff"))}
    if not runs:
        sys.exit(f"there are no diffs in {DIFFS}")
    slowest = sorted(runs, key=lambda name: -runs[name][0])[:3]
    print(f"{len(runs)} diffs, median {statistics.median(run[0] for run in runs.values()):.2f} s")
    for name in slowest:
        print(f"  slowest: {runs[name][0]:.2f} s {name}")
    print(f"statuses: {dict(Counter(status for _, status, _ in runs.values()))}")
    for name, (_, status, said) in runs.items():
        if status:
            print(f"  {status}: {name}: {said}")


if __name__ == "__main__":
    main()
