"""Records come in, what Langfuse is told of them goes out: observations, as it names their fields.

Names of fields are those of Langfuse's SDK; what it has no field for is metadata under a ``Key``. Langfuse has no
traces of their own, only observations, so each of them says what its trace is. Texts come along only where a record
carries them; of errors nothing but the class's name does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from llm_runtime.analytics.identity import span_id
from llm_runtime.analytics.langfuse.amounts import cost_details, usage_details
from llm_runtime.analytics.langfuse.names import EXECUTION, LONGEST, ROOT, Key
from llm_runtime.analytics.langfuse.observations import Observation
from llm_runtime.analytics.langfuse.plain import ascii_only, said, sound
from llm_runtime.analytics.records import (
    EventKind,
    Execution,
    Generation,
    Happening,
    Text,
    Trace,
    TraceEnded,
)
from llm_runtime.messages import PromptVariant

_CALM = frozenset({EventKind.WAIT, EventKind.CACHE, EventKind.LEDGER_FOUND})


def root_id(trace: str) -> str:
    """Id of the span that all others of a trace are in."""
    return span_id(trace, ROOT)


def trace_attributes(trace: Trace) -> dict[str, Any]:
    """What Langfuse groups and filters traces by, by the names that the SDK's ``propagate_attributes`` takes."""
    pull = f"{trace.repository}#{trace.number}" if trace.number is not None else trace.repository
    return {
        "trace_name": ascii_only(trace.name),
        "session_id": ascii_only(pull),
        "user_id": None if trace.installation is None else f"installation {trace.installation}",
        "tags": [trace.source.value],
        # As JSON, with quotes, none may be longer than ``LONGEST``; observations have the whole of it.
        "metadata": {name: str(value)[: LONGEST // 2] for name, value in trace_facts(trace).items()},
    }


def trace_facts(trace: Trace) -> dict[str, Any]:
    """Metadata that each observation of a trace has."""
    return said(
        {
            Key.TRACE_NAME: trace.name,
            Key.SOURCE: trace.source.value,
            Key.REPOSITORY: trace.repository,
            Key.NUMBER: trace.number,
            Key.HEAD: trace.head,
            Key.JOB: trace.job,
            Key.INSTALLATION: trace.installation,
            Key.STARTED_AT: trace.started_at,
            Key.OPENED_AT: trace.opened_at,
        }
    )


def of(trace: Trace, one: Observation) -> Observation:
    """An observation that says what its trace is."""
    metadata = {**trace_facts(trace), **one.fields.get("metadata", {})}
    return replace(one, fields={**one.fields, "metadata": metadata})


def root(trace: Trace, ended: TraceEnded) -> Observation:
    """The span of a trace that has ended."""
    metadata = said({Key.STATUS: ended.status, Key.ENDED_AT: ended.ended_at, Key.POSTED_AT: ended.posted_at})
    return Observation(
        kind="span",
        trace=trace.id,
        id=root_id(trace.id),
        parent=None,
        name=ascii_only(trace.name),
        start=trace.started_at,
        end=max(ended.ended_at, trace.started_at),
        fields={"level": "ERROR" if ended.status == "failed" else "DEFAULT", "metadata": metadata},
    )


def reviewer_span(trace: str, reviewer: str, start: datetime, end: datetime) -> Observation:
    """The span that what somebody asks is in."""
    return Observation(
        kind="span",
        trace=trace,
        id=span_id(trace, reviewer),
        parent=root_id(trace),
        name=ascii_only(reviewer),
        start=start,
        end=end,
        fields={"metadata": said({Key.ASKER: reviewer})},
    )


def generation(one: Generation) -> Observation:
    """An exchange with a model."""
    began = one.started_at
    fields = {
        "model": one.model,
        "version": None if one.variant is None else one.variant.version,
        "usage_details": None if one.usage is None else usage_details(one.usage),
        "cost_details": cost_details(one),
        "level": "DEFAULT" if one.error is None else "ERROR",
        "status_message": one.error,
        "completion_start_time": None if one.first_token_ms is None else began + _milliseconds(one.first_token_ms),
        "input": _content(one.prompt),
        "output": _content(one.answer),
        "metadata": said(
            {
                # Langfuse gives times back in milliseconds.
                Key.AT: began,
                Key.ASKER: one.asker,
                Key.QUESTION: one.question,
                Key.ROUND: one.round,
                Key.PROVIDER: one.provider,
                Key.MODEL: one.model,
                Key.SERVED: one.served,
                Key.TIER: one.tier,
                Key.ROLE: one.role,
                # Where we know no cost, Langfuse may show one that it guesses from its own table.
                Key.PRICED: one.cost_usd is not None,
                Key.COST: None if one.cost_usd is None else f"{one.cost_usd:f}",
                Key.SAVED: None if one.costs is None else f"{one.costs.saved:f}",
                Key.LATENCY_MS: one.latency_ms,
                Key.FIRST_TOKEN_MS: one.first_token_ms,
                Key.WAIT_MS: one.wait_ms,
                Key.PROMPT_DIGEST: one.prompt and one.prompt.digest,
                Key.PROMPT_CHARACTERS: one.prompt and one.prompt.characters,
                Key.ANSWER_DIGEST: one.answer and one.answer.digest,
                Key.ANSWER_CHARACTERS: one.answer and one.answer.characters,
                **_variant(one.variant),
            }
        ),
    }
    return Observation(
        kind="generation",
        trace=one.trace,
        id=one.id,
        parent=span_id(one.trace, one.asker),
        name=ascii_only(f"{one.provider}/{one.model}"),
        start=began,
        end=began + _milliseconds(one.latency_ms),
        fields=fields,
    )


def happening(one: Happening) -> Observation:
    """Something that happened beside the calls."""
    metadata = {
        Key.AT: one.at,
        Key.ASKER: one.asker,
        Key.KIND: one.kind.value,
        Key.PROVIDER: one.provider,
        Key.MODEL: one.model,
        Key.SECONDS: one.seconds,
        Key.DATA: dict(one.data) or None,
    }
    return Observation(
        kind="event",
        trace=one.trace,
        id=one.id,
        parent=span_id(one.trace, one.asker) if one.asker else root_id(one.trace),
        name=one.kind.value,
        start=one.at,
        end=one.at,
        fields={
            "level": "DEFAULT" if one.kind in _CALM else "WARNING",
            "status_message": one.error,
            "metadata": said(metadata),
        },
    )


def execution(one: Execution) -> Observation:
    """How a question ended; an event, whose id is the question's."""
    metadata = {
        Key.ASKER: one.asker,
        Key.QUESTION: one.question,
        Key.OUTCOME: one.outcome,
        Key.FINDINGS: one.findings,
        Key.ENDED_AT: one.ended_at,
        **_variant(one.variant),
    }
    return Observation(
        kind="event",
        trace=one.trace,
        id=span_id(one.trace, f"{EXECUTION} {one.question}"),
        parent=span_id(one.trace, one.asker),
        name=EXECUTION,
        start=one.ended_at,
        end=one.ended_at,
        fields={
            "version": None if one.variant is None else one.variant.version,
            "level": "DEFAULT" if one.outcome in {"answered", "repaired"} else "WARNING",
            "metadata": said(metadata),
        },
    )


def _variant(variant: PromptVariant | None) -> dict[Key, str | None]:
    # Langfuse's own link to a prompt takes the number of a version that is kept in Langfuse; ours is a digest.
    if variant is None:
        return {}
    return {Key.VARIANT: variant.name, Key.VARIANT_VERSION: variant.version}


def _content(text: Text | None) -> str | None:
    return None if text is None or text.content is None else sound(text.content)


def _milliseconds(count: int) -> timedelta:
    return timedelta(milliseconds=count)
