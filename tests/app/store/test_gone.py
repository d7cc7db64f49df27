"""What was deleted is gone from analytics, too, and what comes late of it is known to be nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.store.forgetting import Gone, gone_in
from app.store.store import Store, open_store
from app.store.versions import FAULTS
from llm_runtime.analytics.books import Books, Written, open_books
from llm_runtime.analytics.records import Execution, Generation, Source, TaskResult, Trace
from llm_runtime.analytics.tables import METADATA, llm_traces
from llm_runtime.database.database import Database
from tests.app.store.conftest import START, Time, begin
from tests.app.store.filling import rows

OURS = Trace(
    id="a" * 32, name="review", source=Source.APP, repository="octo/app", number=7, installation=3, started_at=START
)
CALL = Generation(
    trace=OURS.id, id="1" * 16, asker="bugs", question="q", provider="openai", model="m", started_at=START, latency_ms=9
)
THEIRS = replace(OURS, id="b" * 32, repository="other/app", installation=4)
TABLES = [name for name, table in METADATA.tables.items() if "repository" in table.c]
BY_HAND = replace(OURS, id="c" * 32, repository="octo/app", installation=None, source=Source.CLI)


@pytest.fixture
def books(url: str, time: Time) -> Iterator[Books]:
    with open_books(url, FAULTS, now=time) as books:
        yield books


def everything(trace: Trace) -> list[Trace | Generation | Execution | TaskResult]:
    execution = Execution(
        trace=trace.id, question="q", asker="bugs", variant=None, outcome="answered", ended_at=START, findings=1
    )
    return [trace, replace(CALL, trace=trace.id), execution, TaskResult(trace=trace.id, reviewer="bugs", findings=1)]


def kept(books: Books) -> dict[str, set[str]]:
    """For each table with repositories those that it has rows of."""
    with books.database.reading() as connection:
        return {
            name: set(connection.execute(select(table.c.repository)).scalars())
            for name, table in METADATA.tables.items()
            if name in TABLES
        }


def gone(store: Store) -> Gone:
    with store.database.reading() as connection:
        return gone_in(connection)


@pytest.mark.parametrize("forget", ["installation", "repository"])
def test_analytics_of_what_is_forgotten_goes_in_the_same_moment_and_nothing_else(
    store: Store, books: Books, forget: str
) -> None:
    store.belongs("octo/app", 3)
    books.write(everything(OURS))
    books.write(everything(THEIRS))

    if forget == "installation":
        store.forget_installation(3)
    else:
        store.forget_repository("Octo/App", 3)

    assert kept(books) == dict.fromkeys(TABLES, frozenset({"other/app"}))


def test_a_call_that_is_told_late_brings_nothing_back(store: Store, books: Books) -> None:
    books.write(everything(OURS))
    store.forget_installation(3)

    assert books.write(everything(OURS)[1:]) == Written(orphaned=3)

    assert kept(books) == {table: set() for table in TABLES}


def test_what_was_made_by_hand_or_in_an_action_goes_with_its_repository(store: Store, books: Books) -> None:
    store.belongs("octo/app", 3)
    books.write(everything(BY_HAND))

    store.forget_installation(3)

    assert kept(books)["llm_traces"] == set()
    assert gone(store).covers(None, "octo/app")


def test_what_an_installation_was_not_part_of_stays_when_it_goes(store: Store, books: Books) -> None:
    store.belongs("octo/another", 3)
    books.write(everything(BY_HAND))

    store.forget_installation(3)

    assert kept(books)["llm_traces"] == {"octo/app"}
    assert not gone(store).covers(None, "octo/app")


def test_of_a_repository_that_came_back_under_another_installation_only_what_was_before_is_late(
    store: Store,
) -> None:
    store.belongs("octo/app", 3)
    store.forget_installation(3)

    store.belongs("octo/app", 4)

    assert gone(store).covers(3, "octo/app")
    assert not gone(store).covers(4, "octo/app")
    assert not gone(store).covers(None, "octo/app")


def test_analytics_goes_along_to_a_new_name(store: Store, books: Books) -> None:
    books.write(everything(OURS))
    books.write(everything(THEIRS))

    store.rename("Octo/App", "Octo/New")

    assert kept(books) == {table: {"octo/new", "other/app"} for table in TABLES}


def test_of_an_installation_that_is_gone_everything_is_late(store: Store) -> None:
    store.forget_installation(3)

    assert gone(store).covers(3, "octo/app")
    assert not gone(store).covers(4, "octo/app")
    assert not gone(store).covers(None, "octo/app")


def test_of_a_repository_that_was_removed_everything_under_that_installation_is_late(store: Store) -> None:
    store.forget_repository("Octo/App", 3)

    assert gone(store).covers(3, "octo/app")
    assert not gone(store).covers(3, "octo/other")
    assert not gone(store).covers(4, "octo/app")


def test_a_repository_that_is_given_back_is_not_gone(store: Store) -> None:
    store.belongs("octo/app", 3)
    store.forget_repository("octo/app", 3)

    store.belongs("Octo/App", 3)

    assert not gone(store).covers(3, "octo/app")


def test_a_repository_of_which_somebody_wrote_meanwhile_is_given_back_all_the_same(store: Store) -> None:
    store.belongs("octo/app", 3)
    store.forget_repository("octo/app", 3)
    store.pause("octo/app", 7, "mona")

    store.belongs("octo/app", 3)

    assert not gone(store).covers(3, "octo/app")


def test_no_name_of_what_is_gone_is_kept(store: Store, url: str) -> None:
    store.forget_repository("octo/secret-project", 3)

    with closing(Database(url, FAULTS)) as database, database.reading() as connection:
        assert "secret" not in str(gone_in(connection))


def test_nothing_is_gone_where_there_is_no_app(url: str) -> None:
    with open_books(url, FAULTS) as books, books.database.reading() as connection:
        assert not gone_in(connection).covers(3, "octo/app")
        assert connection.execute(select(func.count()).select_from(llm_traces)).scalar() == 0


def test_both_rooms_share_a_database_whichever_comes_first(url: str) -> None:
    with open_books(url, FAULTS) as books, open_store(url) as store:
        books.write([OURS])
        store.forget_installation(3)

        assert kept(books)["llm_traces"] == set()


def test_who_has_a_name_next_sees_nothing_of_what_it_has_cost_the_one_before(store: Store, books: Books) -> None:
    store.belongs("octo/app", 3)
    books.write(everything(OURS))
    books.write(everything(BY_HAND))
    books.write(everything(THEIRS))

    store.belongs("Octo/App", 5)

    assert kept(books) == dict.fromkeys(TABLES, frozenset({"other/app"}))
    assert gone(store).covers(3, "octo/app")
    assert not gone(store).covers(5, "octo/app")


def test_what_comes_late_from_an_older_installation_takes_nothing_from_the_new_one(store: Store, books: Books) -> None:
    store.belongs("octo/app", 3)
    books.write(everything(OURS))

    store.belongs("octo/app", 2)

    assert kept(books)["llm_traces"] == {"octo/app"}


@pytest.mark.parametrize("forget", ["installation", "repository"])
def test_a_long_history_goes_in_steps_between_which_others_write(
    store: Store, books: Books, url: str, forget: str
) -> None:
    store.belongs("octo/app", 3)
    books.write([replace(OURS, id=f"{number:032x}") for number in range(120)])
    left: list[int] = []

    def rest(_seconds: float) -> None:
        # Where the deletion held a transaction, this would wait for its end, which waits for this.
        with open_store(url) as other:
            other.pause("other/app", len(left) + 1, "mona")
        with store.database.reading() as connection:
            left.append(int(connection.execute(select(func.count()).select_from(llm_traces)).scalar() or 0))
        assert gone(store).covers(3, "octo/app")

    if forget == "installation":
        store.forget_installation(3, rest=rest)
    else:
        store.forget_repository("octo/app", 3, rest=rest)

    assert left == [70, 20]
    assert kept(books)["llm_traces"] == set()


def test_a_name_is_held_by_others_where_another_installation_has_it(store: Store) -> None:
    store.belongs("Octo/App", 3)
    store.belongs("octo/lib", 4)
    store.pause("octo/by-hand", 7, "mona")

    told = {"octo/app": 9, "octo/lib": 4, "octo/by-hand": 9, "octo/new": 9}

    assert store.held_by_others(told) == {"octo/app"}


def test_a_delivery_that_comes_late_from_an_installation_that_is_gone_brings_no_name_back(
    store: Store, url: str
) -> None:
    store.belongs("octo/app", 3)
    store.forget_installation(3)

    assert not store.belongs("octo/app", 3)
    store.note_delivery(
        "g",
        event="pull_request",
        repository="octo/app",
        number=7,
        installation=3,
        received_at=START,
        state="failed",
    )

    assert rows(url)["quartet_repositories"] == 0
    assert gone(store).covers(3, "octo/app")
    kept_of_it = store.delivery("g")
    assert kept_of_it is not None
    assert (kept_of_it.repository, kept_of_it.number) == (None, None)


def test_an_installation_that_is_there_has_its_repositories(store: Store) -> None:
    store.forget_installation(3)

    assert store.belongs("octo/app", 4)
    assert store.belongs("octo/app", 4)


def test_a_review_that_is_posted_while_its_repository_is_forgotten_brings_nothing_back(store: Store, url: str) -> None:
    review = begin(store)
    store.forget_installation(3)

    store.pull_reviewed("octo/app", 7, START, "quartet", review=review)

    assert set(rows(url).values()) == {0}


@pytest.mark.parametrize("known", [(3, 9), (9, 3)], ids=["by who has the name next", "late, by who had it before"])
def test_a_rename_takes_nothing_along_that_another_installation_has(
    store: Store, books: Books, known: tuple[int, int]
) -> None:
    holder, teller = known
    store.belongs("octo/app", holder)
    books.write(everything(replace(OURS, installation=holder)))
    store.belongs("octo/new", teller)

    store.rename("octo/app", "octo/new", teller)

    assert kept(books) == dict.fromkeys(TABLES, frozenset({"octo/app"}))
    assert store.held_by_others({"octo/app": holder, "octo/new": teller}) == frozenset()


def test_a_rename_takes_along_what_its_own_installation_has(store: Store, books: Books) -> None:
    store.belongs("octo/app", 3)
    books.write(everything(OURS))

    store.rename("octo/app", "octo/new", 3)

    assert kept(books) == dict.fromkeys(TABLES, frozenset({"octo/new"}))


def test_a_removal_that_comes_late_takes_nothing_from_the_new_installation(store: Store, books: Books) -> None:
    store.belongs("octo/app", 9)
    books.write(everything(replace(OURS, installation=9)))

    store.forget_repository("octo/app", 3)

    assert kept(books) == dict.fromkeys(TABLES, frozenset({"octo/app"}))
    assert store.held_by_others({"octo/app": 9}) == frozenset()
    assert gone(store).covers(3, "octo/app")
    assert not gone(store).covers(9, "octo/app")
