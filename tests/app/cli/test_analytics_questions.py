"""``quartet analytics costs`` and ``analyze`` as a user gives them, on a database of real rows."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app.analytics.formats import FORMATS
from app.cli.analytics_questions import Format
from app.cli.main import main
from app.store.versions import FAULTS
from llm_runtime.analytics.books import open_books
from tests.app.store.conftest import fresh_url
from tests.llm_runtime.analytics.metrics.past import PAST

TWO_DAYS = ("--since", "2026-11-10", "--until", "2026-11-11")
SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schema/analytics.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(params=["sqlite", "postgres"])
def past(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(fresh_url(request.param, tmp_path), monkeypatch)


@pytest.fixture
def local_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(fresh_url("sqlite", tmp_path), monkeypatch)


def fill(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_books(url, FAULTS) as books:
        books.write(PAST)
    monkeypatch.setenv("DATABASE_URL", url)


def test_costs_are_told_over_time_and_by_model(past: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analytics", "costs", *TWO_DAYS]) == 0

    words = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["2026-11-11", "$0.30", "$0.45", "2", "1"] in words
    assert ["anthropic/opus", "2", "3", "3,000", "150", "$0.40", "0"] in words


def test_costs_are_divided_as_is_wished(past: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analytics", "costs", *TWO_DAYS, "--by", "repository", "--by", "reviewer", "--format", "csv"]) == 0

    rows = [row[:3] for row in csv.reader(io.StringIO(capsys.readouterr().out)) if row and row[0] == "costs"]
    assert rows == [
        ["costs", "octo/app", "security"],
        ["costs", "octo/app", "bugs"],
        ["costs", "web", "security"],
    ]


def test_costs_of_one_repository_are_without_the_others(local_past: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analytics", "costs", *TWO_DAYS, "--repository", "WEB", "--format", "json"]) == 0

    (_, _, costs) = json.loads(capsys.readouterr().out)["answers"]
    assert [(row["model"], row["cost"], row["unpriced_calls"]) for row in costs["rows"]] == [("openai/gpt", None, 1)]


def test_everything_is_told_as_the_schema_says(past: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analytics", "analyze", *TWO_DAYS, "--format", "json"]) == 0

    document = json.loads(capsys.readouterr().out)
    Draft202012Validator(SCHEMA).validate(document)
    assert {"totals", "cost-by-day", "latency", "rates", "value", "events"} <= {
        answer["key"] for answer in document["answers"]
    }


@pytest.mark.parametrize(
    ("name", "beginning"), [("told.json", "{"), ("told.csv", "answer,"), ("told.HTML", "<!"), ("told.txt", "2026")]
)
def test_a_file_is_written_as_its_name_ends(
    local_past: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, beginning: str
) -> None:
    assert main(["analytics", "analyze", *TWO_DAYS, "--output", str(tmp_path / name)]) == 0

    assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("form", ["table", "html"])
def test_what_people_read_says_of_which_repository_it_is(
    local_past: None, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert main(["analytics", "costs", *TWO_DAYS, "--repository", "octo/app", "--format", form]) == 0

    text = capsys.readouterr().out
    assert "octo/app" in text
    assert "all repositories" not in text


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_characters_that_standard_output_lacks_are_replaced(
    local_past: None, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))

    assert main(["analytics", "analyze", *TWO_DAYS, "--format", form]) == 0

    assert b"anthropic/opus" in raw.getvalue()


def test_an_output_that_cannot_be_written_is_one_line(
    local_past: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analytics", "costs", *TWO_DAYS, "--output", str(tmp_path / "no" / "costs.csv")]) == 3

    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("command", ["costs", "analyze"])
def test_where_there_is_no_database_one_line_says_so(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'quartet.db'}")

    assert main(["analytics", command]) == 0

    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert f"there is no database at {tmp_path / 'quartet.db'} yet" in told.err
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_happened_one_line_says_so(local_past: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analytics", "analyze", "--since", "2026-01-01", "--until", "2026-01-02"]) == 0

    told = capsys.readouterr()
    assert told.out == ""
    assert "no review was noted from 2026-01-01 to 2026-01-02 UTC; look further back with --since 90d\n" in told.err


def test_a_repository_of_which_nothing_was_noted_is_named(local_past: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analytics", "costs", *TWO_DAYS, "--repository", "octo/ap"]) == 0

    assert "no review of octo/ap was noted from" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["costs", "analyze", "report"])
def test_a_repository_without_a_name_is_not_all_of_them(
    local_past: None, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"

    assert main(["analytics", command, *TWO_DAYS, "--repository", " ", "--output", str(page)]) == 2

    assert "--repository '' is no repository; write OWNER/NAME" in capsys.readouterr().err
    assert not page.exists()


def test_programs_get_their_document_where_nothing_happened(
    local_past: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analytics", "costs", "--since", "2026-01-01", "--until", "2026-01-02", "--format", "json"]) == 0

    (totals, *_) = json.loads(capsys.readouterr().out)["answers"]
    assert totals["rows"][0]["reviews"] == 0


def test_a_database_that_does_not_answer_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/quartet")

    assert main(["analytics", "costs"]) == 3

    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "options", [("--since", "soon"), ("--until", "1999-01-01"), ("--by", "moon"), ("--limit", "0")]
)
def test_what_cannot_be_meant_is_one_line(options: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analytics", "costs", *options]) == 2

    assert capsys.readouterr().err.count("\n") == 1


def test_the_options_know_every_format() -> None:
    assert {form.value for form in Format} == {"table", *FORMATS}
