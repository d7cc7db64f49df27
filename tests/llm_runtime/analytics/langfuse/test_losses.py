from __future__ import annotations

import logging
import threading
import time

import pytest

from llm_runtime.analytics.langfuse.tracker import LangfuseCostTracker
from llm_runtime.analytics.records import Generation, Text
from tests.fakes.langfuse import SECRET_KEY, FakeLangfuse
from tests.llm_runtime.analytics.langfuse import records
from tests.llm_runtime.analytics.langfuse.connecting import tracker


def generations(count: int) -> list[Generation]:
    return [records.generation(id=f"{number:016x}") for number in range(1, count + 1)]


def closed(sink: LangfuseCostTracker) -> float:
    """How many seconds it took."""
    before = time.monotonic()
    sink.close()
    return time.monotonic() - before


def test_a_langfuse_that_does_not_answer_slows_nobody_and_what_it_did_not_take_is_counted(
    langfuse: FakeLangfuse,
) -> None:
    langfuse.silent = True
    sink = tracker(langfuse, timeout_seconds=1)

    sink.take(records.generation())
    assert langfuse.asked.wait(10)
    before = time.monotonic()
    for record in generations(1_000):
        sink.take(record)
    took = time.monotonic() - before

    assert took < 1.0
    assert closed(sink) < 4.0
    assert sink.dropped == 1_001


def test_a_full_queue_drops_what_is_new_and_counts_it(langfuse: FakeLangfuse) -> None:
    langfuse.silent = True
    sink = tracker(langfuse, timeout_seconds=1, room=10)

    for record in generations(50):
        sink.take(record)
    dropped = sink.dropped
    sink.close()

    assert dropped == 40
    assert sink.dropped == 50


def test_a_langfuse_that_is_gone_ends_with_our_patience(gone: FakeLangfuse) -> None:
    sink = tracker(gone, timeout_seconds=2)

    for record in generations(3):
        sink.take(record)

    assert closed(sink) < 5.0
    assert sink.dropped == 3


def test_a_slow_langfuse_loses_nothing_while_there_is_time(langfuse: FakeLangfuse) -> None:
    langfuse.pause = 0.002
    sink = tracker(langfuse)

    for record in generations(3):
        sink.take(record)
    sink.close()

    assert sink.dropped == 0
    assert len(langfuse.observations) == 3


def test_a_connection_that_breaks_is_replaced_even_at_the_end(langfuse: FakeLangfuse) -> None:
    langfuse.cuts = 1
    sink = tracker(langfuse)

    sink.take(records.generation())
    sink.close()

    assert sink.dropped == 0
    assert len(langfuse.observations) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_fails_for_a_while_is_sent_again_and_not_lost(langfuse: FakeLangfuse, status: int) -> None:
    langfuse.refuse = status
    sink = tracker(langfuse)

    sink.take(records.trace())
    sink.take(records.generation())
    langfuse.until(lambda: bool(langfuse.requests), "it was sent")
    langfuse.refuse = None
    sink.take(records.ended())
    sink.close()

    assert sink.dropped == 0
    assert {each.type for each in langfuse.observations} == {"generation", "span"}


@pytest.mark.parametrize("status", [500, 503])
def test_what_fails_until_the_end_is_counted(langfuse: FakeLangfuse, status: int) -> None:
    langfuse.refuse = status
    sink = tracker(langfuse)

    sink.take(records.trace())
    sink.flush(10.0)
    for record in generations(2):
        sink.take(record)
    sink.take(records.ended())
    sink.close()

    assert sink.dropped == 3


@pytest.mark.parametrize(
    ("status", "cure"), [(401, "check LANGFUSE_PUBLIC_KEY"), (403, "check LANGFUSE_PUBLIC_KEY"), (404, "LANGFUSE_BASE")]
)
def test_what_is_refused_for_good_is_counted_at_once_and_the_cure_is_named(
    langfuse: FakeLangfuse, status: int, cure: str, caplog: pytest.LogCaptureFixture
) -> None:
    langfuse.refuse = status
    sink = tracker(langfuse)

    for record in generations(3):
        sink.take(record)
    sink.flush(10.0)
    dropped = sink.dropped
    sink.close()

    assert dropped == 3
    assert cure in caplog.text
    assert SECRET_KEY not in caplog.text
    assert not any(record.exc_info for record in caplog.records)


def test_a_refusal_of_one_batch_does_not_keep_others_back(langfuse: FakeLangfuse) -> None:
    langfuse.refuse = 400
    sink = tracker(langfuse)

    sink.take(records.generation())
    sink.flush(10.0)
    langfuse.refuse = None
    sink.take(records.generation(id="00000000000000a2"))
    sink.close()

    assert sink.dropped == 1
    assert [each.id for each in langfuse.observations] == ["00000000000000a2"]


