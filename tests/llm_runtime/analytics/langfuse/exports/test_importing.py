"""What was written through the real SDK is read through the real SDK: the rows that others would have noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.records import Source
from llm_runtime.analytics.tables import (
    agent_task_results,
    llm_events,
    llm_generations,
    llm_traces,
    prompt_executions,
)
from llm_runtime.messages import PromptVariant
from tests.fakes.langfuse_reading import ReadableLangfuse
from tests.llm_runtime.analytics.langfuse import records
from tests.llm_runtime.analytics.langfuse.exporting import (
    NOW,
    Export,
    everything,
    foreign,
    opened,
    tell,
)
from tests.llm_runtime.analytics.langfuse.records import BEGAN

UNPRICED: dict[str, Any] = {"model.name": "llama-of-our-own", "usage_details": None, "cost_details": None}

on_both_engines = pytest.mark.parametrize("url", ["sqlite", "postgres"], indirect=True)

REVIEW = (
    records.trace(),
    records.generation(id="00000000000000a1", error="Overloaded", usage=None, cost_usd=None, costs=None, answer=None),
    records.generation(id="00000000000000a2", role="fallback", provider="anthropic", model="claude-opus-5-5"),
    records.generation(id="00000000000000a3", asker="bugs", question="q2", costs=None),
    records.generation(id="00000000000000a4", asker="bugs", question="q2", variant=PromptVariant("bugs", "ab12")),
    records.happening(),
    records.happening(id="00000000000000b2", asker="", data={"limit": 60, "reason": "x" * 300}, seconds=1.5),
    records.execution(),
    records.execution(question="q2", asker="bugs", outcome="malformed", variant=None, findings=0),
    records.result(),
    records.ended(posted_at=BEGAN + timedelta(seconds=80)),
)


@on_both_engines
@pytest.mark.parametrize(
    ("typed", "page"),
    [
        pytest.param(False, 3, id="metadata as text, in pages of three"),
        pytest.param(True, 1_000, id="metadata with types, in one page"),
    ],
)
def test_what_langfuse_gives_back_are_the_rows_that_were_noted_where_it_happened(
    export: Export, langfuse: ReadableLangfuse, tmp_path: Path, typed: bool, page: int
) -> None:
    langfuse.typed, langfuse.page = typed, page
    tell(langfuse, *REVIEW)

    export()

    with opened(f"sqlite:///{tmp_path / 'there.db'}") as there:
        there.write(REVIEW)
        assert everything(export.books) == everything(there)
    assert {row["imported_at"] for row in export.rows(llm_generations)} == {NOW}


@on_both_engines
def test_twice_is_as_good_as_once(export: Export, langfuse: ReadableLangfuse) -> None:
    tell(langfuse, *REVIEW)

    first = export()
    before = everything(export.books, without=())
    second = export()

    assert (first.written.inserted, second.written.inserted, second.written.updated) == (9, 0, 0)
    assert everything(export.books, without=()) == before


@pytest.mark.parametrize("page", [1_000, 2])
def test_what_langfuse_has_twice_is_one_row(export: Export, langfuse: ReadableLangfuse, page: int) -> None:
    tell(langfuse, *REVIEW)
    export()
    once = everything(export.books, without=())

    langfuse.observations *= 2
    langfuse.page = page
    second = export()

    assert everything(export.books, without=()) == once
    assert (second.written.inserted, second.written.updated) == (0, 0)


@pytest.mark.parametrize("page", [1_000, 1])
def test_a_review_that_went_on_ended_with_its_latest_end(export: Export, langfuse: ReadableLangfuse, page: int) -> None:
    langfuse.page = page
    tell(langfuse, *REVIEW)
    (late,) = (each for each in langfuse.observations if not each.parent)
    early = BEGAN + timedelta(seconds=5)
    before = {"langfuse.observation.metadata.status": "failed", "langfuse.observation.metadata.ended_at": str(early)}
    for place in (0, len(langfuse.observations) + 1):
        langfuse.observations.insert(place, replace(late, end=early, attributes=late.attributes | before))

    export()

    (row,) = export.rows(llm_traces)
    assert (row["status"], row["ended_at"]) == ("done", BEGAN + timedelta(seconds=90))


@on_both_engines
def test_what_was_noted_here_stays_as_it_was_noted(export: Export, langfuse: ReadableLangfuse) -> None:
    export.books.write(REVIEW)
    before = everything(export.books, without=())
    tell(langfuse, records.trace(repository="acme/other"), records.generation(id="00000000000000a2", served="other"))
    tell(langfuse, records.trace(), records.execution(outcome="failed"), records.result(accepted=9, dismissed=9))
    tell(langfuse, records.trace(), records.ended(status="failed"))

    export()

    assert everything(export.books, without=()) == before


@on_both_engines
def test_calls_of_another_host_join_a_review_that_was_noted_here(export: Export, langfuse: ReadableLangfuse) -> None:
    export.books.write([records.trace(), records.generation()])
    tell(langfuse, records.trace(), records.generation(), records.generation(id="00000000000000c1"))

    export()

    assert [(row["id"], row["imported_at"]) for row in export.rows(llm_generations)] == [
        ("00000000000000a1", None),
        ("00000000000000c1", NOW),
    ]
    (result,) = export.rows(agent_task_results)
    assert (result["calls"], result["cost_pico"]) == (2, 2 * records.COSTS.total)


def test_what_is_noted_here_after_it_was_read_takes_its_place(export: Export, langfuse: ReadableLangfuse) -> None:
    tell(langfuse, records.trace(), records.generation(served="of Langfuse"))

    export()
    export.books.write([records.trace(), records.generation(served="of our own")])
    export()

    (row,) = export.rows(llm_generations)
    assert (row["served"], row["imported_at"]) == ("of our own", None)


def test_a_root_that_is_sent_hours_after_it_began_ends_its_trace(export: Export, langfuse: ReadableLangfuse) -> None:
    tell(langfuse, records.trace(), records.generation())
    export()
    export.later(hours=5)

    tell(langfuse, records.trace(), records.ended(ended_at=BEGAN + timedelta(hours=5, microseconds=7)))
    export()

    (row,) = export.rows(llm_traces)
    assert (row["status"], row["ended_at"]) == ("done", BEGAN + timedelta(hours=5, microseconds=7))


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


def test_what_an_action_cost_counts_to_its_repository_and_pull_request(
    export: Export, langfuse: ReadableLangfuse
) -> None:
    tell(langfuse, records.trace(source=Source.ACTION, installation=None), records.generation(), records.result())

    export()

    (trace,) = export.rows(llm_traces)
    (result,) = export.rows(agent_task_results)
    assert (trace["source"], trace["repository"], trace["number"]) == ("action", "acme/shop", 7)
    assert (result["repository"], result["number"], result["reviewer"]) == ("acme/shop", 7, "security")
    assert (result["cost_pico"], result["findings"], result["accepted"]) == (records.COSTS.total, 3, 2)


def test_a_cost_that_we_did_not_know_is_not_taken_from_langfuses_guess(
    export: Export, langfuse: ReadableLangfuse
) -> None:
    tell(langfuse, records.trace(), records.generation(cost_usd=None, costs=None))
    (sent,) = langfuse.of_type("generation")
    sent.attributes["langfuse.observation.cost_details"] = '{"total": 0.5}'

    export()

    (row,) = export.rows(llm_generations)
    assert row["cost_pico"] is None


@on_both_engines
def test_people_may_judge_weeks_after_the_review(export: Export, langfuse: ReadableLangfuse) -> None:
    tell(langfuse, records.trace(), records.generation(), records.result(accepted=0, dismissed=0))
    export()
    export.later(days=20)
    tell(langfuse, records.trace(), records.result(accepted=2, dismissed=1))

    export()

    (row,) = export.rows(agent_task_results)
    assert (row["findings"], row["accepted"], row["dismissed"], row["calls"]) == (3, 2, 1, 1)


def test_what_was_deleted_here_does_not_come_back(langfuse: ReadableLangfuse, url: str) -> None:
    tell(langfuse, *REVIEW)
    kept = trace_id("acme/other", 1, "c0ffee")
    tell(langfuse, records.trace(id=kept, installation=12, repository="acme/other"), records.generation(trace=kept))

    with opened(url, gone=lambda _: lambda trace: trace.installation == 4711) as books:
        export = Export(langfuse, books)
        export()

        assert [row["id"] for row in export.rows(llm_traces)] == [kept]
        assert [row["trace"] for row in export.rows(llm_generations)] == [kept]
        assert export.rows(prompt_executions) == []


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
