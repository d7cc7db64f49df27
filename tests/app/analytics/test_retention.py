"""What is older than it is to be kept goes, and nothing else; what an open pull request needs stays."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import func, select

from app.analytics.retention import Pruned, Retention, parse_retention, prune, what_is_old
from app.analytics.retention_rules import RULES
from app.store.store import Store
from app.store.tables import METADATA as PRODUCT
from app.store.values import PullTimes
from llm_runtime.analytics.books import Books
from llm_runtime.analytics.records import (
    EventKind,
    Execution,
    Generation,
    Happening,
    Source,
    TaskResult,
    Text,
    Trace,
)
from llm_runtime.analytics.tables import METADATA as ANALYTICS
from llm_runtime.analytics.tables import agent_task_results, export_metadata, llm_generations
from llm_runtime.messages import PromptVariant
from tests.app.store.conftest import START, Time, begin
from tests.app.store.filling import fill
from tests.builders import finding

NOTHING: Retention = dict.fromkeys((rule.name for rule in RULES), None)
VARIANT = PromptVariant(name="security", version="abc")


def pruned(store: Store, time: Time, retention: Retention | None = None) -> dict[str, int]:
    """How much went under each rule, where something did."""
    found = prune(store.database, retention or parse_retention(""), time.now, rest=lambda _: None)
    return {each.rule: each.rows for each in found if each.rows}


def write(books: Books, *, trace: str = "a" * 32, content: str | None = "def secret(): ...", many: int = 1) -> None:
    """A review with calls of this content, and all that goes with them."""
    text = Text(digest="d" * 64, characters=17, content=content)
    books.write(
        [
            Trace(id=trace, name="review", source=Source.APP, repository="octo/app", installation=3, started_at=START),
            *(
                Generation(
                    trace=trace,
                    id=f"{number:016x}",
                    asker="bugs",
                    question="q",
                    provider="openai",
                    model="m",
                    started_at=START,
                    latency_ms=1,
                    prompt=text,
                    answer=text,
                    variant=VARIANT,
                )
                for number in range(1, many + 1)
            ),
            Happening(trace=trace, id="2" * 16, kind=EventKind.WAIT, at=START),
            Execution(trace=trace, question="q", asker="bugs", variant=VARIANT, outcome="answered", ended_at=START),
            TaskResult(trace=trace, reviewer="bugs", findings=1),
        ]
    )
    with books.database.writing() as connection:
        run = {"id": trace, "source": "langfuse", "status": "completed", "started_at": START}
        times = {"from_time": START, "to_time": START, "inserted": 0, "updated": 0, "unchanged": 0}
        connection.execute(export_metadata.insert(), run | times)


def counted(store: Store) -> dict[str, int]:
    """How many rows each table has, of those that are not the ledger's."""
    with store.database.reading() as connection:
        return {
            name: int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)
            for name, table in (PRODUCT.tables | ANALYTICS.tables).items()
            if name not in {"rate_limit_counters", "scheduled_requests"}
        }


def test_everything_has_an_end_but_what_the_app_needs_while_it_is_installed(
    store: Store, books: Books, time: Time
) -> None:
    fill(store, time, "octo/app", 3)
    store.note_pull_times("octo/app", [PullTimes(number=7, opened_at=START, closed_at=START)])
    store.forget_installation(99)
    write(books)
    assert all(counted(store).values())

    time.advance(days=801)
    pruned(store, time)

    left = {name for name, count in counted(store).items() if count}
    assert left == {"quartet_repositories", "quartet_dispositions"}


def test_texts_go_before_the_calls_that_they_were_sent_in(store: Store, books: Books, time: Time) -> None:
    write(books)
    before = counted(store)
    time.advance(days=30, seconds=1)

    assert pruned(store, time) == {"content": 1}

    assert counted(store) == before
    with store.database.reading() as connection:
        one = llm_generations.c
        row = connection.execute(select(one.prompt, one.answer, one.prompt_digest, one.prompt_characters)).one()
    assert tuple(row) == (None, None, "d" * 64, 17)


def test_sums_stay_when_the_calls_that_they_are_of_are_gone(store: Store, books: Books, time: Time) -> None:
    write(books, many=3)
    time.advance(days=401)

    pruned(store, time)

    with store.database.reading() as connection:
        calls = connection.execute(select(agent_task_results.c.calls).where(agent_task_results.c.provider == "openai"))
        assert calls.scalar() == 3
    assert counted(store)["llm_generations"] == counted(store)["llm_events"] == 0


