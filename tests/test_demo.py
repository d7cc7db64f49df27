import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from demo.build import build

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "shop"
    build(path)
    return path


@pytest.fixture(scope="module")
def report(repository: Path) -> dict[str, Any]:
    quartet = [sys.executable, "-c", "from app.cli.main import entry_point; entry_point()"]
    command = [*quartet, "review", "--base", "main", "--no-llm", "--format", "json"]
    answer = subprocess.run(command, cwd=repository, env=environment(), capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    document: dict[str, Any] = json.loads(answer.stdout)
    return document


@pytest.fixture(scope="module")
def findings(report: dict[str, Any]) -> list[dict[str, Any]]:
    return list(report["findings"])


def test_the_sample_is_a_branch_with_one_change_and_nothing_uncommitted(repository: Path) -> None:
    assert git(repository, "log", "--format=%s", "main..coupons").count("\n") == 1
    assert git(repository, "status", "--porcelain") == ""


def test_the_sample_is_built_anew_over_what_a_run_before_left(repository: Path) -> None:
    before = git(repository, "rev-parse", "coupons")
    (repository / "left-over.py").write_text("", encoding="utf-8")

    build(repository)

    assert git(repository, "rev-parse", "coupons") == before
    assert git(repository, "status", "--porcelain") == ""


def test_the_sample_does_not_heed_the_variables_of_a_git_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))

    build(tmp_path / "shop")

    assert (tmp_path / "shop" / ".git" / "HEAD").is_file()
    assert not (tmp_path / "elsewhere").exists()


def test_the_sample_has_faults_for_three_reviewers_without_any_model(findings: list[dict[str, Any]]) -> None:
    assert {finding["reviewer"] for finding in findings} >= {"security", "bugs", "performance"}


def test_every_evidence_source_finds_something_in_the_sample(findings: list[dict[str, Any]]) -> None:
    sources = {evidence["source"] for finding in findings for evidence in finding["evidence"]}

    assert sources == {"ruff", "detect-secrets", "zizmor", "patterns"}


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        pytest.param("shop/orders.py", "injection", id="a query made of the request's words"),
        pytest.param("shop/orders.py", "command-injection", id="a shell command made of them"),
        pytest.param("shop/orders.py", "closure-capture", id="reminders that all go to the last customer"),
        pytest.param("shop/coupons.py", "unsafe-deserialization", id="yaml that runs code"),
        pytest.param("shop/coupons.py", "mutable-default", id="a list shared by all customers"),
        pytest.param("shop/coupons.py", "missing-timeout", id="a call that may wait for ever"),
        pytest.param("shop/coupons.py", "undefined-name", id="a logger that nobody made"),
        pytest.param("shop/coupons.py", "hardcoded-secret", id="a key in the code"),
        pytest.param(".github/workflows/preview.yml", "workflow-injection", id="a title in a script"),
    ],
)
def test_a_planted_fault_is_found(findings: list[dict[str, Any]], path: str, rule: str) -> None:
    assert (path, rule) in {(finding["path"], finding["rule"]) for finding in findings}


def test_what_tools_alone_say_at_low_severity_is_kept_and_not_told(report: dict[str, Any]) -> None:
    kept = [each["finding"] for each in report["below_threshold"]]

    assert ("shop/orders.py", "excessive-complexity") in {(each["path"], each["rule"]) for each in kept}
    assert {finding["severity"] for finding in report["findings"]}.isdisjoint({"low"})


def environment() -> dict[str, str]:
    """No keys: the demo must show something without any."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT)}


def git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
