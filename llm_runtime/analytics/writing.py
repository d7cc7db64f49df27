"""Records become rows in one transaction: inserted, changed or left as they are, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, assert_never

from sqlalchemy import Connection, Table, and_, func, select, tuple_
from sqlalchemy import Row as SqlRow
from sqlalchemy.dialects import postgresql, sqlite

from llm_runtime.analytics.adding_up import SUMS_OF_CALLS
from llm_runtime.analytics.records import Execution, Generation, Happening, Record, TaskResult, Trace, TraceEnded
from llm_runtime.analytics.rows import (
    Row,
    event_row,
    execution_row,
    generation_row,
    result_key,
    result_row,
    trace_row,
    variant_row,
)
from llm_runtime.analytics.tables import agent_task_results, llm_generations, llm_traces, prompt_variants
from llm_runtime.messages import PromptVariant

_AT_ONCE = 200
"""Keys that one query names: SQLite takes 32,766 values in a statement, and a key has up to four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of records.

    Attributes:
        inserted: Rows that were not there.
        updated: Rows that were there and have changed.
        unchanged: Rows that were there as they were told, or that were noted here at the moment of the call.
        orphaned: Records of traces that are not known, or not any more; they are left out.
    """

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    orphaned: int = 0

    def __add__(self, other: Written) -> Written:
        """Both together."""
        return Written(
            inserted=self.inserted + other.inserted,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            orphaned=self.orphaned + other.orphaned,
        )


_ANYBODYS = (llm_traces, prompt_variants)
"""Tables whose rows two may begin at once; those of the others belong to a trace, which is held."""

_Place = tuple[str, str, str, str]
"""Trace, asker, provider and model: whose results a generation counts to."""


Gone = Callable[[Connection], Callable[[Trace], bool]]
"""Tells, within a transaction, whether a trace is of somebody whose data was deleted."""


class Writing:
    """One transaction.

    Args:
        connection: The transaction.
        now: The time, in UTC.
        imported_at: When Langfuse told it, where it did: what was noted here is not changed then.
        gone: Tells whether a trace is of somebody whose data was deleted.
    """

    def __init__(self, connection: Connection, now: datetime, imported_at: datetime | None, gone: Gone) -> None:
        self._connection = connection
        self._now = now
        self._imported_at = imported_at
        self._gone = gone
        self._traces: dict[str, Mapping[str, Any]] = {}

    def write(self, records: Sequence[Record]) -> Written:
        """All of them, in their order."""
        written = Written()
        touched: set[_Place] = set()
        for kind, group in groupby(records, type):
            batch = tuple(group)
            if kind is Trace:
                gone = self._gone(self._connection)
                welcome = [each for each in _of(Trace, batch) if not gone(each)]
                written += self._put([trace_row(each, imported_at=self._imported_at) for each in welcome])
                written += Written(orphaned=len(batch) - len(welcome))
                for trace in batch:
                    self._traces.pop(_trace_of(trace), None)
                continue
            if kind is TraceEnded:
                for ended in _of(TraceEnded, batch):
                    self._end(ended)
                continue
            self._look_up_all({_trace_of(each) for each in batch})
            known = [each for each in batch if _trace_of(each) in self._traces]
            self._put([variant_row(each, self._now) for each in variants(known)])
            rows = [self._row(each) for each in known]
            written += self._put(rows)
            written += Written(orphaned=len(batch) - len(known))
            touched |= {_place(row) for row in rows if row.table is llm_generations}
        self._look_up_all({place[0] for place in touched})
        for place in sorted(touched):
            self._sum_up(place)
        return written

    def _row(self, record: Record) -> Row:
        match record:
            case Generation():
                return generation_row(record, self._traces[record.trace], imported_at=self._imported_at)
            case Happening():
                return event_row(record, imported_at=self._imported_at)
            case Execution():
                return execution_row(record, self._traces[record.trace])
            case TaskResult():
                return result_row(record, self._traces[record.trace])
            case Trace() | TraceEnded():
                raise AssertionError(record)
            case _:
                assert_never(record)

    def _end(self, ended: TraceEnded) -> None:
        values: dict[str, Any] = {"status": ended.status, "ended_at": ended.ended_at}
        if ended.posted_at is not None:
            values["posted_at"] = func.coalesce(llm_traces.c.posted_at, ended.posted_at)
        self._connection.execute(llm_traces.update().where(llm_traces.c.id == ended.trace).values(**values))

    def _look_up_all(self, traces: set[str]) -> None:
        """Which of these traces there are; one that was deleted meanwhile does not come back through its calls."""
        wanted = sorted(traces - self._traces.keys())
        for start in range(0, len(wanted), _AT_ONCE):
            these = llm_traces.c.id.in_(wanted[start : start + _AT_ONCE])
            # Held, so that a deletion, and sums of the same trace made at the same time, wait or are waited for.
            held = select(llm_traces).where(these).order_by(llm_traces.c.id).with_for_update(key_share=True)
            found = self._connection.execute(held)
            self._traces.update({row.id: _named(row) for row in found})

    def _put(self, rows: Sequence[Row]) -> Written:
        """Insert or change rows of one table, each key once: what is told last counts."""
        latest = {row.key: row for row in rows}
        # In one order, whoever writes: two that wait for each other's rows would wait for ever.
        keys = sorted(latest)
        tally: Counter[str] = Counter()
        for start in range(0, len(keys), _AT_ONCE):
            chosen = keys[start : start + _AT_ONCE]
            table = latest[chosen[0]].table
            there = _existing(self._connection, table, chosen)
            fresh = [key for key in chosen if key not in there]
            added = self._add(table, [latest[key] for key in fresh])
            tally["inserted"] += len(added)
            if late := [key for key in fresh if key not in added]:
                there.update(_existing(self._connection, table, late))
            for key, old in there.items():
                tally["updated" if self._change(latest[key], old) else "unchanged"] += 1
        return Written(**tally)

    def _add(self, table: Table, rows: Sequence[Row]) -> set[tuple[Any, ...]]:
        """Insert rows, and say which of them nobody else has inserted since somebody looked."""
        if not rows:
            return set()
        values = [{**row.at_first, **row.values} for row in rows]
        if table not in _ANYBODYS:
            self._connection.execute(table.insert(), values)
            return {row.key for row in rows}
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        statement = insert(table).on_conflict_do_nothing().returning(*table.primary_key)
        return {tuple(row) for row in self._connection.execute(statement, values)}

    def _change(self, row: Row, old: Mapping[str, Any]) -> bool:
        """Whether something is to be changed, and was."""
        if self._imported_at is not None and "imported_at" in old and old["imported_at"] is None:
            return False
        differing = {name: value for name, value in row.values.items() if old[name] != value}
        if not differing.keys() - {"imported_at"} and ("imported_at" not in differing or self._imported_at is not None):
            return False
        key = and_(*(column == value for column, value in zip(row.table.primary_key, row.key, strict=True)))
        self._connection.execute(row.table.update().where(key).values(**differing))
        return True

    def _sum_up(self, place: _Place) -> None:
        """Bring the sums of a reviewer and model in step with the calls."""
        trace, asker, provider, model = place
        one = llm_generations.c
        mine = (one.trace == trace, one.asker == asker, one.provider == provider, one.model == model)
        sums = _named(self._connection.execute(select(*SUMS_OF_CALLS).where(*mine)).one())
        row = result_key(trace, asker, provider, model, self._traces[trace])
        brought = dict.fromkeys(("findings", "accepted", "dismissed", "gaps"), 0)
        self._put([Row(agent_task_results, {**row, **sums}, brought)])


def _place(row: Row) -> _Place:
    values = row.values
    return values["trace"], values["asker"], values["provider"], values["model"]


def _existing(connection: Connection, table: Table, keys: Sequence[tuple[Any, ...]]) -> dict[Any, Mapping[str, Any]]:
    columns = tuple(table.primary_key)
    chosen = columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)
    rows = connection.execute(select(table).where(chosen)).all()
    return {tuple(row[column.name] for column in columns): row for row in map(_named, rows)}


def _named(row: SqlRow[Any]) -> Mapping[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def _trace_of(record: Record) -> str:
    return record.id if isinstance(record, Trace) else record.trace


def _of(kind: type[Any], records: Iterable[Record]) -> list[Any]:
    return [each for each in records if isinstance(each, kind)]


def variants(records: Iterable[Record]) -> list[PromptVariant]:
    """The wordings that records name, each once."""
    found = (each.variant for each in records if isinstance(each, (Generation, Execution)) and each.variant)
    return list(dict.fromkeys(found))
