"""Observations that Langfuse gives back come in, the records that they were made of go out.

``wire`` has the way there. Calls of other programs in the same project become records too, as far as they say
something: they have no asker, a provider only where the catalogue knows the model, and what their errors say stays
where it is. Langfuse may give metadata back as it was sent or as text, so both are understood; what makes no sense
counts as not said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from llm_runtime.analytics.langfuse.amounts_back import costs_of, usage_of
from llm_runtime.analytics.langfuse.names import EXECUTION, Key
from llm_runtime.analytics.langfuse.said import Said, dollars, key_of, words
from llm_runtime.analytics.records import EventKind, Execution, Generation, Happening, Source, Text, Trace, TraceEnded
from llm_runtime.catalog import find
from llm_runtime.errors import UnknownModel
from llm_runtime.messages import PromptVariant

if TYPE_CHECKING:
    from langfuse.api.commons.types.observation_v2 import ObservationV2

_ASKING = frozenset({"GENERATION", "EMBEDDING"})
_UNNAMED_ERROR = "unknown"
_MOST_MS = 2**31 - 1
"""A duration that a program made up must not overflow a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What observations say of one trace.

    Attributes:
        trace: What it is; of another program's, no more than its name and when it began at the latest.
        ours: Whether it is one of Quartet's, which say of themselves what they are.
        ended: How it ended; None where its root is not among the observations.
        records: Calls, events and ends of questions.
    """

    trace: Trace
    ours: bool
    ended: TraceEnded | None
    records: tuple[Generation | Happening | Execution, ...]


def told_by(observations: Iterable[ObservationV2]) -> tuple[Told, ...]:
    """What observations say, trace by trace; traces of which nothing is kept are left out."""
    ordered = sorted(observations, key=_trace_of)
    found = (_told(trace, tuple(group)) for trace, group in groupby(ordered, _trace_of))
    return tuple(each for each in found if each.ours or each.records)


def _told(trace: str, group: Sequence[ObservationV2]) -> Told:
    # By place and not by id: what was sent twice may be there twice.
    heard = [(one, Said(one.metadata or {})) for one in group]
    ours = next((said for _, said in heard if said.moment(Key.STARTED_AT) and said.text(Key.SOURCE)), None)
    ended = [_ended(trace, one, said) for one, said in heard if said.text(Key.STATUS)]
    records = (_record(trace, one, said) for one, said in heard)
    return Told(
        trace=_trace(trace, group, ours or Said({})),
        ours=ours is not None,
        ended=max(ended, key=lambda each: each.ended_at, default=None),
        records=tuple(each for each in records if each is not None),
    )


def _trace(trace: str, group: Sequence[ObservationV2], said: Said) -> Trace:
    """What the trace is; what other programs call a repository is taken from any of their observations."""
    began = min(one.start_time for one in group)
    theirs = next((found for one in group if (found := Said(one.metadata or {})).text(Key.REPOSITORY)), Said({}))
    named = said if said.text(Key.REPOSITORY) else theirs
    return Trace(
        id=trace,
        name=said.text(Key.TRACE_NAME) or next((words(one.trace_name) for one in group if one.trace_name), ""),
        source=_source(said.text(Key.SOURCE)),
        repository=named.text(Key.REPOSITORY).lower(),
        number=named.whole(Key.NUMBER),
        head=said.text(Key.HEAD),
        job=said.text(Key.JOB),
        installation=said.whole(Key.INSTALLATION),
        started_at=said.moment(Key.STARTED_AT) or began,
        opened_at=said.moment(Key.OPENED_AT),
    )


def _ended(trace: str, one: ObservationV2, said: Said) -> TraceEnded:
    return TraceEnded(
        trace=trace,
        status=said.text(Key.STATUS),
        ended_at=said.moment(Key.ENDED_AT) or one.end_time or one.start_time,
        posted_at=said.moment(Key.POSTED_AT),
    )


def _record(trace: str, one: ObservationV2, said: Said) -> Generation | Happening | Execution | None:
    if one.type in _ASKING:
        return _generation(trace, one, said)
    if one.type != "EVENT" or not said.moment(Key.STARTED_AT):
        return None
    if one.name == EXECUTION and said.text(Key.QUESTION):
        return _execution(trace, one, said)
    return _happening(trace, one, said) if said.text(Key.KIND) in set(EventKind) else None


def _generation(trace: str, one: ObservationV2, said: Said) -> Generation:
    details = one.cost_details or {}
    took = (one.end_time or one.start_time) - one.start_time
    priced = said.truth(Key.PRICED)
    # Where we did not know the cost, what Langfuse shows is a guess of its own; other programs rely on that.
    total = one.total_cost if details and priced is None else None
    provider, model = said.text(Key.PROVIDER), said.text(Key.MODEL)
    if not provider:
        provider, model = _known(words(one.model or ""))
    first = one.completion_start_time - one.start_time if one.completion_start_time else None
    return Generation(
        trace=trace,
        id=key_of(one.id),
        asker=said.text(Key.ASKER),
        question=key_of(said.text(Key.QUESTION) or one.id),
        round=said.whole(Key.ROUND, most=_MOST_MS) or 0,
        provider=provider,
        model=model,
        served=said.text(Key.SERVED) if priced is not None else words(one.model or ""),
        tier=said.text(Key.TIER),
        role=said.text(Key.ROLE),
        usage=usage_of(one.usage_details or {}),
        cost_usd=said.dollars(Key.COST) if priced else dollars(total),
        costs=costs_of(details, said.dollars(Key.SAVED)) if priced else None,
        started_at=said.moment(Key.AT) or one.start_time,
        latency_ms=_first(said.whole(Key.LATENCY_MS, most=_MOST_MS), _milliseconds(took)),
        first_token_ms=said.whole(Key.FIRST_TOKEN_MS, most=_MOST_MS)
        if priced is not None or not first
        else _milliseconds(first),
        wait_ms=said.whole(Key.WAIT_MS, most=_MOST_MS) or 0,
        error=_error(one),
        prompt=_text(said, Key.PROMPT_DIGEST, Key.PROMPT_CHARACTERS),
        answer=_text(said, Key.ANSWER_DIGEST, Key.ANSWER_CHARACTERS),
        variant=_variant(one, said),
    )


def _happening(trace: str, one: ObservationV2, said: Said) -> Happening:
    return Happening(
        trace=trace,
        id=key_of(one.id),
        asker=said.text(Key.ASKER),
        kind=EventKind(said.text(Key.KIND)),
        provider=said.text(Key.PROVIDER),
        model=said.text(Key.MODEL),
        at=said.moment(Key.AT) or one.start_time,
        seconds=said.number(Key.SECONDS),
        error=words(one.status_message) if one.status_message else None,
        data=said.data(Key.DATA),
    )


def _execution(trace: str, one: ObservationV2, said: Said) -> Execution:
    return Execution(
        trace=trace,
        question=key_of(said.text(Key.QUESTION)),
        asker=said.text(Key.ASKER),
        variant=_variant(one, said),
        outcome=said.text(Key.OUTCOME),
        ended_at=said.moment(Key.ENDED_AT) or one.start_time,
        findings=said.whole(Key.FINDINGS, most=_MOST_MS) or 0,
    )


def _error(one: ObservationV2) -> str | None:
    """The name of an error's class; what other programs say of theirs may hold anything."""
    if one.level is None or one.level.value != "ERROR":
        return None
    return one.status_message if one.status_message and one.status_message.isidentifier() else _UNNAMED_ERROR


def _known(model: str) -> tuple[str, str]:
    """Provider and name of a model that the catalogue knows; else nobody's."""
    try:
        spec = find(model)
    except UnknownModel:
        return "", model
    return (spec.provider, spec.name) if spec.source else ("", model)


def _variant(one: ObservationV2, said: Said) -> PromptVariant | None:
    if name := said.text(Key.VARIANT):
        return PromptVariant(name=name, version=said.text(Key.VARIANT_VERSION))
    if one.prompt_name:
        return PromptVariant(name=words(one.prompt_name), version=str(one.prompt_version or ""))
    return None


def _text(said: Said, digest: Key, characters: Key) -> Text | None:
    found = said.text(digest)
    return Text(digest=key_of(found), characters=said.whole(characters) or 0) if found else None


def _source(name: str) -> Source:
    return Source(name) if name in set(Source) else Source.ELSEWHERE


def _trace_of(one: ObservationV2) -> str:
    return key_of(one.trace_id or one.id)


def _milliseconds(took: timedelta) -> int:
    return min(max(0, took // timedelta(milliseconds=1)), _MOST_MS)


def _first(said: int | None, measured: int) -> int:
    return measured if said is None else said
