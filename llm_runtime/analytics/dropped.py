"""How much of the books is missing, as far as the books themselves know."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from llm_runtime.analytics.records import EventKind
from llm_runtime.analytics.tables import llm_events

if TYPE_CHECKING:
    from sqlalchemy import Connection


def dropped_since(connection: Connection, moment: datetime) -> int:
    """How many records those who keep books have lost since a moment: a full queue, no answer, or a refusal.

    Args:
        connection: To a database that has the tables of analytics.
        moment: In UTC.
    """
    one = llm_events.c
    told = connection.scalars(select(one.data).where(one.kind == EventKind.DROPPED.value, one.at >= moment))
    return sum(int(data.get("records", 1)) for data in told)
