from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from llm_runtime.analytics.identity import span_id
from llm_runtime.analytics.langfuse import wire
from llm_runtime.analytics.langfuse.amounts import cost_details, usage_details
from llm_runtime.analytics.langfuse.observations import Observation
from llm_runtime.analytics.records import EventKind, Text
from llm_runtime.messages import Usage
from tests.llm_runtime.analytics.langfuse import records
from tests.llm_runtime.analytics.langfuse.records import BEGAN, TRACE_ID


def test_a_generation_has_the_ids_times_and_amounts_of_its_record() -> None:
    one = wire.generation(records.generation())

    assert (one.trace, one.id, one.parent) == (TRACE_ID, "00000000000000a1", span_id(TRACE_ID, "security"))
    assert (one.start, one.end) == (BEGAN + timedelta(seconds=10), BEGAN + timedelta(seconds=12.5))
    assert one.fields["completion_start_time"] == BEGAN + timedelta(seconds=10.4)
    assert one.fields["usage_details"] == {
        "input": 300,
        "input_cached_tokens": 600,
        "input_cache_creation": 100,
        "output": 50,
        "output_reasoning_tokens": 150,
        "total": 1_200,
    }
    assert one.fields["cost_details"] == {
        "input": 0.003,
        "input_cached_tokens": 0.0003,
        "input_cache_creation": 0.001,
        "output": 0.008,
        "total": 0.0123,
    }


def test_a_generation_says_in_metadata_what_the_sdk_has_no_field_for() -> None:
    metadata = wire.generation(records.generation()).fields["metadata"]

    assert metadata == {
        "at": "2026-11-21T08:00:10.123456+00:00",
        "asker": "security",
        "question": "q1",
        "round": 0,
        "provider": "openai",
        "model": "gpt-6.1-sol",
        "served": "gpt-6.1-sol-2026-11-01",
        "tier": "tier-1",
        "role": "primary",
        "priced": True,
        "cost": "0.0123",
        "saved": "0.0027",
        "latency_ms": 2_500,
        "first_token_ms": 400,
        "wait_ms": 1_200,
        "prompt_digest": "d" * 64,
        "prompt_characters": 4_000,
        "answer_digest": "e" * 64,
        "answer_characters": 300,
        "variant": "security",
        "variant_version": "0123456789ab",
    }


def test_the_wording_is_the_version_of_a_generation() -> None:
    assert wire.generation(records.generation()).fields["version"] == "0123456789ab"
    assert wire.generation(records.generation(variant=None)).fields["version"] is None


def test_an_unknown_cost_is_none_and_said_to_be_unknown() -> None:
    one = wire.generation(records.generation(cost_usd=None, costs=None))

    assert one.fields["cost_details"] is None
    assert one.fields["metadata"]["priced"] is False
    assert "cost" not in one.fields["metadata"]


def test_a_cost_without_its_kinds_is_a_total() -> None:
    assert cost_details(records.generation(costs=None)) == {"total": 0.0123}


def test_a_cost_is_exact_however_small() -> None:
    one = wire.generation(records.generation(cost_usd=Decimal("1E-12"), costs=None))

    assert one.fields["metadata"]["cost"] == "0.000000000001"


def test_a_failure_is_the_name_of_its_class() -> None:
    one = wire.generation(records.generation(error="RateLimited", usage=None, answer=None))

    assert (one.fields["level"], one.fields["status_message"]) == ("ERROR", "RateLimited")
    assert one.fields["usage_details"] is None


def test_texts_come_along_only_where_the_record_carries_them() -> None:
    without = wire.generation(records.generation())
    with_texts = wire.generation(
        records.generation(
            prompt=Text(digest="d" * 64, characters=2, content="Why?"),
            answer=Text(digest="e" * 64, characters=2, content="So \ud800"),
        )
    )

    assert (without.fields["input"], without.fields["output"]) == (None, None)
    assert (with_texts.fields["input"], with_texts.fields["output"]) == ("Why?", "So ?")


def test_what_happened_is_an_event_of_whoever_it_happened_to() -> None:
    one = wire.happening(records.happening())

    assert (one.kind, one.name, one.parent) == ("event", "fallback", span_id(TRACE_ID, "security"))
    assert (one.start, one.end) == (BEGAN + timedelta(seconds=20), BEGAN + timedelta(seconds=20))
    assert (one.fields["level"], one.fields["status_message"]) == ("WARNING", "Overloaded")
    assert one.fields["metadata"]["data"] == {"chosen": "anthropic/claude-opus-5-5"}
    assert wire.happening(records.happening(asker="")).parent == wire.root_id(TRACE_ID)


