"""The event of a workflow without secrets in; the file for the one that reviews out."""

from __future__ import annotations

import sys
from pathlib import Path

from app.action.collected import Collected, write_collected
from app.action.occasions import read_numbers
from app.action.runner import Runner


def collect(output: Path) -> int:
    """Write the file; 0 where that is done.

    Args:
        output: Where.

    Raises:
        Misconfigured: The event is none of a pull request.
        NotCollected: The file cannot be written.
    """
    runner = Runner()
    number, repository = read_numbers(runner.github_event_name, runner.github_event_path)
    write_collected(output, Collected(version=1, pull_request=number, repository=repository))
    sys.stdout.write(f"quartet: pull request {number} is noted in {output}\n")
    return 0
