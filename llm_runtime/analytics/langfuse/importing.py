"""What Langfuse told of traces comes in, rows are there; what was noted here, at the moment of the call, stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any, assert_never

from sqlalchemy import Connection, Table, select, true, tuple_

from llm_runtime.analytics.books import Books, Written
from llm_runtime.analytics.langfuse.names import Key, ScoreName
from llm_runtime.analytics.langfuse.pages import Score
from llm_runtime.analytics.langfuse.said import Said
from llm_runtime.analytics.langfuse.wire_back import Told
from llm_runtime.analytics.records import (
    Execution,
    Generation,
    Happening,
    Record,
    Source,
    TaskResult,
    Trace,
    TraceEnded,
)
from llm_runtime.analytics.tables import (
    agent_task_results,
    llm_events,
    llm_generations,
    llm_traces,
    prompt_executions,
)

COUNTED = (ScoreName.FINDINGS, ScoreName.ACCEPTED, ScoreName.DISMISSED, ScoreName.GAPS)
"""Scores that results are made of; precision follows from them."""

_AT_ONCE = 400
_NONE = dict.fromkeys([name.value for name in COUNTED], 0)
_MOST = 2**31 - 1
_Row = Mapping[str, Any]


def import_traces(connection: Connection, books: Books, told: Sequence[Told], *, now: datetime) -> Written:
    """Write what was told of traces, all in the caller's transaction."""
    known = _known(connection, [each.trace.id for each in told])
    wanted = [
        each if each.ours else replace(each, trace=_completed(each.trace, known.get(each.trace.id))) for each in told
    ]
    theirs = [each for each in wanted if _is_theirs(known.get(each.trace.id))]
    ours = [record for each in wanted if not _is_theirs(known.get(each.trace.id)) for record in each.records]
    noted = _noted(connection, ours)
    records: list[Record] = [each.trace for each in theirs]
    records += sorted(
        [record for each in theirs for record in each.records] + [one for one in ours if _key(one) not in noted],
        key=lambda record: _ORDER.index(type(record)),
    )
    # How traces ended comes last, and where somebody here has seen it, not at all.
    records += [each.ended for each in theirs if each.ended and _is_news(each.ended, known.get(each.trace.id))]
    written = books.write_in(connection, records, imported_at=now)
    for each in theirs:
        if (row := known.get(each.trace.id)) is not None and each.trace.started_at < row["started_at"]:
            _began_earlier(connection, each.trace)
    return written + Written(unchanged=len(noted))


def import_scores(connection: Connection, books: Books, scores: Sequence[Score], *, now: datetime) -> Written:
    """Write what became of findings, of traces that only Langfuse knows; all in the caller's transaction."""
    theirs = {trace for trace, row in _known(connection, [score.trace for score in scores]).items() if _is_theirs(row)}
    counts: dict[tuple[str, str, str, str], dict[str, int]] = defaultdict(dict)
    for score in scores:
        said = Said(score.metadata)
        if score.trace in theirs and score.name in COUNTED and (reviewer := said.text(Key.REVIEWER)):
            place = (score.trace, reviewer, said.text(Key.PROVIDER), said.text(Key.MODEL))
            counts[place][score.name] = min(max(0, round(score.value)), _MOST)
    there = defaultdict(lambda: _NONE, _results(connection, list(counts)))
    results = [
        TaskResult(
            trace=place[0],
            reviewer=place[1],
            provider=place[2],
            model=place[3],
            **{name.value: counted[name] if name in counted else there[place][name.value] for name in COUNTED},
        )
        for place, counted in sorted(counts.items())
    ]
    return books.write_in(connection, results, imported_at=now)


_ORDER = (Generation, Happening, Execution)
_Kept = Generation | Happening | Execution
_Key = tuple[Table, str, str]


def _key(record: _Kept) -> _Key:
    match record:
        case Generation():
            return llm_generations, record.trace, record.id
        case Happening():
            return llm_events, record.trace, record.id
        case Execution():
            return prompt_executions, record.trace, record.question
        case _:
            assert_never(record)


def _noted(connection: Connection, records: Iterable[_Kept]) -> set[_Key]:
    """Which of these, of traces that were noted here, were noted here, too: they need not even be looked at.

    Ends of questions do not say who told them; there, all that are there count.
    """
    keys = sorted({_key(record) for record in records}, key=lambda key: (key[0].name, *key[1:]))
    found: set[_Key] = set()
    for table, group in groupby(keys, key=lambda key: key[0]):
        columns = tuple(table.primary_key)
        here = table.c.imported_at.is_(None) if "imported_at" in table.c else true()
        wanted = [key[1:] for key in group]
        for start in range(0, len(wanted), _AT_ONCE):
            chosen = select(*columns).where(tuple_(*columns).in_(wanted[start : start + _AT_ONCE]), here)
            found |= {(table, *row) for row in connection.execute(chosen)}
    return found


def _completed(trace: Trace, row: _Row | None) -> Trace:
    """A trace of which these observations do not say what it is, with what earlier ones have said."""
    if row is None:
        return trace
    return replace(
        trace,
        name=trace.name or row["name"],
        source=Source(row["source"]),
        repository=row["repository"] or trace.repository,
        number=trace.number if row["number"] is None else row["number"],
        head=row["head"] or trace.head,
        job=row["job"] or trace.job,
        installation=row["installation"],
        opened_at=row["opened_at"],
    )


def _began_earlier(connection: Connection, trace: Trace) -> None:
    """Pages come in any order: the earliest observation tells when a trace of another program's began."""
    for table, key in ((llm_traces, llm_traces.c.id), (agent_task_results, agent_task_results.c.trace)):
        connection.execute(table.update().where(key == trace.id).values(started_at=trace.started_at))


def _is_news(ended: TraceEnded, row: _Row | None) -> bool:
    """Whether nobody has told of a later end: a review that went on has several roots, on whichever pages."""
    return row is None or row["ended_at"] is None or ended.ended_at >= row["ended_at"]


def _is_theirs(row: _Row | None) -> bool:
    """Whether a trace is known from Langfuse alone, or not at all."""
    return row is None or row["imported_at"] is not None


def _known(connection: Connection, traces: Iterable[str]) -> dict[str, _Row]:
    wanted = sorted(set(traces))
    found: dict[str, _Row] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        chosen = select(llm_traces).where(llm_traces.c.id.in_(wanted[start : start + _AT_ONCE]))
        found |= {row["id"]: dict(row) for row in connection.execute(chosen).mappings()}
    return found


def _results(connection: Connection, places: Sequence[tuple[str, str, str, str]]) -> dict[tuple[str, ...], _Row]:
    columns = tuple(agent_task_results.primary_key)
    found: dict[tuple[str, ...], _Row] = {}
    for start in range(0, len(places), _AT_ONCE):
        chosen = select(agent_task_results).where(tuple_(*columns).in_(places[start : start + _AT_ONCE]))
        for row in connection.execute(chosen).mappings():
            found[tuple(row[column.name] for column in columns)] = dict(row)
    return found
