"""Standard input, output and error, and the file for the report, in every state that a shell can hand them over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.diff_input import read_diff
from app.errors import Misconfigured
from tests.app.cli.conftest import Ended
from tests.app.cli.test_processes import COMMAND, ROOT
from tests.repositories import Repository

Quartet = Callable[..., Ended]


def _shell(arguments: str, folder: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    command = f'{before} "{sys.executable}" -c "{COMMAND[2]}" {arguments}'
    return subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        pytest.param("review --no-llm >/dev/full", 3, "standard output cannot be written (No space left", id="full"),
        pytest.param("--version >/dev/full", 3, "the machine refuses: No space left", id="no room for the version"),
        pytest.param("review --no-llm >&-", 0, "", id="output closed"),
        pytest.param("review --no-llm --diff - <&-", 2, "standard input holds no changed file", id="input closed"),
        pytest.param("review --base nowhere 2>/dev/full", 2, "", id="no room for an error"),
        pytest.param("review --base nowhere 2>&-", 2, "", id="errors closed"),
    ],
)
def test_a_stream_that_is_closed_or_full_is_one_line_at_most(
    shop: Repository, arguments: str, status: int, message: str
) -> None:
    done = _shell(arguments, shop.root)

    assert done.returncode == status
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == bool(message)


def test_a_folder_that_was_removed_is_one_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()

    done = _shell("review", gone, before=f'rmdir "{gone}";')

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "quartet: the current folder is gone; go into one that exists"


def test_a_dash_for_the_report_is_standard_output(shop: Repository, quartet: Quartet) -> None:
    ended = quartet("review", "--no-llm", "--format", "json", "--output", "-")

    assert ended.json["schema"] == "quartet.review/1"
    assert not (shop.root / "-").exists()


def test_the_check_of_the_report_leaves_a_link_where_it_is(shop: Repository, quartet: Quartet) -> None:
    link = shop.root / "latest.json"
    link.symlink_to("of-today.json")

    ended = quartet("review", "--no-llm", "--output", str(link))

    assert ended.status == 0
    assert link.is_symlink()
    assert "quartet.review/1" in (shop.root / "of-today.json").read_text()


def test_a_link_in_a_circle_is_one_line(shop: Repository, quartet: Quartet) -> None:
    (shop.root / "circle.json").symlink_to("circle.json")

    ended = quartet("review", "--no-llm", "--output", "circle.json")

    assert ended.status == 2
    assert "--output circle.json cannot be written" in ended.err


def test_a_report_that_a_device_has_no_room_for_is_shown_instead(shop: Repository, quartet: Quartet) -> None:
    ended = quartet("review", "--no-llm", "--format", "json", "--output", "/dev/full")

    assert ended.status == 3
    assert ended.json["findings"]
    assert "could not be written (No space left on device); it is on standard output instead" in ended.err


def test_a_diff_without_end_is_refused() -> None:
    with pytest.raises(Misconfigured, match=r"--diff /dev/zero is larger than 0\.001 MB; review it in smaller parts"):
        read_diff("/dev/zero", most=1_000)


def test_a_folder_is_no_diff(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"cannot be read \(Is a directory\); name a file with a unified diff"):
        read_diff(str(tmp_path))


def test_a_diff_is_read_from_a_named_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["bash", "-c", f'echo written > "{pipe}"']):
        data = read_diff(str(pipe))

    assert data == b"written\n"
