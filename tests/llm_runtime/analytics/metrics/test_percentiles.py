from __future__ import annotations

import random
from datetime import timedelta
from statistics import quantiles

import pytest

from llm_runtime.analytics.books import Books
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.metrics.llm_metrics import latency
from llm_runtime.analytics.metrics.percentiles import percentile
from tests.llm_runtime.analytics.metrics.past import FIRST, GPT, REFUSED, TWO_DAYS, call


def test_percentiles_lie_between_the_two_nearest_calls(books: Books) -> None:
    books.write((FIRST, *(call(FIRST, number, latency_ms=100 * number) for number in range(1, 26))))

    with books.database.reading() as connection:
        answer = latency(connection, TWO_DAYS)

    # Of 25 in order, 0.95 of the way from the first to the last is 22.8 steps: 2,300 ms and 0.8 of the next 100.
    assert answer.rows == (("anthropic/opus", 25, 1.3, 2.38, 2.476),)


def test_percentiles_are_those_of_the_standard_library_on_either_engine(books: Books) -> None:
    chance = random.Random(7)
    durations = [round(chance.lognormvariate(8, 1)) for _ in range(203)]
    books.write((FIRST, *(call(FIRST, number, latency_ms=each) for number, each in enumerate(durations))))

    with books.database.reading() as connection:
        ((_, _, *told),) = latency(connection, TWO_DAYS).rows

    expected = quantiles(durations, n=100, method="inclusive")
    assert told == pytest.approx([expected[place - 1] / 1_000 for place in (50, 95, 99)])


def test_failed_calls_say_nothing_of_how_long_an_answer_takes(books: Books) -> None:
    answered = (call(FIRST, number, latency_ms=1_000) for number in range(20))
    failed = (call(FIRST, 100 + number, latency_ms=60_000, **REFUSED) for number in range(20))
    books.write((FIRST, *answered, *failed))

    with books.database.reading() as connection:
        assert latency(connection, TWO_DAYS).rows == (("anthropic/opus", 20, 1.0, 1.0, 1.0),)


def test_of_few_calls_no_percentile_is_told(books: Books) -> None:
    few = (call(FIRST, 100 + number, **GPT) for number in range(19))
    books.write((FIRST, *(call(FIRST, number) for number in range(20)), *few))

    with books.database.reading() as connection:
        answer = latency(connection, TWO_DAYS)

    assert answer.rows == (("anthropic/opus", 20, 1.0, 1.0, 1.0), ("openai/gpt", 19, None, None, None))
    assert answer.note == "Not enough data where fewer than 20 calls were answered."


def test_latencies_that_are_cut_say_so(books: Books) -> None:
    books.write((FIRST, *(call(FIRST, number) for number in range(20)), call(FIRST, 100, **GPT)))

    with books.database.reading() as connection:
        answer = latency(connection, TWO_DAYS, limit=1)

    assert answer.values("model") == ("anthropic/opus",)
    assert answer.note == "Only the 1 with the most calls."


@pytest.mark.parametrize("by", [By.PULL_REQUEST, By.DAY])
def test_latencies_are_divided_as_is_wished(books: Books, by: By) -> None:
    later = timedelta(days=1)
    calls = (call(FIRST, number, started_at=FIRST.started_at + later * (number % 2)) for number in range(40))
    books.write((FIRST, *calls))

    with books.database.reading() as connection:
        answer = latency(connection, TWO_DAYS, by=(by,))

    assert answer.values("calls") == ((20, 20) if by is By.DAY else (40,))


def test_the_percentile_of_one_value_is_that_value() -> None:
    assert percentile([42], 0.99) == 42
