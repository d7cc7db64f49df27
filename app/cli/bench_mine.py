"""What ``quartet bench mine`` does once its options are known."""

from __future__ import annotations

from pathlib import Path

from app.bench.mined_suite import write_suite
from app.bench.mining import mine
from app.cli.exit_status import INCOMPLETE, OK
from app.cli.progress import say
from app.errors import Misconfigured
from app.git import GitRepository


def run(folder: Path, output: Path, *, limit: int, since: str) -> int:
    """Make a suite of a repository's history.

    Returns:
        The exit status.

    Raises:
        AppError: What kept it from being done, in one line.
    """
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        msg = f"--output {output} is there already; name a new folder, so that no case of another suite is mixed in"
        raise Misconfigured(msg)
    repository = GitRepository.around(folder)
    changes = mine(repository, limit=limit, since=since)
    if not changes:
        say(f"no fix in {repository.root} leads back to a change of a reviewable size; try without --since")
        return INCOMPLETE
    count = write_suite(output, changes, repository)
    say(f"{count} {'case is' if count == 1 else 'cases are'} in {output}; measure on them: quartet bench run {output}")
    return OK
