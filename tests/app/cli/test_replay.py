"""``quartet replay`` as a user gives it: an earlier review made again over fake vendors, and what it says otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.store.store import open_store
from tests.app.cli.conftest import Ended, Models, by_reviewer, findings, remark
from tests.builders import finding, location
from tests.fakes.models import Answer, Asked
from tests.repositories import Repository

SUM = remark(quote="prices.append(0)", line=9, rule="mutable-default", severity="medium", title="A default is changed")
ONLY = ("--reviewers", "security")


def says_of_security(*remarks: dict[str, Any]) -> Callable[[Asked], Answer]:
    """A model that says this as the security auditor."""
    return by_reviewer(security=findings(*remarks))


@pytest.fixture
def report(shop: Repository, models: Models, quartet: Callable[..., Ended], tmp_path: Path) -> Path:
    """A review of the branch, by a model that found the injection."""
    vendor = models.openai(says_of_security(remark()))
    file = tmp_path / "review.json"
    ended = quartet("review", "--base", "main", "--head", "feature", *ONLY, "--model", "openai/gpt-6.1-sol",
                    "--format", "json", "--output", str(file))  # fmt: skip
    assert ended.status == 0, ended.err
    assert vendor.asked
    return file


def test_the_same_model_says_the_same(report: Path, quartet: Callable[..., Ended]) -> None:
    ended = quartet("replay", str(report), "--model", "openai/gpt-6.1-sol", "--format", "json")

    assert ended.status == 0, ended.err
    then = json.loads(report.read_text(encoding="utf-8"))
    assert {each["id"] for each in ended.json["same"]} == {each["id"] for each in then["findings"]}
    assert ended.json["new"] == ended.json["gone"] == ended.json["changed"] == []
    assert ended.json["then"]["cost_usd"] == then["usage"]["cost_usd"] > 0


def test_another_model_is_held_against_it_finding_by_finding(
    report: Path, quartet: Callable[..., Ended], models: Models
) -> None:
    injection = json.loads(report.read_text(encoding="utf-8"))["findings"][0]
    models.anthropic(says_of_security(remark(severity="critical")))

    ended = quartet("replay", str(report), "--model", "anthropic/claude-opus-5-5", "--format", "json")

    assert ended.status == 0, ended.err
    (changed,) = ended.json["changed"]
    assert (changed["id"], changed["severity_then"], changed["severity"]) == (injection["id"], "high", "critical")
    assert "anthropic/claude-opus-5-5" in ended.json["now"]["models"]
    assert "anthropic/claude-opus-5-5" not in ended.json["then"]["models"]


def test_what_is_gone_and_what_it_cost_is_told_in_lines(report: Path, quartet: Callable[..., Ended]) -> None:
    data = json.loads(report.read_text(encoding="utf-8"))
    data["findings"][0] |= {"id": "0" * 16, "aliases": [], "start_line": 99, "title": "Something else"}
    report.write_text(json.dumps(data), encoding="utf-8")

    out = quartet("replay", str(report), "--no-llm").out

    assert out.startswith("Replay of feature → main\nthen  ")
    assert "- gone    high     orders.py:99  Something else [security/injection] 0000000000000000" in out
    assert "+ new     " in out


def test_answers_on_a_cassette_are_not_asked_for_again(
    report: Path, quartet: Callable[..., Ended], models: Models, tmp_path: Path
) -> None:
    again = ("replay", str(report), "--model", "openai/gpt-6.1-sol", "--cassette", str(tmp_path / "cassette"))
    first = quartet(*again)
    asked = len(models.asked)

    second = quartet(*again)

    assert second.out == first.out
    assert len(models.asked) == asked


def test_other_instructions_reach_the_model(
    report: Path, quartet: Callable[..., Ended], models: Models, tmp_path: Path
) -> None:
    config = tmp_path / "other.yml"
    config.write_text("rules:\n- paths: ['*.py']\n  instructions: Look for orders of others.\n", encoding="utf-8")

    ended = quartet("replay", str(report), "--config", str(config), "--model", "openai/gpt-6.1-sol")

    assert ended.status == 0, ended.err
    assert any("Look for orders of others." in asked.prompt for asked in models.asked)


def test_a_review_of_work_that_was_not_committed_needs_its_diff(
    shop: Repository, quartet: Callable[..., Ended], tmp_path: Path
) -> None:
    file, diff = tmp_path / "review.json", tmp_path / "change.diff"
    diff.write_text(shop.git("diff", "main", "feature") + "\n", encoding="utf-8")
    quartet("review", "--no-llm", "--format", "json", "--output", str(file))

    without = quartet("replay", str(file), "--no-llm")
    given = quartet("replay", str(file), "--no-llm", "--diff", str(diff), "--format", "json")

    assert without.status == 2
    assert "was work that was not committed; give the change as it was then with --diff FILE" in without.err
    assert given.status == 0
    assert given.json["gone"] == given.json["new"] == []


def test_a_review_of_the_app_is_made_again_from_its_commits(
    shop: Repository, quartet: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'quartet.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    base, head = shop.git("rev-parse", "main"), shop.git("rev-parse", "feature")
    with open_store(url) as store:
        review = store.begin_review(
            repository="octo/shop", number=7, installation=3, head=head, base=base, reason="push"
        )
        gone = finding(path="orders.py", at=location("orders.py", 90), anchor="gone")
        store.remember_findings(review, [gone])
        store.end_review(review, state="done", cost_usd=Decimal("0.25"))

    ended = quartet("replay", review, "--no-llm", "--format", "json")

    assert ended.status == 0, ended.err
    assert [each["id"] for each in ended.json["gone"]] == [gone.fingerprint]
    assert ended.json["then"]["cost_usd"] == 0.25
    assert ended.json["new"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param("missing.json", None, "missing.json is no file", id="no such file"),
        pytest.param("review.json", "{}", "is no report of a review", id="another document"),
        pytest.param("review.json", '{"schema": "quartet.bench/1"}', "is no report of a review", id="another schema"),
        pytest.param("review.json", "no JSON", "is no report of a review", id="no JSON"),
        pytest.param("0123abcd", None, "there is no review '0123abcd' in the store", id="an unknown id"),
        pytest.param(" ", None, "REVIEW is empty", id="nothing"),
    ],
)
def test_what_is_no_review_is_refused_in_one_line(
    quartet: Callable[..., Ended],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    name: str,
    text: str | None,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'quartet.db'}")
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")

    ended = quartet("replay", name, "--no-llm")

    assert ended.status == 2
    assert said in ended.err


def test_commits_that_nobody_has_any_more_are_named(
    report: Path, quartet: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = quartet("replay", str(report), "--no-llm")

    assert ended.status == 2
    assert "are not in the repository here; go into it, or fetch them" in ended.err
