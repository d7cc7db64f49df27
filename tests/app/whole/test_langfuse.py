"""Reviews by forked workers, and a Langfuse that sees them, or is away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.app.whole.endings import one_review
from tests.app.whole.tenants import House, house
from tests.fakes.langfuse import PUBLIC_KEY, SECRET_KEY, FakeLangfuse

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def langfuse() -> Iterator[FakeLangfuse]:
    with FakeLangfuse() as server:
        yield server


@pytest.fixture(scope="module")
def watched(langfuse: FakeLangfuse) -> Iterator[House]:
    keys = {"LANGFUSE_PUBLIC_KEY": PUBLIC_KEY, "LANGFUSE_SECRET_KEY": SECRET_KEY, "LANGFUSE_BASE_URL": langfuse.url}
    with house(**keys) as running:
        yield running


def test_what_a_forked_worker_did_is_in_langfuse_under_the_ids_of_the_database(
    watched: House, langfuse: FakeLangfuse
) -> None:
    langfuse.silent = False
    tenant = watched.tenant()

    tenant.open()
    one_review(tenant)

    with closing(sqlite3.connect(watched.store_url.removeprefix("sqlite:///"))) as database:
        where = "trace in (select id from llm_traces where repository = ?)"
        found = database.execute(f"select trace, id from llm_generations where {where}", (f"{tenant.name}/app",))
        generations = set(found)
    mine = [each for each in langfuse.observations if each.get("metadata.repository") == f"{tenant.name}/app"]
    assert generations
    assert {(each.trace_id, each.id) for each in mine if each.type == "generation"} == generations
    (root,) = (each for each in mine if not each.parent)
    assert (root.get("metadata.status"), root.get("metadata.source")) == ("done", "app")


def test_a_langfuse_that_does_not_answer_keeps_no_review_from_its_end(watched: House, langfuse: FakeLangfuse) -> None:
    langfuse.silent = True
    tenant = watched.tenant()

    tenant.open()
    one_review(tenant)

    with closing(sqlite3.connect(watched.store_url.removeprefix("sqlite:///"))) as database:
        told = database.execute("select data from llm_events where kind = 'dropped'").fetchall()
    assert any("LangfuseCostTracker" in data for (data,) in told)