def test_what_is_too_large_for_one_request_is_sent_in_several(langfuse: FakeLangfuse) -> None:
    langfuse.largest = 20_000
    sink = tracker(langfuse)

    for record in generations(40):
        sink.take(record)
    sink.close()

    assert sink.dropped == 0
    assert len({each.id for each in langfuse.observations}) == len(langfuse.observations) == 40


def test_an_observation_that_is_too_large_alone_is_the_only_one_that_is_lost(
    langfuse: FakeLangfuse, caplog: pytest.LogCaptureFixture
) -> None:
    content = Text(digest="d" * 64, characters=5_000_000, content="x" * 5_000_000)
    sink = tracker(langfuse)

    sink.take(records.generation(id="00000000000000ff", prompt=content))
    for record in generations(3):
        sink.take(record)
    sink.close()

    assert sink.dropped == 1
    assert len(langfuse.observations) == 3
    assert "switch QUARTET_KEEP_CONTENT off" in caplog.text


def test_scores_that_are_rejected_one_by_one_are_counted_one_by_one(langfuse: FakeLangfuse) -> None:
    langfuse.unwelcome = frozenset({"gaps", "dismissed"})
    sink = tracker(langfuse)

    sink.take(records.trace())
    sink.take(records.result())
    sink.close()

    assert sink.dropped == 2
    assert langfuse.standing() == {"findings": 3, "accepted": 2}


def test_scores_that_fail_for_a_while_are_sent_again(langfuse: FakeLangfuse) -> None:
    langfuse.refuse_scores = 503
    sink = tracker(langfuse)

    sink.take(records.trace())
    sink.take(records.result())
    langfuse.until(lambda: any(each.path.endswith("/scores") for each in langfuse.requests), "scores were sent")
    langfuse.refuse_scores = None
    sink.close()

    assert sink.dropped == 0
    assert langfuse.standing()["accepted"] == 2


def test_scores_whose_answer_breaks_off_are_sent_again(langfuse: FakeLangfuse) -> None:
    langfuse.cuts = 1
    sink = tracker(langfuse)

    sink.take(records.trace())
    sink.take(records.result())
    langfuse.until(lambda: bool(langfuse.requests), "scores were sent")
    sink.close()

    assert sink.dropped == 0
    assert langfuse.standing()["accepted"] == 2


def test_what_has_arrived_is_not_sent_again_with_what_has_not(langfuse: FakeLangfuse) -> None:
    langfuse.refuse_scores = 503
    sink = tracker(langfuse)

    sink.take(records.trace())
    sink.take(records.generation())
    sink.take(records.result())
    langfuse.until(lambda: any(each.path.endswith("/scores") for each in langfuse.requests), "scores were sent")
    langfuse.refuse_scores = None
    sink.take(records.happening())
    sink.take(records.ended())
    sink.close()

    assert sink.dropped == 0
    assert sorted(each.name for each in langfuse.observations) == [
        "fallback",
        "openai/gpt-6.1-sol",
        "review",
        "security",
    ]


def test_scores_that_are_refused_for_good_are_counted(langfuse: FakeLangfuse) -> None:
    langfuse.refuse_scores = 400
    sink = tracker(langfuse)

    sink.take(records.trace())
    sink.take(records.result())
    sink.close()

    assert sink.dropped == 4
    assert langfuse.scores == []


def test_results_of_a_trace_that_nobody_told_of_are_counted(langfuse: FakeLangfuse) -> None:
    sink = tracker(langfuse)

    sink.take(records.result())
    sink.take(records.ended())
    sink.close()

    assert sink.dropped == 2
    assert langfuse.requests == []


def test_what_the_sdks_own_queue_cannot_hold_is_counted(
    langfuse: FakeLangfuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "5")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "5")
    langfuse.delay = 0.05
    sink = tracker(langfuse)

    for record in generations(150):
        sink.take(record)
    sink.close()

    assert len(langfuse.observations) < 150
    assert sink.dropped == 150 - len(langfuse.observations)


def test_what_is_told_after_the_end_is_counted(langfuse: FakeLangfuse) -> None:
    sink = tracker(langfuse)

    sink.close()
    sink.take(records.generation())
    sink.take(records.ended())

    assert sink.dropped == 2


def test_no_warning_shows_what_was_in_a_record(gone: FakeLangfuse, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sink = tracker(gone, timeout_seconds=1)

    sink.take(records.generation(prompt=Text(digest="d", characters=1, content="def hunter2(): ...")))
    sink.close()

    assert "hunter2" not in caplog.text
    assert SECRET_KEY not in caplog.text


def test_threads_tell_at_the_same_time_and_nothing_is_lost(langfuse: FakeLangfuse) -> None:
    sink = tracker(langfuse)
    together = threading.Barrier(4)

    def tell(number: int) -> None:
        together.wait()
        for each in range(50):
            sink.take(records.generation(id=f"{number * 100 + each + 1:016x}"))

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sink.close()

    assert sink.dropped == 0
    assert len({each.id for each in langfuse.observations}) == 200
