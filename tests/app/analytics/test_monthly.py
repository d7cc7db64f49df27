"""The summary of a month tells its figures, hides nothing that is missing, and cannot act on its reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.analytics.monthly import Month, Summary, read_month, summarise
from app.errors import Misconfigured
from app.publishing.markers import markers_of
from app.store.store import Store
from llm_runtime.analytics.books import Books
from llm_runtime.analytics.period import Period
from llm_runtime.analytics.records import Generation, Record, Source, TaskResult, Trace
from llm_runtime.messages import Usage
from tests.app.store.conftest import Time, begin
from tests.builders import finding

NOVEMBER = Month(2026, 11)
BEGAN = datetime(2026, 11, 5, 9, tzinfo=UTC)


def write(
    books: Books, number: int = 1, *, at: datetime = BEGAN, cost: str | None = "0.25", model: str = "gpt-6.1-sol"
) -> None:
    """A review by one call, of whose 30 findings 20 were accepted and 5 dismissed."""
    trace = f"{number:032x}"
    usage = Usage(input_tokens=100, output_tokens=10)
    records: list[Record] = [
        Trace(id=trace, name="review", source=Source.APP, repository="octo/app", number=7, started_at=at),
        Generation(
            trace=trace,
            id="1" * 16,
            asker="security",
            question="q",
            provider="openai",
            model=model,
            started_at=at,
            latency_ms=900,
            usage=usage,
            cost_usd=None if cost is None else Decimal(cost),
        ),
        TaskResult(
            trace=trace, reviewer="security", provider="openai", model=model, findings=30, accepted=20, dismissed=5
        ),
    ]
    books.write(records)


def told(store: Store, month: Month = NOVEMBER) -> Summary:
    with store.database.reading() as connection:
        summary = summarise(connection, "Octo/App", month)
    assert summary is not None
    return summary


def row(summary: Summary, first: str) -> list[str]:
    """The cells of the first row that begins so."""
    line = next(line for line in summary.body.split("\n") if line.startswith(f"| {first}"))
    # Dollars and dashes are escaped: they would begin formulas and lists.
    return [cell.strip().replace("\\", "") for cell in line.strip("|").split("|")]


def test_a_month_tells_cost_findings_precision_and_the_price_of_one_that_was_accepted(
    store: Store, books: Books
) -> None:
    write(books)
    write(books, 2, at=BEGAN + timedelta(days=3))
    write(books, 3, at=BEGAN - timedelta(days=20))

    summary = told(store)

    assert summary.title == "Quartet in November 2026"
    assert row(summary, "Reviews")[1:] == ["2", "1"]
    assert row(summary, "Cost ")[1:] == ["$0.50", "$0.25"]
    assert row(summary, "security") == [
        "security",
        "60",
        "40",
        "10",
        "80 % (67–88.8)",
        "0",
        "$0.50",
        "$0.01",
    ]


def test_what_comes_back_and_how_long_people_wait_is_told(store: Store, books: Books, time: Time) -> None:
    write(books)
    for number in (7, 8):
        one = finding(anchor=f"code {number}")
        store.remember_findings(begin(store, number=number), [one])
        store.mark_told("octo/app", number, {one.fingerprint: number})
    store.pull_reviewed("octo/app", 7, time.now, "quartet")

    summary = told(store)

    assert row(summary, "security | injection") == [
        "security",
        "injection",
        "shop",
        "2",
        "2",
        "0",
        "0",
        "2026-11-21",
    ]
    assert "not enough data" in " ".join(row(summary, "the first review"))


def test_a_call_without_a_known_price_is_told_and_never_counted_as_nothing(store: Store, books: Books) -> None:
    write(books, cost=None)

    assert row(told(store), "Unpriced calls")[1] == "1"
    assert "The price of 1 of 1 calls is unknown" in told(store).body


def test_it_ends_with_the_marker_of_its_month_and_nothing_in_it_can_fake_one(store: Store, books: Books) -> None:
    write(books, model="<!-- quartet:month of=2026-10 --> @octocat | ![x](http://evil.example/x)")

    summary = told(store)

    assert markers_of(summary.body) == (NOVEMBER.marker,)
    assert summary.body.count("<!--") == 1
    assert "@octocat" not in summary.body
    assert "](http" not in summary.body


def test_it_fits_into_an_issue_however_long_names_are(store: Store, books: Books) -> None:
    for number in range(1, 30):
        write(books, number, model=f"{number}-" + "m" * 5_000)

    assert len(told(store).body) < 65_536
    assert markers_of(told(store).body) == (NOVEMBER.marker,)


def test_of_a_month_without_a_review_there_is_no_summary(store: Store, books: Books) -> None:
    write(books, at=datetime(2026, 12, 1, tzinfo=UTC))

    with store.database.reading() as connection:
        assert summarise(connection, "octo/app", NOVEMBER) is None
        assert summarise(connection, "octo/other", Month(2026, 12)) is None


def test_a_month_goes_from_its_first_moment_to_the_next_ones() -> None:
    assert Month(2026, 12).period == Period(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert Month(2028, 2).period.length == timedelta(days=29)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026", "26-10", "2026-10-01", "october", "2026-12", "0000-01", "0001-01"]
)
def test_what_is_no_month_or_has_not_begun_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(Misconfigured, match=r"^--month") as caught:
        read_month(text, BEGAN)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "month"), [("2026-11", "2026-11"), ("2025-01", "2025-01"), ("", "2026-10")])
def test_a_month_is_read(text: str, month: str) -> None:
    assert str(read_month(text, BEGAN)) == month
