"""What a review of every diff of shared/diffs would cost, as ``quartet review --diff … --dry-run`` estimates it.

Run it with ``make bench-cost``; ``ARGS`` names some of the tables. Nothing is sent anywhere: prices are those of the
catalogue, tokens are counted, and answers are assumed to be as long as the plan says. Printed are percentiles over the
diffs, for the keys of each vendor alone and of all three.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIFFS = Path(os.environ.get("QUARTET_SHARED", ROOT.parent / "shared")) / "diffs"
KEYS = {
    "OpenAI": ("OPENAI_API_KEY",),
    "Anthropic": ("ANTHROPIC_API_KEY",),
    "Gemini": ("GEMINI_API_KEY",),
    "all three": ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"),
}
_ESTIMATE = re.compile(r"^Estimate: .* \$([0-9.]+) without what caches save\.$", re.MULTILINE)
_LINES = re.compile(r"^(?:All )?([0-9,]+)(?: of [0-9,]+)? changed lines? ", re.MULTILINE)


def _estimate(diff: Path, folder: str, keys: tuple[str, ...]) -> tuple[int, Decimal] | None:
    """Lines that would be reviewed and dollars; None where nothing of the diff would be."""
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "PYTHONPATH": str(ROOT), **dict.fromkeys(keys, "unused")}
    command = [sys.executable, "-c", "from app.cli.main import entry_point; entry_point()"]
    done = subprocess.run(
        [*command, "review", "--diff", str(diff), "--dry-run"],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    cost, lines = _ESTIMATE.search(done.stdout), _LINES.search(done.stdout)
    if cost is None:
        return None
    # "The only changed line reviewed" has no number.
    return int(lines[1].replace(",", "")) if lines else 1, Decimal(cost[1])


def main() -> None:
    """Print the figures."""
    diffs = sorted(DIFFS.glob("*.diff"))
    if not diffs:
        sys.exit(f"there are no diffs in {DIFFS}")
    wanted = sys.argv[1:] or list(KEYS)
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            told = [found for diff in diffs if (found := _estimate(diff, folder, KEYS[name])) and found[1]]
            lines, costs = zip(*told, strict=True)
            tenths = statistics.quantiles(costs, n=10)
            print(
                f"{name}: {len(told)} of {len(diffs)} diffs, median {statistics.median(lines):.0f} lines: "
                f"median ${statistics.median(costs):.2f}, p90 ${tenths[-1]:.2f}, highest ${max(costs):.2f}; "
                f"${sum(costs) / sum(lines) * 100:.3f} for 100 lines",
                flush=True,
            )


if __name__ == "__main__":
    main()
