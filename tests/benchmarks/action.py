"""How long a step takes from its start to the first question to a model, and to its end: ``make bench-action``.

The environment is installed, as a workflow's second run finds it; GitHub and the vendor are fakes on loopback that
answer at once. What a real GitHub takes for its answers comes on top, once for each request that is counted here.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.app.action.runners import finding, found, opened_steps
from tests.fakes import github_payloads
from tests.fakes.models import Answer, Asked


def main() -> int:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    firsts, wholes, requests = zip(*(_measured() for _ in range(runs)), strict=True)
    sys.stdout.write(
        f"{runs} steps: first question to a model after {_seconds(firsts)}, end after {_seconds(wholes)}; "
        f"{requests[0]} requests to GitHub before the first question\n"
    )
    return 0


def _measured() -> tuple[float, float, int]:
    """Seconds to the first question and to the end, and requests to GitHub before the first question."""
    asked_at: list[tuple[float, int]] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

        def answer(asked: Asked) -> Answer:
            asked_at.append((time.monotonic(), len(steps.github.requests)))
            return found(finding())(asked)

        steps = opened_steps(stack, folder, "", answer)
        made = github_payloads.pull_request(steps.repository, "opened")
        environment = steps.environment("pull_request", steps.payload(made))
        begun = time.monotonic()
        ended = steps.ended(steps.start(environment), environment)
        end = time.monotonic()
    if ended.status:
        sys.stderr.write(ended.log)
        raise SystemExit(ended.status)
    first, requests = asked_at[0]
    return first - begun, end - begun, requests


def _seconds(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.1f} s ({min(values):.1f} to {max(values):.1f})"


if __name__ == "__main__":
    sys.exit(main())
