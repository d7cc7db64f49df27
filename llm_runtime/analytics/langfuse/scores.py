"""What a reviewer brought comes in, numbers on the reviewer's span in Langfuse go out."""

from __future__ import annotations

from llm_runtime.analytics.answer import Share
from llm_runtime.analytics.identity import span_id, trace_id
from llm_runtime.analytics.langfuse.names import Key, ScoreName
from llm_runtime.analytics.langfuse.observations import Score
from llm_runtime.analytics.langfuse.plain import said
from llm_runtime.analytics.records import TaskResult, Trace


def scores_of(one: TaskResult, trace: Trace) -> tuple[Score, ...]:
    """What a reviewer brought with a model, on the reviewer's span; precision only where there is enough to tell."""
    values: dict[ScoreName, float] = {
        ScoreName.FINDINGS: one.findings,
        ScoreName.ACCEPTED: one.accepted,
        ScoreName.DISMISSED: one.dismissed,
        ScoreName.GAPS: one.gaps,
    }
    precision = Share(one.accepted, one.accepted + one.dismissed)
    if precision.enough:
        values[ScoreName.PRECISION] = precision.value
    between = f"{precision.low:.2f} to {precision.high:.2f} at 95 %, of {precision.whole}"
    whose = {Key.REVIEWER: one.reviewer, Key.PROVIDER: one.provider, Key.MODEL: one.model}
    return tuple(
        Score(
            id=trace_id(one.trace, one.reviewer, one.provider, one.model, name.value),
            trace=one.trace,
            observation=span_id(one.trace, one.reviewer),
            name=name,
            value=value,
            at=trace.started_at,
            comment=between if name is ScoreName.PRECISION else None,
            metadata=said(whose),
        )
        for name, value in values.items()
    )
