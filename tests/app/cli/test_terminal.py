"""What a person sees who runs the command on a terminal: a real pseudo terminal stands in for it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.app.cli.conftest import Models, by_reviewer, findings, remark
from tests.fakes.models import RateLimited
from tests.repositories import Repository

ROOT = Path(__file__).parents[3]


def _on_a_terminal(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit status and everything that was shown, with the control sequences."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", "from app.cli.main import entry_point; entry_point()", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "100"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = bytearray()
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)
    return process.returncode, shown.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux answers EIO once the last writer has gone
        return b""


def test_progress_is_a_bar_and_the_report_has_colours(shop: Repository, models: Models) -> None:
    models.openai(by_reviewer(security=findings(remark()), bugs=RateLimited()))

    status, shown = _on_a_terminal(shop.root, "review")

    assert status == 3
    assert "Reviewing" in shown
    assert "[4/4]" not in shown
    assert "\x1b[1;31mHIGH" in shown
    assert "A customer's name reaches the query" in shown


def test_the_tools_alone_need_no_bar(shop: Repository) -> None:
    status, shown = _on_a_terminal(shop.root, "review")

    assert status == 0
    assert "Reviewing" not in shown
    assert "\x1b[1;31mHIGH" in shown
