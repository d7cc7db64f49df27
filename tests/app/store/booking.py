"""Calls of models, booked as a review of the App does it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from app.accounts import Account
from app.store.versions import FAULTS
from llm_runtime.analytics.books import open_books
from llm_runtime.analytics.identity import new_id
from llm_runtime.analytics.records import Generation, Source
from llm_runtime.messages import Call

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def book(
    url: str,
    repository: str,
    number: int,
    asker: str,
    calls: Iterable[Call],
    *,
    job: str = "job",
    head: str = "a1",
    installation: int = 3,
) -> None:
    account = Account(
        repository=repository, review="", installation=str(installation), job=job, number=number, head=head
    )
    trace = account.trace(Source.APP, NOON)
    with open_books(url, FAULTS) as books:
        books.write([trace, *(_generation(trace.id, asker, call) for call in calls)])


def _generation(trace: str, asker: str, call: Call) -> Generation:
    return Generation(
        trace=trace,
        id=new_id(),
        asker=asker,
        question="",
        provider=call.provider,
        model=call.model,
        usage=call.usage,
        cost_usd=call.cost_usd,
        started_at=call.started_at or NOON,
        latency_ms=int(call.seconds * 1_000),
        error=call.error,
    )
