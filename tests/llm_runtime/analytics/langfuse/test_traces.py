from __future__ import annotations

from llm_runtime.analytics.langfuse.traces import Traces
from llm_runtime.analytics.records import Record
from tests.llm_runtime.analytics.langfuse import records


def test_telling_the_same_twice_gives_the_same() -> None:
    traces = Traces()
    batch: list[Record] = [records.trace(), records.generation(), records.result(), records.ended()]

    assert traces.tell(batch) == traces.tell(batch)


def test_of_more_than_a_thousand_traces_the_oldest_is_forgotten() -> None:
    traces = Traces()
    traces.tell(records.trace(id=f"{number:032x}") for number in range(1, 1_002))

    oldest, next_one = (traces.tell([records.ended(trace=f"{number:032x}")]) for number in (1, 2))

    assert (oldest.lost, len(oldest.observations)) == (1, 0)
    assert (next_one.lost, len(next_one.observations)) == (0, 1)
