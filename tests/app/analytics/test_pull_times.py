"""How long pull requests take: medians with known answers, and no number where there are too few."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app.analytics.pull_times import pull_times
from app.store.store import Store
from app.store.values import PullTimes
from llm_runtime.analytics.answer import Answer, Share
from llm_runtime.analytics.period import Period
from tests.app.store.conftest import START, Time

HOUR = 3_600.0
PERIOD = Period(START, START + timedelta(days=30))
BEFORE, SINCE = "before the installation", "since the installation"
REVIEW, MERGE = "the first review", "the merge"


@pytest.fixture
def filled(store: Store, time: Time) -> Store:
    """Installed at ``START``; before it reviews took 1 to 21 hours, since then 10 to 210 minutes."""
    store.belongs("octo/app", 3)
    store.note_pull_times("octo/app", [took(number, number * HOUR, before=True) for number in range(1, 22)])
    store.note_pull_times(
        "octo/app",
        [took(100 + number, number * HOUR / 6, by="quartet" if number > 7 else "person") for number in range(1, 22)],
    )
    assert time.now == START
    return store


def took(
    number: int, seconds: float, *, before: bool = False, by: str = "person", opened: datetime = START
) -> PullTimes:
    """Reviewed after so many seconds, merged after twice as many."""
    begin = opened - timedelta(days=40) if before else opened + timedelta(days=1)
    return PullTimes(
        number=number,
        opened_at=begin,
        first_review_at=begin + timedelta(seconds=seconds),
        first_review_by="quartet" if by == "quartet" else "person",
        merged_at=begin + timedelta(seconds=2 * seconds),
    )


def asked(store: Store, repositories: frozenset[str] | None = None, period: Period = PERIOD) -> Answer:
    with store.database.reading() as connection:
        return pull_times(connection, period, repositories=repositories)


def row(answer: Answer, measure: str, phase: str) -> tuple[object, ...]:
    (found,) = (each for each in answer.rows if each[:2] == (measure, phase))
    return found[2:]


def test_medians_before_and_since_the_installation_stand_side_by_side(filled: Store) -> None:
    answer = asked(filled)

    assert row(answer, REVIEW, BEFORE) == (21, 11 * HOUR, 7 * HOUR, 15 * HOUR, Share(0, 21))
    assert row(answer, REVIEW, SINCE) == (21, 11 * HOUR / 6, 7 * HOUR / 6, 15 * HOUR / 6, Share(14, 21))
    assert row(answer, MERGE, BEFORE) == (21, 22 * HOUR, 14 * HOUR, 30 * HOUR, None)
    assert row(answer, MERGE, SINCE) == (21, 22 * HOUR / 6, 14 * HOUR / 6, 30 * HOUR / 6, None)


def test_of_an_even_number_the_median_lies_between_the_two_in_the_middle(filled: Store) -> None:
    filled.note_pull_times("octo/app", [took(22, 22 * HOUR, before=True)])

    assert row(asked(filled), REVIEW, BEFORE)[:2] == (22, 11.5 * HOUR)


def test_of_fewer_than_twenty_no_median_is_told(store: Store) -> None:
    store.belongs("octo/app", 3)
    store.note_pull_times("octo/app", [took(number, number * HOUR) for number in range(1, 20)])

    answer = asked(store)

    assert row(answer, REVIEW, SINCE) == (19, None, None, None, Share(0, 19))
    assert row(answer, REVIEW, BEFORE) == (0, None, None, None, None)
    assert "Not enough data" in answer.note


def test_those_that_were_opened_outside_the_period_do_not_count_but_all_before_the_installation_do(
    filled: Store,
) -> None:
    later = Period(START + timedelta(days=2), START + timedelta(days=9))

    answer = asked(filled, period=later)

    assert row(answer, REVIEW, SINCE)[0] == 0
    assert row(answer, REVIEW, BEFORE)[0] == 21


def test_what_nobody_has_reviewed_or_merged_is_left_out(filled: Store) -> None:
    filled.note_pull_times("octo/app", [PullTimes(number=999, opened_at=START + timedelta(days=1))])
    filled.note_pull_times("octo/app", [PullTimes(number=998, merged_at=START + timedelta(days=1))])

    assert [each[2] for each in asked(filled).rows] == [21, 21, 21, 21]


@pytest.mark.parametrize(
    ("repositories", "count"),
    [(None, 42), (frozenset({"octo/app"}), 21), (frozenset({"octo/none"}), 0), (frozenset(), 0)],
)
def test_only_repositories_that_were_asked_for_count(
    filled: Store, repositories: frozenset[str] | None, count: int
) -> None:
    filled.belongs("octo/other", 3)
    filled.note_pull_times("octo/other", [took(number, number * HOUR) for number in range(1, 22)])

    assert row(asked(filled, repositories), REVIEW, SINCE)[0] == count


def test_a_period_is_found_by_its_index(filled: Store) -> None:
    with filled.database.reading() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        prefix = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        query = (
            f"{prefix} SELECT * FROM quartet_pull_times WHERE opened_at >= '2026-01-01' AND opened_at < '2026-02-01'"
        )
        plan = "\n".join(str(tuple(each)) for each in connection.execute(text(query)))

    assert "ix_quartet_pull_times_opened_at" in plan
