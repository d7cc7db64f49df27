"""Reports of other tools on the way through ``quartet review``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.app.cli.conftest import Ended, Models, by_reviewer, findings, remark
from tests.repositories import Repository

Quartet = Callable[..., Ended]


def _sarif(folder: Path, *results: tuple[str, int, str, str], tool: str = "CodeQL") -> str:
    """A report beside the repository: rule, line, level and message of each result."""
    run: dict[str, Any] = {
        "tool": {"driver": {"name": tool, "rules": [{"id": "py/sql", "properties": {"tags": ["cwe-089"]}}]}},
        "results": [
            {
                "ruleId": rule,
                "level": level,
                "message": {"text": message},
                "locations": [
                    {"physicalLocation": {"artifactLocation": {"uri": "orders.py"}, "region": {"startLine": line}}}
                ],
            }
            for rule, line, level, message in results
        ],
    }
    path = folder / "report.sarif"
    path.write_text(json.dumps({"version": "2.1.0", "runs": [run]}))
    return str(path)


SQL = ("py/sql", 5, "error", "A query is built from user input")
RETURN = ("py/return", 10, "warning", "The sum of nothing is returned")


def _told(ended: Ended) -> list[tuple[int, str, list[str]]]:
    assert ended.status == 0, ended.err
    return [
        (found["start_line"], found["rule"], sorted(fact["source"] for fact in found["evidence"]))
        for found in ended.json["findings"]
    ]


def test_a_report_is_heard_where_no_model_is_asked_and_tells_nothing_twice(
    shop: Repository, quartet: Quartet, tmp_path: Path
) -> None:
    report = _sarif(tmp_path, SQL, RETURN)

    told = _told(quartet("review", "--no-llm", "--evidence", report, "--format", "json"))

    (query,) = [each for each in told if each[0] == 5]
    assert query[1] == "injection"
    assert {"CodeQL", "ruff"} <= set(query[2])
    assert (10, "logic-error", ["CodeQL"]) in told


def test_models_are_shown_what_a_report_says(
    shop: Repository, models: Models, quartet: Quartet, tmp_path: Path
) -> None:
    models.openai(by_reviewer(security=findings(remark())))

    told = _told(quartet("review", "--evidence", _sarif(tmp_path, SQL), "--format", "json"))

    assert any("CodeQL py/sql" in asked.prompt for asked in models.asked)
    assert len([each for each in told if each[0] == 5]) == 1


def test_what_a_tool_says_at_low_severity_is_told_when_it_is_asked_for(
    shop: Repository, quartet: Quartet, tmp_path: Path
) -> None:
    note = ("py/style", 10, "note", "This could be shorter")
    asked = ["review", "--no-llm", "--evidence", _sarif(tmp_path, note), "--format", "json"]

    assert 10 not in [line for line, *_ in _told(quartet(*asked))]
    assert (10, "logic-error", ["CodeQL"]) in _told(quartet(*asked, "--low-evidence"))


def test_a_repository_may_ignore_a_tool(shop: Repository, quartet: Quartet, tmp_path: Path) -> None:
    shop.write({".quartet.yml": "evidence: {ignore: [codeql, Ruff, patterns]}\n"})

    told = _told(quartet("review", "--no-llm", "--evidence", _sarif(tmp_path, SQL, RETURN), "--format", "json"))

    assert {source for *_, sources in told for source in sources}.isdisjoint({"CodeQL", "ruff", "patterns"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("hello", "it is neither SARIF 2.1.0, checkstyle XML nor rdjson", id="no report"),
        pytest.param('{"runs": []}', "it is SARIF of version None, not 2.1.0", id="another version"),
        pytest.param(None, "cannot be read (No such file or directory)", id="no file"),
    ],
)
def test_a_report_that_is_none_is_an_error_of_one_line(
    shop: Repository, quartet: Quartet, tmp_path: Path, text: str | None, reason: str
) -> None:
    path = tmp_path / "report"
    if text is not None:
        path.write_text(text)

    ended = quartet("review", "--no-llm", "--evidence", str(path))

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"quartet: --evidence {path} ")
    assert reason in ended.err
    assert ended.err.count("\n") == 1


def test_a_password_in_the_code_is_told_where_no_model_is_asked(shop: Repository, quartet: Quartet) -> None:
    password = "tr0ub4dor" + "&3x9"
    shop.commit({"settings.py": f'DB_PASSWORD = "{password}"\n', "tests/test_x.py": f'DB_PASSWORD = "{password}"\n'})

    ended = quartet("review", "--base", "main", "--no-llm", "--format", "json")

    secrets = [each for each in ended.json["findings"] if each["rule"] == "hardcoded-secret"]
    assert [(each["path"], each["severity"]) for each in secrets] == [("settings.py", "medium")]
    assert password not in secrets[0]["title"] + secrets[0]["message"]