def test_nothing_goes_before_its_time(store: Store, books: Books, time: Time) -> None:
    fill(store, time, "octo/app", 3)
    write(books)
    ends = sorted((rule.days, rule.name) for rule in RULES if rule.days is not None)

    for days, name in ends:
        time.now = START + timedelta(days=days, seconds=-1)
        assert name not in pruned(store, time, {**NOTHING, name: days})


def old_pull(store: Store, time: Time, number: int) -> str:
    one = finding(anchor=f"code {number}")
    store.remember_findings(begin(store, number=number), [one])
    store.mark_told("octo/app", number, {one.fingerprint: number})
    store.dispose("octo/app", [one.fingerprint], kind="dismissed", by="mona", number=number)
    return one.fingerprint


def test_what_an_open_pull_request_needs_stays_and_that_of_a_closed_one_goes(store: Store, time: Time) -> None:
    left_open, closed = old_pull(store, time, 1), old_pull(store, time, 2)
    store.note_pull_times("octo/app", [PullTimes(number=number, opened_at=START) for number in (1, 2)])
    store.note_pull_times("octo/app", [PullTimes(number=2, closed_at=START)])
    time.advance(days=500)

    pruned(store, time, {**parse_retention(""), "quartet_dispositions": 400})

    assert [one.id for one in store.told_findings("octo/app", 1)] == [left_open]
    assert len(store.reviews_of("octo/app", 1)) == 1
    assert set(store.dispositions("octo/app")) == {left_open}
    assert store.told_findings("octo/app", 2) == ()
    assert store.reviews_of("octo/app", 2) == ()
    assert closed not in store.dispositions("octo/app")


def test_a_pull_request_that_was_reviewed_lately_keeps_its_first_review_too(store: Store, time: Time) -> None:
    old_pull(store, time, 1)
    time.advance(days=399)
    begin(store, number=1, head="a2")
    time.advance(days=399)

    assert pruned(store, time) == {}
    assert len(store.reviews_of("octo/app", 1)) == 2


def test_a_dry_run_tells_what_would_go_and_lets_it_stay(store: Store, books: Books, time: Time) -> None:
    fill(store, time, "octo/app", 3)
    write(books, many=2)
    before = counted(store)
    time.advance(days=100)

    told = {each.rule: each.rows for each in what_is_old(store.database, parse_retention(""), time.now) if each.rows}

    assert told == {"content": 2, "llm_events": 1, "export_metadata": 1, "quartet_deliveries": 1}
    assert counted(store) == before
    assert pruned(store, time) == told


def test_what_is_to_be_kept_for_ever_is(store: Store, books: Books, time: Time) -> None:
    fill(store, time, "octo/app", 3)
    write(books)
    before = counted(store)
    time.advance(days=5_000)

    assert pruned(store, time, NOTHING) == {}

    assert counted(store) == before


def test_many_rows_go_in_short_transactions_between_which_others_write(store: Store, books: Books, time: Time) -> None:
    write(books, many=1_200)
    time.advance(days=401)
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        # Where the pruning held a transaction, this would wait for its end, which waits for this.
        writer = threading.Thread(target=lambda: store.pause("octo/app", len(rests), "mona"), daemon=True)
        writer.start()
        writer.join(10)
        assert not writer.is_alive()

    found = prune(store.database, {**NOTHING, "llm_generations": 400}, time.now, rest=rest)

    assert Pruned("llm_generations", 400, 1_200) in found
    assert len(rests) == 2
    assert counted(store)["quartet_pauses"] == 2


def test_a_wording_that_is_still_known_of_a_call_stays(store: Store, books: Books, time: Time) -> None:
    write(books)
    time.advance(days=500)

    pruned(store, time, {**NOTHING, "prompt_variants": 400})
    assert counted(store)["prompt_variants"] == 1

    pruned(store, time)
    assert counted(store)["prompt_variants"] == 0


def test_a_day_is_one_of_twenty_four_hours(store: Store, time: Time) -> None:
    store.note_delivery("g", event="ping", received_at=START, state="handled")
    time.now = START + timedelta(days=30, seconds=1)

    assert pruned(store, time) == {"quartet_deliveries": 1}
