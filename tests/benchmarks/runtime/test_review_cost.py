from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import islice

import pytest

from llm_runtime.catalog import find
from llm_runtime.llm import ModelSpec
from reviewers.perspectives import REVIEWERS
from reviewers.sharing import HEAD_START_SECONDS
from tests.benchmarks.runtime.review_cost import (
    AFTER_THE_FIRST,
    LARGE,
    MIDDLE,
    ONE_SCHEMA,
    OWN_SCHEMAS,
    PRODUCT,
    SMALL,
    SONNET,
    UNMARKED,
    WAYS,
    Change,
    chosen_models,
    costs,
    measure,
    plan_tasks,
)

SONNET_FOR_ALL: Mapping[str, ModelSpec] = dict.fromkeys((reviewer.name for reviewer in REVIEWERS), find(SONNET))


def dollars_and_seconds(
    ways: Sequence[str], change: Change, models: Mapping[str, ModelSpec] = SONNET_FOR_ALL, spacing: float | None = None
) -> list[tuple[Decimal, float]]:
    found = []
    for way in ways:
        usd, seconds, _ = measure(way, plan_tasks(change, models), seed=1, spacing=spacing)
        assert usd is not None
        found.append((usd, seconds))
    return found


def test_a_review_of_that_size_is_a_question_for_each_reviewer_and_chunk() -> None:
    assert len(plan_tasks(LARGE, SONNET_FOR_ALL)) == 4 * 6


def test_a_mark_that_nobody_has_time_to_read_makes_a_review_dearer() -> None:
    (unmarked, _), (own, _), (one, _) = dollars_and_seconds((UNMARKED, OWN_SCHEMAS, ONE_SCHEMA), MIDDLE)

    assert own > unmarked * Decimal("1.05")
    assert one > unmarked * Decimal("1.05")


def test_a_head_start_saves_almost_as_much_as_waiting_for_a_whole_answer_and_almost_no_time_is_lost() -> None:
    unmarked, whole, product = dollars_and_seconds((UNMARKED, AFTER_THE_FIRST, PRODUCT), LARGE)

    assert product[0] < unmarked[0] * Decimal("0.8")
    assert product[0] < whole[0] * Decimal("1.1")
    assert product[1] <= unmarked[1] + HEAD_START_SECONDS + 1
    assert whole[1] > unmarked[1] * 1.5


@pytest.mark.parametrize(
    ("change", "models", "spacing"),
    [
        pytest.param(SMALL, SONNET_FOR_ALL, None, id="a small change"),
        pytest.param(MIDDLE, SONNET_FOR_ALL, 1.25, id="a limit of calls"),
        pytest.param(MIDDLE, chosen_models(), None, id="another model for security"),
    ],
)
def test_what_the_product_does_costs_less_than_no_mark(
    change: Change, models: Mapping[str, ModelSpec], spacing: float | None
) -> None:
    (unmarked, _), (product, _) = dollars_and_seconds((UNMARKED, PRODUCT), change, models, spacing)

    assert product < unmarked


def test_a_row_says_what_a_review_costs_and_how_long_it_takes() -> None:
    rows = list(islice(costs([SMALL], seeds=[1]), len(WAYS)))

    assert [row.way for row in rows] == list(WAYS)
    assert rows[0].line().startswith("1 small file, Sonnet for all")
    assert rows[0].line().endswith("0% cached")
