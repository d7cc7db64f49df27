"""``quartet bench run`` as a user gives it: the real review over fake vendors, its reports, its cassette, its cap."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.app.cli.conftest import Ended, Models, by_reviewer, findings, remark
from tests.fakes.models import Answer, Asked, RateLimited, says

SEARCH = {
    "base/orders.py": "def orders_of(db, name):\n    return db.find(name)\n",
    "head/orders.py": (
        "def orders_of(db, name):\n"
        "    return db.find(name)\n\n\n"
        "def search(db, name):\n"
        '    return db.execute("select * from orders where name = \'" + name + "\'")\n'
    ),
    "case.yml": """\
id: search
languages: [python]
perspective: security
clean: false
title: Search
goldens:
  - path: orders.py
    quote: return db.execute
    reviewer: security
    rule: injection
    text: A quote in the name changes the query.
    severity: high
""",
}
WORDED = SEARCH | {
    "case.yml": SEARCH["case.yml"]
    .replace("id: search", "id: worded")
    .replace("    reviewer: security\n    rule: injection\n", "")
}
CLEAN = {
    "base/total.py": "def total(prices):\n    return sum(prices)\n",
    "head/total.py": 'def total(prices):\n    """All of them."""\n    return sum(prices)\n',
    "case.yml": "id: clean\nlanguages: [python]\nperspective: bugs\nclean: true\ntitle: Say what it does\n",
}
QUOTE = 'return db.execute("select * from orders where name = \'" + name + "\'")'
INJECTION = remark(quote=QUOTE, line=6)
# Nothing of a review may depend on what else is on this machine.
ONLY = ("--reviewers", "security")


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "suite"
    for name, files in {"search": SEARCH, "worded": WORDED, "clean": CLEAN}.items():
        for path, text in files.items():
            file = folder / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def answers(*, same: bool = True) -> Callable[[Asked], Answer]:
    """A reviewer that finds the injection wherever it is shown, and a judge."""

    def answer(asked: Asked) -> Answer:
        properties = (asked.schema or {}).get("properties", {})
        if "same" in properties:
            return says({"reason": "…", "same": same})
        return by_reviewer(security=findings(*([INJECTION] if "db.execute" in asked.prompt else [])))(asked)

    return answer


def report(ended: Ended) -> Any:
    assert ended.status == 0, ended.err
    return ended.json


def test_evidence_alone_is_measured_without_a_model(quartet: Callable[..., Ended], suite: Path) -> None:
    shown = report(quartet("bench", "run", str(suite), "--no-llm", "--format", "json"))

    figures = shown["figures"]
    assert (figures["cases"], figures["clean_cases"]) == (3, 1)
    assert (figures["hits"], figures["misses"], figures["false_alarms"]) == (2, 0, 0)
    assert figures["hits_by_place_alone"] == 1
    assert figures["clean_left_alone"]["value"] == 1.0
    assert shown["models"] == {}


def test_a_run_is_kept_and_replayed_for_nothing(
    quartet: Callable[..., Ended], suite: Path, models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = models.openai(answers())
    output = str(tmp_path / "out")

    first = report(quartet("bench", "run", str(suite), *ONLY, "--output", output, "--format", "json"))
    asked = len(vendor.asked)
    again = report(quartet("bench", "run", str(suite), *ONLY, "--output", output, "--format", "json"))
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    replayed = report(quartet("bench", "run", str(suite), *ONLY, "--output", output, "--replay", "--format", "json"))

    assert first["figures"]["hits"] == 2
    assert first["figures"]["cost_usd"] > 0
    assert len(vendor.asked) == asked > 0
    assert again == first
    assert replayed == first | {"replayed": True}
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert {"report.json", "report.md", "report.html"} <= written


def test_a_replay_without_an_answer_names_the_case(
    quartet: Callable[..., Ended], suite: Path, models: Models, tmp_path: Path
) -> None:
    models.openai(answers())
    cassette = tmp_path / "cassette"
    report(quartet("bench", "run", str(suite), *ONLY, "--cassette", str(cassette), "--format", "json"))
    for file in cassette.glob("?" * 64 + ".json"):
        file.unlink()

    ended = quartet("bench", "run", str(suite), *ONLY, "--cassette", str(cassette), "--replay")

    assert ended.status == 2
    assert ended.err.splitlines()[-1].startswith("quartet: clean: the cassette has no answer to 1 question of it")


def test_two_judges_decide_about_words_and_their_agreement_is_shown(
    quartet: Callable[..., Ended], suite: Path, models: Models
) -> None:
    models.openai(answers(same=True))
    models.anthropic(answers(same=False))
    judges = "openai/gpt-6.1-sol,anthropic/claude-opus-5-5"

    ended = quartet("bench", "run", str(suite), *ONLY, "--models", "openai/gpt-6.1-sol", "--judge", judges,
                    "--format", "json")  # fmt: skip

    shown = report(ended)
    assert shown["judges"] == judges.split(",")
    assert shown["agreement"]["pairs"] == 1
    assert shown["agreement"]["share"] == 0.0
    assert shown["figures"]["hits"] == 1
    assert shown["figures"]["hits_by_place_alone"] == 0
    assert shown["figures"]["judging_cost_usd"] > 0


def test_the_cap_ends_the_run_and_a_higher_one_goes_on(
    quartet: Callable[..., Ended], suite: Path, models: Models, tmp_path: Path
) -> None:
    models.openai(answers())
    run = ("bench", "run", str(suite), *ONLY, "--output", str(tmp_path / "out"), "--format", "json")

    short = quartet(*run, "--max-cost", "0.0001")
    full = quartet(*run, "--max-cost", "50")

    assert short.status == 3
    assert short.json["cases_left_out"] == 3
    assert "--max-cost 0.0001 is reached: 3 cases are left" in short.err
    assert full.status == 0
    assert full.json["figures"]["cases"] == 3


def test_what_got_no_answer_is_shown_and_asked_again(
    quartet: Callable[..., Ended], suite: Path, models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTET_MAX_RETRIES", "0")
    vendor = models.openai(RateLimited(retry_after=3600))
    run = ("bench", "run", str(suite), *ONLY, "--output", str(tmp_path / "out"), "--format", "json", "--limit", "1")
    first = quartet(*run)
    vendor._answers = answers()

    assert first.status == 3
    assert first.json["figures"]["gaps"] == 1
    assert "run it again" in first.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("--replay",), "--replay needs the answers of an earlier run", id="replay of nothing"),
        pytest.param(("--no-llm", "--models", "openai/gpt-6.1-sol"), "--no-llm asks nobody", id="nobody and somebody"),
        pytest.param(("--judge", "openai/gpt-6.1-sol"), "--judge takes two models", id="one judge"),
        pytest.param(
            ("--judge", "openai/gpt-6.1-sol,openai/gpt-6-sol"), "both are of one family", id="judges of one family"
        ),
        pytest.param(("--cassette", "empty", "--replay"), "the cassette holds no run", id="an empty cassette"),
        pytest.param(("--max-cost", "0"), "--max-cost takes an amount", id="no money"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(
    quartet: Callable[..., Ended], suite: Path, models: Models, arguments: tuple[str, ...], said: str
) -> None:
    models.openai(answers())

    ended = quartet("bench", "run", str(suite), *arguments)

    assert ended.status == 2
    assert said in ended.err
    assert ended.out == ""


def test_a_fault_in_a_case_is_told_before_anything_is_run(quartet: Callable[..., Ended], suite: Path) -> None:
    file = suite / "search" / "case.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("severity: high", "severity: huge"), encoding="utf-8")

    ended = quartet("bench", "run", str(suite), "--no-llm")

    assert ended.status == 2
    assert "case.yml: goldens.0.severity" in ended.err


def test_the_page_shows_each_hit_beside_its_code(quartet: Callable[..., Ended], suite: Path) -> None:
    page = quartet("bench", "run", str(suite), "--no-llm", "--format", "html").out

    assert "select * from orders where name" in page
    assert '<span class="badge">hit</span>' in page
    assert "<script" not in page


def test_the_summary_is_markdown_with_intervals(quartet: Callable[..., Ended], suite: Path) -> None:
    text = quartet("bench", "run", str(suite), "--no-llm").out

    assert "| precision | 1.00 (1.00–1.00) |" in text
    assert "| security/injection | 2 | 0 | 0 | 1.00 | 1.00 | 1.00 |" in text
    assert "nobody was asked to judge them" in text


def test_json_of_a_run_can_be_read_back(quartet: Callable[..., Ended], suite: Path, tmp_path: Path) -> None:
    quartet("bench", "run", str(suite), "--no-llm", "--output", str(tmp_path / "out"))

    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["schema"] == "quartet.bench/1"
