"""Build the demo's repository: a small shop on ``main``, and the branch ``coupons`` whose change is full of faults."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_SOURCES = Path(__file__).parent
_WHO = {
    "GIT_AUTHOR_NAME": "Demo",
    "GIT_AUTHOR_EMAIL": "demo@example.invalid",
    "GIT_AUTHOR_DATE": "2026-11-01T12:00:00+00:00",
    "GIT_COMMITTER_NAME": "Demo",
    "GIT_COMMITTER_EMAIL": "demo@example.invalid",
    "GIT_COMMITTER_DATE": "2026-11-01T12:00:00+00:00",
    # The user's own settings (signing, hooks, another default branch) have no business in a sample.
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def build(repository: Path) -> None:
    """Write the repository anew; the branch ``coupons`` is checked out, the work tree is clean.

    Args:
        repository: Its folder; what a run before left there is removed.
    """
    if repository.exists():
        shutil.rmtree(repository)
    shutil.copytree(_SOURCES / "before", repository)
    _git(repository, "init", "--quiet")
    _git(repository, "symbolic-ref", "HEAD", "refs/heads/main")
    _commit(repository, "Open the shop")
    _git(repository, "switch", "--quiet", "--create", "coupons")
    shutil.copytree(_SOURCES / "after", repository, dirs_exist_ok=True)
    _commit(repository, "Add coupons, search, invoices and a preview of pull requests")


def _commit(repository: Path, message: str) -> None:
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--message", message)


def _git(repository: Path, *arguments: str) -> None:
    # Variables such as GIT_DIR, which git sets for its hooks, would lead to another repository.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(repository), *arguments]
    subprocess.run(command, check=True, env=inherited | _WHO)


def main() -> None:
    """Build it in the folder that the command line names."""
    (target,) = sys.argv[1:]
    build(Path(target))


if __name__ == "__main__":
    main()
