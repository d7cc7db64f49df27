from __future__ import annotations

from pathlib import Path

import pytest

from app.action.outputs import OUTPUTS, write_outputs
from app.errors import OutputLost
from tests.app.action.runner_files import outputs_in


def test_outputs_are_read_as_they_were_written(tmp_path: Path) -> None:
    file = tmp_path / "output"
    file.write_text("earlier=1\n")

    write_outputs(file, {"verdict": "success", "report-json": "/tmp/a b.json"})

    found = outputs_in(file)
    assert (found["earlier"], found["verdict"], found["report-json"]) == ("1", "success", "/tmp/a b.json")
    assert set(found) == {"earlier", *OUTPUTS}


def test_a_value_cannot_become_another_output(tmp_path: Path) -> None:
    file = tmp_path / "output"

    write_outputs(file, {"report-html": "x\nEOF\nverdict<<EOF\nfailure\nEOF\n", "verdict": "success"})

    assert outputs_in(file)["verdict"] == "success"


def test_without_a_runner_nothing_is_written() -> None:
    write_outputs(None, {"verdict": "success"})


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputLost, match="GITHUB_OUTPUT"):
        write_outputs(tmp_path / "missing" / "output", {})
