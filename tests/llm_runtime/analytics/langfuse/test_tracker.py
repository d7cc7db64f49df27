from __future__ import annotations

import gzip
import subprocess
import sys
import textwrap
from datetime import timedelta
from typing import Any

import pytest
from opentelemetry import trace as otel

from llm_runtime.analytics.identity import span_id, trace_id
from llm_runtime.analytics.records import Text
from tests.fakes.langfuse import FakeLangfuse, Observation
from tests.llm_runtime.analytics.langfuse import records
from tests.llm_runtime.analytics.langfuse.connecting import tracker
from tests.llm_runtime.analytics.langfuse.records import BEGAN, TRACE_ID


def told(server: FakeLangfuse, *all_: Any, **fields: Any) -> None:
    sink = tracker(server, **fields)
    for record in all_:
        sink.take(record)
    sink.close()
    assert sink.dropped == 0


def test_a_review_is_a_trace_with_a_span_per_reviewer_and_a_generation_per_attempt(langfuse: FakeLangfuse) -> None:
    told(
        langfuse,
        records.trace(),
        records.generation(id="00000000000000a1", error="Overloaded"),
        records.generation(id="00000000000000a2"),
        records.generation(id="00000000000000a3", asker="bugs"),
        records.ended(),
    )

    by_id = {each.id: each for each in langfuse.observations}
    (root,) = (each for each in by_id.values() if not each.parent)
    security, bugs = by_id[span_id(TRACE_ID, "security")], by_id[span_id(TRACE_ID, "bugs")]
    assert (root.name, security.name, bugs.name) == ("review", "security", "bugs")
    assert security.parent == bugs.parent == root.id
    assert [by_id[f"00000000000000a{n}"].parent for n in (1, 2, 3)] == [security.id, security.id, bugs.id]


def test_ids_and_times_are_those_of_the_records(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.trace(), records.generation(), records.happening(), records.ended())

    (generation,) = langfuse.of_type("generation")
    (event,) = langfuse.of_type("event")
    assert (generation.trace_id, generation.id) == (TRACE_ID, "00000000000000a1")
    assert (generation.start, generation.end) == (BEGAN + timedelta(seconds=10), BEGAN + timedelta(seconds=12.5))
    assert (event.trace_id, event.id, event.start) == (TRACE_ID, "00000000000000b1", BEGAN + timedelta(seconds=20))


def test_the_traces_id_is_the_one_that_langfuse_makes_of_the_same_words(langfuse: FakeLangfuse) -> None:
    from langfuse import Langfuse  # noqa: PLC0415 - here, so that importing this file is quick

    assert trace_id("acme/shop", 7, "c0ffee", "job-1") == Langfuse.create_trace_id(seed="acme/shop\n7\nc0ffee\njob-1")


def test_a_reviewers_span_lasts_from_its_first_record_to_its_last(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.trace(), records.generation(), records.execution(), records.ended())

    (reviewer,) = (each for each in langfuse.of_type("span") if each.parent)
    assert (reviewer.start, reviewer.end) == (BEGAN + timedelta(seconds=10), BEGAN + timedelta(seconds=30))


def test_every_observation_says_what_its_trace_is(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.trace(), records.generation(), records.happening(), records.execution(), records.ended())

    assert len(langfuse.observations) == 5
    assert {_of_trace(each) for each in langfuse.observations} == {
        ("review", "acme/shop#7", "installation 4711", ("app",), '"acme/shop"', "acme/shop", 7)
    }


def test_only_the_root_counts_as_one(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.trace(), records.generation(), records.happening(), records.ended())

    roots = [each for each in langfuse.observations if each.attributes.get("langfuse.internal.is_app_root")]
    assert [each.name for each in roots] == ["review"]


def test_costs_by_kind_first_token_and_wording_arrive(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.trace(), records.generation())

    (generation,) = langfuse.of_type("generation")
    assert generation.get("cost_details")["output"] == 0.008
    assert generation.get("completion_start_time") == '"2026-11-21T08:00:10.523456Z"'
    assert generation.attributes["langfuse.version"] == "0123456789ab"
    assert (generation.get("metadata.variant"), generation.get("metadata.cost")) == ("security", "0.0123")


def test_an_unknown_cost_is_not_sent_as_zero(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.trace(), records.generation(cost_usd=None, costs=None))

    (generation,) = langfuse.of_type("generation")
    assert generation.get("cost_details") is None
    assert generation.get("metadata.priced") is False


def test_texts_are_sent_only_where_records_carry_them(langfuse: FakeLangfuse) -> None:
    content = Text(digest="d" * 64, characters=9, content="the whole \ud800 question")

    told(
        langfuse,
        records.trace(),
        records.generation(id="00000000000000a1"),
        records.generation(id="00000000000000a2", prompt=content, started_at=BEGAN + timedelta(minutes=1)),
    )

    without, with_text = langfuse.of_type("generation")
    assert (without.get("input"), without.get("output")) == (None, None)
    assert with_text.get("input") == "the whole ? question"


def test_what_findings_became_is_scores_on_the_reviewers_span(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.trace(), records.result(findings=30, accepted=15, dismissed=5))

    assert langfuse.standing() == {"findings": 30, "accepted": 15, "dismissed": 5, "gaps": 0, "precision": 0.75}
    assert {each["observationId"] for each in langfuse.scores} == {span_id(TRACE_ID, "security")}
    assert {each["traceId"] for each in langfuse.scores} == {TRACE_ID}


