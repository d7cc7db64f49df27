"""Books that several processes begin to write at once, and calls whose figures or names no column takes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from llm_runtime.analytics.books import Books, open_books
from llm_runtime.analytics.identity import new_id, trace_id
from llm_runtime.analytics.records import Generation, Record
from llm_runtime.analytics.tables import agent_task_results, llm_generations, llm_traces, prompt_variants
from llm_runtime.messages import PromptVariant, Usage
from tests.llm_runtime.analytics.conftest import FAULTS
from tests.llm_runtime.analytics.langfuse.records import generation, trace
from tests.llm_runtime.analytics.test_books import rows

_TIMES = 10
_SECONDS = 50


def call(**fields: Any) -> Generation:
    return generation(**{"id": new_id()} | fields)


def write_at_once(url: str, *told: Sequence[Sequence[Record]]) -> None:
    """Each writer has books of its own; all begin each of their writings at the same moment."""
    barrier = threading.Barrier(len(told))

    def write(batches: Sequence[Sequence[Record]]) -> None:
        with open_books(url, FAULTS) as books:
            for batch in batches:
                barrier.wait(_SECONDS)
                books.write(batch)

    with ThreadPoolExecutor(len(told)) as pool:
        for done in [pool.submit(write, batches) for batches in told]:
            done.result()


def test_two_that_begin_the_same_trace_at_once_both_get_through(url: str) -> None:
    traces = [trace(id=trace_id("octo/app", number)) for number in range(_TIMES)]
    first: list[list[Record]] = [[one, call(trace=one.id)] for one in traces]
    second: list[list[Record]] = [[one, call(trace=one.id)] for one in traces]

    write_at_once(url, first, second)

    with open_books(url, FAULTS) as books:
        assert len(rows(books, llm_traces)) == _TIMES
        assert [row["calls"] for row in rows(books, agent_task_results)] == [2] * _TIMES


def test_two_reviews_that_use_new_wordings_at_once_both_get_through(url: str) -> None:
    wordings = [PromptVariant(name="bugs", version=str(number)) for number in range(8)]

    def review(name: str, number: int, order: int) -> list[Record]:
        one = trace(id=trace_id(name, number))
        news = [PromptVariant(name=f"{each.name} {number}", version=each.version) for each in wordings]
        return [one, *(call(trace=one.id, variant=each) for each in news[::order])]

    write_at_once(
        url, *([review(name, number, order) for number in range(_TIMES)] for name, order in (("a", 1), ("b", -1)))
    )

    with open_books(url, FAULTS) as books:
        assert len(rows(books, prompt_variants)) == _TIMES * len(wordings)
        assert len(rows(books, llm_generations)) == 2 * _TIMES * len(wordings)


@pytest.mark.parametrize(
    "usage", [Usage(input_tokens=10**30, output_tokens=1), Usage(input_tokens=1, output_tokens=2**63)]
)
def test_tokens_that_no_model_has_read_do_not_keep_other_calls_back(books: Books, usage: Usage) -> None:
    books.write([trace(), call(usage=usage), call(usage=usage), call(usage=Usage(input_tokens=5))])

    assert len(rows(books, llm_generations)) == 3
    (sums,) = rows(books, agent_task_results)
    assert sums["calls"] == 3


@pytest.mark.parametrize("cost", ["9000000", "1e30", "NaN", "Infinity", "-9000000"])
def test_a_cost_that_no_call_has_is_unknown(books: Books, cost: str) -> None:
    books.write([trace(), *(call(cost_usd=Decimal(cost), costs=None) for _ in range(20)), call(cost_usd=Decimal(1))])

    (sums,) = rows(books, agent_task_results)
    assert (sums["calls"], sums["unpriced_calls"], sums["cost_pico"]) == (21, 20, Decimal(1))


@pytest.mark.parametrize("name", ["a\0b", "half \ud800", "\ud83d\ude00"], ids=["NUL", "half a pair", "a pair"])
def test_calls_of_a_model_with_an_odd_name_are_added_up(books: Books, name: str) -> None:
    books.write([trace(), call(model=name, asker=name, provider=name)])

    books.write([trace(), call(model=name, asker=name, provider=name), call(model=name, asker=name, provider=name)])

    (sums,) = rows(books, agent_task_results)
    assert sums["calls"] == 3
