"""The wheel in an environment that knows nothing of the checkout."""

from __future__ import annotations

import json
import sys
import venv
from pathlib import Path

import pytest

from app import __version__
from tests.release.conftest import Built, run

DIFF = """\
--- /dev/null
+++ b/orders.py
@@ -0,0 +1,2 @@
+def total(prices=[]):
+    return eval(input())
"""


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``quartet`` of the wheel; what it depends on is borrowed from the environment of the tests."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python")]
    run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(built.wheel)], home)
    (packages,) = home.glob("lib/python*/site-packages")
    borrowed = next(path for path in sys.path if path.endswith("site-packages"))
    # A path file leads to a folder, but not to what path files in that folder lead to: the checkout stays out of sight.
    (packages / "borrowed.pth").write_text(f"{borrowed}\n", encoding="utf-8")
    for tool in ("ruff", "zizmor"):
        (home / "bin" / tool).symlink_to(Path(sys.executable).with_name(tool))
    return home / "bin" / "quartet"


def test_it_runs_from_where_it_was_installed(installed: Path, tmp_path: Path) -> None:
    where = "import app, reviewers, llm_runtime; print(app.__file__, reviewers.__file__, llm_runtime.__file__)"

    for path in run([str(installed.with_name("python")), "-c", where], tmp_path).split():
        assert Path(path).is_relative_to(installed.parents[1])


def test_it_says_its_version(installed: Path, tmp_path: Path) -> None:
    assert run([str(installed), "--version"], tmp_path) == f"quartet {__version__}\n"


def test_it_reviews_a_diff_with_its_tools_and_rules(installed: Path, tmp_path: Path) -> None:
    said = run([str(installed), "review", "--diff", "-", "--no-llm", "--format", "json"], tmp_path, given=DIFF)

    findings = json.loads(said)["findings"]
    assert {"mutable-default"} <= {finding["rule"] for finding in findings}
    assert {evidence["source"] for finding in findings for evidence in finding["evidence"]} >= {"ruff", "patterns"}


def test_it_writes_a_page_and_opens_its_database(installed: Path, tmp_path: Path) -> None:
    state = {"QUARTET_STATE_DIR": str(tmp_path / "state")}

    run([str(installed), "review", "--diff", "-", "--no-llm", "--output", "a.html"], tmp_path, given=DIFF, more=state)
    run([str(installed), "db", "upgrade"], tmp_path, more=state)

    assert "<html" in (tmp_path / "a.html").read_text("utf-8")
    assert list((tmp_path / "state").glob("*.db"))


def test_its_doctor_finds_nothing_to_mend(installed: Path, tmp_path: Path) -> None:
    more = {"QUARTET_STATE_DIR": str(tmp_path / "state"), "OPENAI_API_KEY": "a-key-of-the-tests"}

    said = run([str(installed), "doctor", "--offline"], tmp_path, more=more)

    assert "✓ tools that read code: ruff" in said
    assert "✗" not in said
