"""What was written through the real SDK is read through the real SDK: the rows that others would have noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.records import Source
from llm_runtime.analytics.tables import (
    agent_task_results,
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
    opened,
    tell,
)
from tests.llm_runtime.analytics.langfuse.records import BEGAN

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
