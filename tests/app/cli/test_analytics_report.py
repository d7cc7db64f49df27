"""``quartet analytics report`` as a user gives it: a database of real rows, and the page that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.cli.main import main
from app.store.versions import FAULTS
from llm_runtime.analytics.books import open_books
from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.records import Generation, Record, Source, TaskResult, Trace
from llm_runtime.messages import Usage
from tests.app.store.conftest import fresh_url


def _review(repository: str, number: int, *, began: datetime, cost: str) -> tuple[Record, ...]:
    trace = Trace(
        id=trace_id(repository, number, "h", "j"),
        name="review",
        source=Source.APP,
        repository=repository,
        number=number,
        started_at=began,
    )
    call = Generation(
        trace=trace.id,
        id=f"{number:016x}",
        asker="security",
        question="q",
        provider="openai",
        model="gpt-5.2",
        role="primary",
        usage=Usage(input_tokens=1_000, output_tokens=100),
        cost_usd=Decimal(cost),
        started_at=began,
        latency_ms=2_500,
    )
    result = TaskResult(
        trace=trace.id, reviewer="security", provider="openai", model="gpt-5.2", findings=2, accepted=1, dismissed=1
    )
    return trace, call, result


def _fill(url: str) -> None:
    now = datetime.now(UTC)
    with open_books(url, FAULTS) as books:
        for number in range(1, 31):
            books.write(_review("octo/app", number, began=now - timedelta(days=number % 5, hours=1), cost="0.10"))
        books.write(_review("octo/other", 31, began=now - timedelta(days=2), cost="7.77"))
        books.write(_review("octo/app", 32, began=now - timedelta(days=80), cost="99"))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "report.html"


@pytest.fixture
def filled(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _fill(url)
    monkeypatch.setenv("DATABASE_URL", url)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return fresh_url(request.param, tmp_path)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    def read() -> str:
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err

    return read


@pytest.mark.usefixtures("filled")
def test_the_page_tells_what_the_reviews_of_the_last_thirty_days_cost(page: Path, said: Callable[[], str]) -> None:
    assert main(["analytics", "report", "--output", str(page)]) == 0

    text = page.read_text(encoding="utf-8")
    assert '<span class="value">$10.77</span>' in text
    assert '<span class="value">31</span>' in text
    assert "all repositories" in text
    assert said().endswith("open it in a browser\n")


@pytest.mark.usefixtures("filled")
def test_of_one_repository_nothing_is_told_of_another(page: Path) -> None:
    assert main(["analytics", "report", "--output", str(page), "--repository", "Octo/App"]) == 0

    text = page.read_text(encoding="utf-8")
    assert '<span class="value">$3.00</span>' in text
    assert "octo/<wbr>other" not in text
    assert "octo/other" not in text


@pytest.mark.usefixtures("filled")
def test_several_repositories_are_summed_and_named(page: Path) -> None:
    asked = ["--repository", "octo/app", "--repository", "octo/other", "--by", "repository"]

    assert main(["analytics", "report", "--output", str(page), *asked]) == 0

    text = page.read_text(encoding="utf-8")
    assert '<span class="value">$10.77</span>' in text
    assert "<span>octo/app, octo/other</span>" in text
    assert "<td>octo/<wbr>other</td>" in text


@pytest.mark.usefixtures("filled")
def test_a_time_without_reviews_is_a_page_that_says_so(page: Path, said: Callable[[], str]) -> None:
    status = main(["analytics", "report", "--output", str(page), "--since", "2020-01-01", "--until", "2020-02-01"])

    assert status == 0
    assert "No review in this time" in page.read_text(encoding="utf-8")
    assert "look further back with --since 90d" in said()


def test_without_a_database_none_is_made(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Callable[[], str]
) -> None:
    monkeypatch.setenv("QUARTET_STATE_DIR", str(tmp_path / "state"))

    assert main(["analytics", "report", "--output", str(page)]) == 0

    assert "no model has been asked on this machine yet; review something with the key of a model first" in said()
    assert not page.exists()
    assert not (tmp_path / "state").exists()


def test_a_time_that_is_none_is_refused(page: Path, said: Callable[[], str]) -> None:
    assert main(["analytics", "report", "--output", str(page), "--since", "yesterday"]) == 2

    assert said() == "quartet: --since 'yesterday' is no time; write it as 30d, 12h or 2026-11-01\n"


def test_a_database_that_does_not_answer_is_one_line(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Callable[[], str]
) -> None:
    file = tmp_path / "quartet.db"
    file.write_bytes(b"this is no database at all" * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")

    assert main(["analytics", "report", "--output", str(page)]) == 3

    assert said().count("\n") == 1


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_page_that_cannot_be_written_is_one_line(tmp_path: Path, said: Callable[[], str]) -> None:
    assert main(["analytics", "report", "--output", str(tmp_path / "none" / "report.html")]) == 3

    assert "cannot be written (No such file or directory)" in said()
