"""What became of findings, from the product's tables, as records of those who keep books.

Everything is counted anew each time, for all reviews of a pull request: telling it again changes nothing, and a
decision that was taken back is taken back here, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.records import Record, Source, TaskResult, Trace
from llm_runtime.analytics.tables import llm_traces

if TYPE_CHECKING:
    from app.store.store import Store
    from app.store.values import Disposition, StoredFinding, StoredReview

_RIGHT = frozenset({"accepted", "liked", "fixed"})
_Place = tuple[str, str, str, str]
"""Trace, reviewer, provider and model: who is credited."""


def results_of(store: Store, repository: str, number: int) -> tuple[Record, ...]:
    """What each reviewer and model has brought in each review of a pull request.

    A finding is to the credit of the review that told it first, and of the first model that had found it by then. It
    counts as accepted where people accepted or liked it, or a later commit fixed it; as dismissed where people
    dismissed it, whatever became of its code.

    Args:
        store: Where findings and decisions are.
        repository: Full name.
        number: The pull request.

    Returns:
        Each trace, as it is known, and what was brought in it after it. Nothing of traces that are not known.

    Raises:
        StoreDown: The database does not answer.
    """
    name = repository.lower()
    reviews = store.reviews_of(name, number)
    traces = traces_of_reviews(reviews)
    told = store.told_findings(name, number)
    decided = store.dispositions(name) if told else {}
    findings: Counter[_Place] = Counter()
    accepted: Counter[_Place] = Counter()
    dismissed: Counter[_Place] = Counter()
    for finding in told:
        # A review is pruned with its findings; one that is missing all the same leaves nobody to credit.
        if (trace := traces.get(finding.told_in or "")) is None:
            continue
        provider, _, model = finding.model.partition("/")
        place = (trace, finding.finding.reviewer, provider, model)
        findings[place] += 1
        accepted[place] += _is_accepted(finding, decided)
        dismissed[place] += _is_dismissed(finding, decided)
    gaps = _gaps(reviews, traces)
    known = _known_traces(store, {place[0] for place in (*findings, *gaps)})
    records: list[Record] = []
    for known_trace in known:
        records.append(known_trace)
        for place in sorted(place for place in findings.keys() | gaps.keys() if place[0] == known_trace.id):
            _, reviewer, provider, model = place
            records.append(
                TaskResult(
                    trace=known_trace.id,
                    reviewer=reviewer,
                    provider=provider,
                    model=model,
                    findings=findings[place],
                    accepted=accepted[place],
                    dismissed=dismissed[place],
                    gaps=gaps[place],
                )
            )
    return tuple(records)


def results_of_findings(store: Store, repository: str, ids: Collection[str]) -> tuple[Record, ...]:
    """The same for all pull requests on which one of these findings was told: a decision is about each of them.

    Raises:
        StoreDown: The database does not answer.
    """
    numbers = store.pulls_with_told(repository, ids)
    return tuple(record for number in numbers for record in results_of(store, repository, number))


def traces_of_reviews(reviews: Iterable[StoredReview]) -> Mapping[str, str]:
    """For each review its trace's id: attempts at one wish, which follow each other, are one review to whoever pays.

    Args:
        reviews: All of a pull request, the newest first.
    """
    traces: dict[str, str] = {}
    reason = first = ""
    for review in reversed(tuple(reviews)):
        if review.reason != reason:
            reason, first = review.reason, review.id
        traces[review.id] = trace_id(review.repository, review.number, review.head, first)
    return traces


def _is_dismissed(finding: StoredFinding, decided: Mapping[str, Disposition]) -> bool:
    said = decided.get(finding.id)
    return said is not None and said.kind == "dismissed"


def _is_accepted(finding: StoredFinding, decided: Mapping[str, Disposition]) -> bool:
    said = decided.get(finding.id)
    if said is not None and said.kind == "dismissed":
        return False
    return finding.fixed_at is not None or (said is not None and said.kind in _RIGHT)


def _gaps(reviews: Iterable[StoredReview], traces: Mapping[str, str]) -> Counter[_Place]:
    """Questions without an answer by reviewer; of several attempts the last one knows what was missing in the end."""
    counted: Counter[_Place] = Counter()
    seen: set[str] = set()
    for review in reviews:
        if review.state == "done" and traces[review.id] not in seen:
            seen.add(traces[review.id])
            counted.update((traces[review.id], gap.reviewer, "", "") for gap in review.gaps)
    return counted


def _known_traces(store: Store, ids: Collection[str]) -> Iterator[Trace]:
    """The traces that the books know, the oldest first: what is told of others would be nobody's."""
    if not ids:
        return
    with store.database.reading() as connection:
        query = select(llm_traces).where(llm_traces.c.id.in_(sorted(ids)))
        rows = connection.execute(query.order_by(llm_traces.c.started_at, llm_traces.c.id)).all()
    for row in rows:
        yield Trace(
            id=row.id,
            name=row.name,
            source=Source(row.source),
            repository=row.repository,
            number=row.number,
            head=row.head,
            job=row.job,
            installation=row.installation,
            started_at=row.started_at,
            opened_at=row.opened_at,
        )
