"""What only a process of its own can show: what is loaded, what a signal does, what goes through a pipe."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.cli.conftest import Models, by_reviewer, findings, remark
from tests.fakes.models import Hangs
from tests.repositories import Repository

ROOT = Path(__file__).parents[3]
# Somebody who runs the tests in the background may have taught this process, and so its children, to ignore Ctrl-C.
STOPPABLE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
COMMAND = [sys.executable, "-c", f"{STOPPABLE}; from app.cli.main import entry_point; entry_point()"]


def _environment(**changes: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **changes}


def test_the_help_loads_nothing_heavy() -> None:
    script = (
        "import json, sys\n"
        "from app.cli.main import main\n"
        "statuses = [main(['--help']), main(['review', '--help'])]\n"
        "sys.stderr.write(json.dumps([statuses, sorted(sys.modules)]))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], env=_environment(), capture_output=True, text=True, check=True
    )

    statuses, modules = json.loads(done.stderr)
    heavy = {"openai", "anthropic", "google.genai", "github", "sqlalchemy", "flask", "jinja2", "requests"}
    assert statuses == [0, 0]
    assert not heavy & set(modules)
    assert "review" in done.stdout


def test_the_tools_alone_load_no_sdk(shop: Repository) -> None:
    script = (
        "import json, sys\n"
        "from app.cli.main import main\n"
        "status = main(['review'])\n"
        "sys.stderr.write('\\n' + json.dumps([status, sorted(sys.modules)]))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], env=_environment(), cwd=shop.root, capture_output=True, text=True, check=True
    )

    status, modules = json.loads(done.stderr.splitlines()[-1])
    assert status == 0
    assert not {"openai", "anthropic", "google.genai", "github", "sqlalchemy", "flask"} & set(modules)


def test_ctrl_c_stops_cleanly_and_prints_what_is_there(shop: Repository, models: Models) -> None:
    def answer(asked: object) -> object:
        found = by_reviewer(security=findings(remark()), bugs=Hangs(), performance=Hangs(), architecture=Hangs())
        return found(asked)  # type: ignore[arg-type] # the fake passes what it asks

    models.openai(answer)  # type: ignore[arg-type] # the same
    with subprocess.Popen(
        [*COMMAND, "review", "--format", "json", "--model", "openai/gpt-6.1-sol"],
        env=_environment(),
        cwd=shop.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "[1/4]" in line:
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    said = json.loads(out)
    assert process.returncode == 3
    assert "Traceback" not in err
    assert [item["rule"] for item in said["findings"] if item["models"]] == ["injection"]
    assert {gap["reviewer"] for gap in said["gaps"]} == {"bugs", "performance", "architecture"}
    assert {gap["reason"] for gap in said["gaps"]} == {"stopped before it was answered"}


def test_ctrl_c_before_anything_is_known_is_one_word(shop: Repository) -> None:
    with subprocess.Popen(
        [*COMMAND, "review", "--diff", "-"],
        env=_environment(),
        cwd=shop.root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        # As soon as a pipe's worth and more is taken, the command reads it.
        process.stdin.write("x" * 200_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out, err) == (3, "", "quartet: stopped\n")


def test_a_diff_is_reviewed_from_a_pipe(shop: Repository) -> None:
    diff = shop.git("diff", "main", "feature") + "\n"

    done = subprocess.run(
        [*COMMAND, "review", "--diff", "-", "--no-llm", "--format", "json"],
        env=_environment(),
        cwd=shop.root,
        input=diff,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["target"]["name"] == "standard input"
    assert {item["rule"] for item in said["findings"]} == {"injection", "mutable-default"}


def test_a_reader_that_goes_away_is_no_traceback(shop: Repository) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -c "{COMMAND[2]}" review --no-llm --format html | head -c 10'],
        env=_environment(),
        cwd=shop.root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in done.stderr
    assert len(done.stdout) == 10


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_unicode_gets_the_report_all_the_same(shop: Repository, encoding: str) -> None:
    done = subprocess.run(
        [*COMMAND, "review", "--no-llm"],
        env=_environment(PYTHONIOENCODING=encoding, LC_ALL="C"),
        cwd=shop.root,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert b"orders.py:5" in done.stdout


def test_an_unexpected_failure_is_one_line(shop: Repository) -> None:
    # Without its rules' texts the program cannot work: a broken installation, made by hiding a module.
    script = (
        "import sys; sys.modules['reviewers.perspectives'] = None\nfrom app.cli.main import entry_point; entry_point()"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, "review", "--no-llm"],
        env=_environment(),
        cwd=shop.root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 1
    assert "internal error: ModuleNotFoundError; set QUARTET_DEBUG=1" in done.stderr


def test_a_reader_who_has_gone_is_no_finding(shop: Repository) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [*COMMAND, "review", "--no-llm"],
        env=_environment(),
        cwd=shop.root,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (3, "")