def test_a_later_result_takes_the_place_of_the_earlier_one_from_another_process_too(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.trace(), records.result(accepted=0, dismissed=0))
    told(langfuse, records.trace(), records.result(accepted=2, dismissed=1))

    assert langfuse.standing() == {"findings": 3, "accepted": 2, "dismissed": 1, "gaps": 0}
    assert len(langfuse.scores) == 8


def test_a_review_that_goes_on_later_has_one_root_and_whoever_ends_it_tells_of_it(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.trace(), records.generation(), records.ended(status="parked"))
    told(langfuse, records.trace(), records.generation(id="00000000000000a2"), records.ended())

    assert {each.trace_id for each in langfuse.observations} == {TRACE_ID}
    (root,) = (each for each in langfuse.observations if not each.parent)
    assert root.get("metadata.status") == "done"
    assert len({each.id for each in langfuse.observations}) == len(langfuse.observations) == 4


def test_of_several_ends_the_last_is_told(langfuse: FakeLangfuse) -> None:
    posted_at = BEGAN + timedelta(seconds=95)
    told(langfuse, records.trace(), records.ended(), records.ended(posted_at=posted_at, ended_at=posted_at))

    (root,) = langfuse.of_type("span")
    assert (root.end, root.get("metadata.posted_at")) == (posted_at, posted_at.isoformat())


def test_several_reviews_in_one_process_are_several_traces(langfuse: FakeLangfuse) -> None:
    other = trace_id("acme/shop", 8, "c0ffee", "job-2")
    told(
        langfuse,
        records.trace(),
        records.trace(id=other, number=8),
        records.generation(),
        records.generation(trace=other),
        records.ended(),
        records.ended(trace=other),
    )

    (pulls,) = ({(each.trace_id, each.attributes["session.id"]) for each in langfuse.observations},)
    assert pulls == {(TRACE_ID, "acme/shop#7"), (other, "acme/shop#8")}


def test_what_belongs_to_a_trace_that_nobody_told_of_is_sent_as_it_is(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.generation())

    (generation,) = langfuse.of_type("generation")
    assert generation.trace_id == TRACE_ID
    assert "langfuse.trace.name" not in generation.attributes


def test_a_hundred_thousand_characters_of_repository_name_do_no_harm(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.trace(repository="ä" * 100_000, number=None), records.generation(), records.ended())

    assert len(langfuse.observations) == 3


def test_what_is_flushed_has_arrived(langfuse: FakeLangfuse) -> None:
    sink = tracker(langfuse)

    sink.take(records.generation())
    sink.flush(10.0)
    arrived = len(langfuse.of_type("generation"))
    sink.close()

    assert arrived == 1


def test_the_tracer_of_the_program_stays_its_own(langfuse: FakeLangfuse) -> None:
    before = otel.get_tracer_provider()

    told(langfuse, records.trace(), records.ended())

    assert otel.get_tracer_provider() is before
    assert isinstance(before, otel.ProxyTracerProvider)


def test_whoever_switches_tracing_off_is_sent_nothing(langfuse: FakeLangfuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGFUSE_TRACING_ENABLED", "false")

    told(langfuse, records.trace(), records.generation(), records.result(), records.ended())

    assert langfuse.requests == []


def test_the_sdk_is_not_loaded_before_there_is_something_to_send() -> None:
    script = """
        import sys
        from llm_runtime.analytics.langfuse.tracker import LangfuseCostTracker
        LangfuseCostTracker(public_key="pk", secret_key="sk").close()
        assert not {"langfuse", "opentelemetry"} & set(sys.modules), sorted(sys.modules)
    """

    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, timeout=50)


def test_what_vendors_sdks_look_for_in_the_midst_of_a_call_is_whole_before_the_thread_begins() -> None:
    script = """
        import sys
        from llm_runtime.analytics.langfuse.tracker import LangfuseCostTracker
        LangfuseCostTracker(public_key="pk", secret_key="sk")
        assert sys.modules["httpx"].Timeout and sys.modules["requests"].Session
    """

    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, timeout=50)


def test_a_batch_is_compressed_and_says_that_it_is_to_be_seen_at_once(langfuse: FakeLangfuse) -> None:
    told(langfuse, records.trace(), *(records.generation(id=f"{n:016x}") for n in range(1, 101)))

    # One as a rule; on a machine that is busy the SDK sends what it has after some seconds.
    assert {request.headers["x-langfuse-ingestion-version"] for request in langfuse.requests} == {"4"}
    plain = sum(len(gzip.decompress(request.body)) for request in langfuse.requests)
    assert sum(len(request.body) for request in langfuse.requests) < plain / 10


def _of_trace(each: Observation) -> tuple[Any, ...]:
    names = ("langfuse.trace.name", "session.id", "user.id", "langfuse.trace.tags")
    name, session, user, tags = (each.attributes[name] for name in names)
    repository = each.attributes["langfuse.trace.metadata.repository"]
    return name, session, user, tuple(tags), repository, each.get("metadata.repository"), each.get("metadata.number")