@pytest.mark.parametrize("kind", EventKind)
def test_waits_and_good_news_are_no_warnings(kind: EventKind) -> None:
    level = wire.happening(records.happening(kind=kind)).fields["level"]

    assert level == ("DEFAULT" if kind in {EventKind.WAIT, EventKind.CACHE, EventKind.LEDGER_FOUND} else "WARNING")


def test_the_end_of_a_question_is_an_event_that_is_the_same_when_it_is_told_again() -> None:
    one, again = wire.execution(records.execution()), wire.execution(records.execution(outcome="malformed"))

    assert one.id == again.id != wire.execution(records.execution(question="q2")).id
    assert (one.name, one.fields["metadata"]["outcome"], one.fields["metadata"]["findings"]) == (
        "execution",
        "answered",
        3,
    )
    assert (one.fields["level"], again.fields["level"]) == ("DEFAULT", "WARNING")


def test_every_observation_says_what_its_trace_is() -> None:
    one = wire.of(records.trace(), wire.happening(records.happening()))

    assert (
        one.fields["metadata"]
        | {
            "trace_name": "review",
            "source": "app",
            "repository": "acme/shop",
            "number": 7,
            "head": "c0ffee",
            "job": "job-1",
            "installation": 4711,
            "started_at": "2026-11-21T08:00:00.123456+00:00",
            "opened_at": "2026-11-21T06:00:00.123456+00:00",
        }
        == one.fields["metadata"]
    )
    assert one.fields["metadata"]["kind"] == "fallback"


def test_what_is_unknown_of_a_trace_is_left_out() -> None:
    facts = wire.trace_facts(records.trace(number=None, head="", installation=None, opened_at=None))

    assert facts.keys() == {"trace_name", "source", "repository", "job", "started_at"}


def test_a_trace_is_grouped_by_its_pull_request_and_counted_for_its_installation() -> None:
    attributes = wire.trace_attributes(records.trace())

    assert (attributes["session_id"], attributes["user_id"]) == ("acme/shop#7", "installation 4711")
    assert wire.trace_attributes(records.trace(number=None, installation=None))["user_id"] is None


def test_what_langfuse_takes_of_a_trace_is_short_and_its_names_are_ascii() -> None:
    attributes = wire.trace_attributes(records.trace(repository='"ä' * 300, number=None))

    assert attributes["session_id"].isascii()
    assert len(attributes["session_id"]) == 200
    assert all(len(json.dumps(value, ensure_ascii=False)) <= 200 for value in attributes["metadata"].values())


def test_no_value_is_longer_than_langfuse_reads_back() -> None:
    long = "x" * 5_000
    fields: dict[str, Any] = dict.fromkeys(("asker", "question", "provider", "model", "served", "tier"), long)

    one = wire.of(records.trace(repository=long, job=long), wire.generation(records.generation(**fields)))

    assert {len(value) for value in one.fields["metadata"].values() if isinstance(value, str)} <= set(range(201))
    assert len(one.name) == 200


def test_the_root_lasts_as_long_as_the_trace_and_says_how_it_ended() -> None:
    one = wire.root(records.trace(), records.ended(posted_at=BEGAN + timedelta(seconds=80)))

    assert (one.id, one.parent, one.name) == (wire.root_id(TRACE_ID), None, "review")
    assert (one.start, one.end) == (BEGAN, BEGAN + timedelta(seconds=90))
    assert one.fields["metadata"] == {
        "status": "done",
        "ended_at": "2026-11-21T08:01:30.123456+00:00",
        "posted_at": "2026-11-21T08:01:20.123456+00:00",
    }


def test_a_reviewers_span_is_in_the_root_and_has_the_id_that_its_results_have() -> None:
    one = wire.reviewer_span(TRACE_ID, "security", BEGAN, BEGAN)

    assert (one.id, one.parent) == (span_id(TRACE_ID, "security"), wire.root_id(TRACE_ID))


def test_a_server_that_counts_cached_tokens_apart_has_no_negative_input() -> None:
    assert usage_details(Usage(input_tokens=10, cached_input_tokens=100))["input"] == 0


def test_an_observation_does_not_show_texts_when_it_is_printed() -> None:
    one: Observation = replace(wire.generation(records.generation()), fields={"input": "a secret"})

    assert "a secret" not in repr(one)
