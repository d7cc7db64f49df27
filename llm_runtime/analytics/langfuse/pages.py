"""What is read out of Langfuse, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Whose observations are read.

    Attributes:
        id: Langfuse's name for it.
        now: What time it is there, by the server's own clock; ours where it does not say.
    """

    id: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A number that somebody gave to an observation.

    Attributes:
        trace: Id of its trace.
        observation: Its id.
        name: What is counted.
        value: How much.
        metadata: More about it.
    """

    trace: str
    observation: str
    name: str
    value: float
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """What one request brought.

    Attributes:
        rows: What it brought.
        last: Whether nothing follows.
    """

    rows: tuple[Row, ...]
    last: bool
