"""What Langfuse is told: observations and scores, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from llm_runtime.analytics.langfuse.names import ScoreName


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A span, a generation or an event in Langfuse.

    Attributes:
        kind: Which of them.
        trace: Id of its trace, 32 hex digits.
        id: 16 hex digits.
        parent: Id of the observation that it is in, or None for the root.
        name: What it is called.
        start: When it began.
        end: When it ended.
        fields: What else the SDK takes for it, by the SDK's names.
    """

    kind: Literal["span", "generation", "event"]
    trace: str
    id: str
    parent: str | None
    name: str
    start: datetime
    end: datetime
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A number on an observation; one with the same id, name and day takes the place of the one before.

    Attributes:
        id: 32 hex digits.
        trace: Id of its trace.
        observation: Id of its observation.
        name: What is counted.
        value: The number.
        at: The trace's beginning: it has to stay the same.
        comment: What people are told, or None.
        metadata: Whose it is.
    """

    id: str
    trace: str
    observation: str
    name: ScoreName
    value: float
    at: datetime
    comment: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
