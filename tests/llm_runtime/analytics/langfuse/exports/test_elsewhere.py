"""What other programs have in the same project of Langfuse's is taken for what it says, and can do no harm."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from llm_runtime.analytics.tables import (
    agent_task_results,
    llm_events,
    llm_generations,
    llm_traces,
)
from tests.fakes.langfuse_reading import ReadableLangfuse
from tests.llm_runtime.analytics.langfuse.exporting import (
    Export,
    foreign,
)
from tests.llm_runtime.analytics.langfuse.records import BEGAN

UNPRICED: dict[str, Any] = {"model.name": "llama-of-our-own", "usage_details": None, "cost_details": None}


def test_calls_of_other_programs_count_with_what_they_say(export: Export, langfuse: ReadableLangfuse) -> None:
    langfuse.observations += [
        foreign(1, start=BEGAN),
        foreign(2, start=BEGAN, **UNPRICED),
        foreign(3, start=BEGAN, level="ERROR", status_message="the text that was sent was: secret"),
        foreign(4, start=BEGAN, type="span"),
        foreign(5, start=BEGAN, type="event"),
    ]

    export()

    first, second, third = export.rows(llm_generations)
    assert (first["provider"], first["model"], first["asker"]) == ("openai", "gpt-6.1-sol", "")
    assert (first["input_tokens"], first["output_tokens"], first["cost_pico"]) == (100, 10, Decimal("0.0015"))
    assert (first["latency_ms"], first["status"]) == (2_000, "answered")
    assert (second["provider"], second["model"], second["input_tokens"]) == ("", "llama-of-our-own", None)
    assert second["cost_pico"] is None
    assert (third["status"], third["error"]) == ("failed", "unknown")
    (trace,) = export.rows(llm_traces)
    assert (trace["source"], trace["name"], trace["repository"]) == ("elsewhere", "somebody else's", "")
    assert export.rows(llm_events) == []


def test_a_trace_of_another_program_began_with_its_earliest_observation(
    export: Export, langfuse: ReadableLangfuse
) -> None:
    langfuse.page = 1
    langfuse.observations += [foreign(number, start=BEGAN + timedelta(minutes=number)) for number in range(3)]

    export()

    assert [row["started_at"] for row in export.rows(llm_traces)] == [BEGAN.replace(microsecond=123_000)]
    assert [row["started_at"] for row in export.rows(agent_task_results)] == [BEGAN.replace(microsecond=123_000)]


# PostgreSQL is the one that refuses something.
@pytest.mark.parametrize("url", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param({"usage_details": '{"input": -5, "output": 99999999999999999999}'}, id="impossible counts"),
        pytest.param({"cost_details": '{"total": 1e300}'}, id="more money than there is"),
        pytest.param({"model.name": "m" * 10_000}, id="a name without end"),
        pytest.param({"model.name": "nul \0 and half a pair \ud800"}, id="characters that no engine takes"),
        pytest.param({"metadata.number": "9" * 40, "metadata.repository": "A/B"}, id="a number beyond a column"),
        pytest.param({"metadata.data": "[" * 100_000}, id="JSON without bottom"),
        pytest.param({"prompt.name": "p" * 500, "prompt.version": 3}, id="a prompt's name"),
    ],
)
def test_nonsense_of_other_programs_does_not_stop_an_export_and_is_the_same_twice(
    export: Export, langfuse: ReadableLangfuse, attributes: dict[str, Any]
) -> None:
    langfuse.observations.append(foreign(1, start=BEGAN, **attributes))

    export()
    second = export()

    assert export.ids() == ["0000000000000001"]
    assert (second.written.inserted, second.written.updated) == (0, 0)


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_ids_that_no_column_holds_are_told_apart(export: Export, langfuse: ReadableLangfuse) -> None:
    for tail in "xy":
        one = foreign(1, start=BEGAN)
        object.__setattr__(one, "id", "i" * 80 + tail)
        langfuse.observations.append(one)

    export()

    assert len(set(export.ids())) == 2


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_a_program_that_ran_for_a_month_does_not_overflow(export: Export, langfuse: ReadableLangfuse) -> None:
    one = foreign(1, start=BEGAN)
    object.__setattr__(one, "end", BEGAN + timedelta(days=60))
    langfuse.observations.append(one)

    export()

    assert export.rows(llm_generations)[0]["latency_ms"] == 2**31 - 1
