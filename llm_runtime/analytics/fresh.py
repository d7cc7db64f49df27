"""New calls of a trace that is there are added in two statements each; this is what happens after every call."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from llm_runtime.analytics.identity import span_id
from llm_runtime.analytics.records import Generation, Record
from llm_runtime.analytics.rows import STAND_INS, SUMS, generation_row
from llm_runtime.analytics.tables import agent_task_results, llm_generations, llm_traces
from llm_runtime.analytics.writing import Written
from llm_runtime.messages import PromptVariant

_MOST = 16
"""More of them are written faster together."""

_NOWHERE: Mapping[str, Any] = {"repository": None, "number": None}
"""In place of the row of a trace: the database looks it up by itself."""

_BROUGHT = ("findings", "accepted", "dismissed", "gaps")


@dataclass(frozen=True, slots=True)
class FreshCalls:
    """Calls that are probably not there yet.

    Attributes:
        calls: Each of them.
    """

    calls: Sequence[Generation]

    def add(self, connection: Connection) -> Written | None:
        """Add them, with their sums; None where one is there already or its trace is not.

        What was added by then stays, and is in its sums.
        """
        engine = connection.dialect.name
        for call in self.calls:
            values = dict(generation_row(call, _NOWHERE).values)
            if connection.execute(_new_call(engine), _bound(values)).rowcount != 1:
                return None
            connection.execute(_added_up(engine), _bound(_sums(values)))
        return Written(inserted=len(self.calls))


def fresh_calls(records: Sequence[Record], variants: Collection[PromptVariant]) -> FreshCalls | None:
    """The records as new calls; None where they are something else, or many, or worded as never before.

    Args:
        records: What is to be written.
        variants: Wordings that are in their table.
    """
    calls = [each for each in records if isinstance(each, Generation)]
    if not 0 < len(calls) == len(records) <= _MOST:
        return None
    known = all(call.variant is None or call.variant in variants for call in calls)
    return FreshCalls(calls) if known else None


def _sums(values: Mapping[str, Any]) -> dict[str, Any]:
    """What one call adds to the results of its reviewer and model."""
    stands_in, cost = values["role"] in STAND_INS, values["cost_pico"]
    return {
        "trace": values["trace"],
        "reviewer": values["asker"],
        "provider": values["provider"],
        "model": values["model"],
        "span": span_id(values["trace"], values["asker"]),
        **{name: values.get(name) or nothing for name, nothing in SUMS.items()},
        "calls": 1,
        "failed_calls": int(values["error"] is not None),
        "fallback_calls": int(stands_in),
        "waited_calls": int(values["wait_ms"] > 0),
        "unpriced_calls": int(cost is None),
        "fallback_cost_pico": cost if stands_in and cost is not None else SUMS["fallback_cost_pico"],
        **dict.fromkeys(_BROUGHT, 0),
    }


def _bound(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"b_{name}": value for name, value in values.items()}


@cache
def _new_call(engine: str) -> Any:
    """Inserts a call of a trace, unless it is there."""
    return (
        _from_trace(engine, llm_generations, ("repository", "number"))
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True)
    )


@cache
def _added_up(engine: str) -> Any:
    """Inserts the sums of a reviewer and model, or adds to them."""
    insert = _from_trace(engine, agent_task_results, ("repository", "number", "head", "started_at"))
    key = list(agent_task_results.primary_key)
    more = {name: agent_task_results.c[name] + insert.excluded[name] for name in SUMS}
    return insert.on_conflict_do_update(index_elements=key, set_=more)


def _from_trace(engine: str, table: Table, told: Collection[str]) -> postgresql.Insert | sqlite.Insert:
    """An insertion of bound values and of what the row of the trace says; of nothing, where there is no such row."""
    values = [
        llm_traces.c[column.name] if column.name in told else bindparam(f"b_{column.name}", type_=column.type)
        for column in table.c
    ]
    # Held, so that a deletion, and sums of the same trace that are made at the same time, wait or are waited for.
    mine = llm_traces.c.id == bindparam("b_trace", type_=llm_traces.c.id.type)
    rows = select(*values).where(mine).with_for_update(key_share=True)
    insert = postgresql.insert(table) if engine == "postgresql" else sqlite.insert(table)
    return insert.from_select([column.name for column in table.c], rows)
