from __future__ import annotations

from decimal import Decimal

from tests.benchmarks.runtime.review_cost import CHUNKS, costs, plan_tasks


def test_a_review_of_that_size_is_a_question_for_each_reviewer_and_chunk() -> None:
    assert len(plan_tasks("anthropic/claude-sonnet-5-5")) == 4 * CHUNKS


def test_a_prefix_saves_only_what_a_cache_had_time_and_reason_to_keep() -> None:
    usd = {(cost.starts, cost.words): cost.usd for cost in costs()}

    assert None not in usd.values()
    first, spaced, followed = dict.fromkeys(starts for starts, _ in usd)
    plain, sent, shared = dict.fromkeys(words for _, words in usd)
    assert len({usd[starts, plain] for starts in (first, spaced, followed)}) == 1
    assert usd[first, shared] > usd[first, plain]  # type: ignore[operator] # none is unknown, as said above
    assert usd[followed, shared] < usd[followed, plain] * Decimal("0.75")  # type: ignore[operator] # none is unknown
    assert usd[followed, shared] < usd[spaced, shared] < usd[first, shared]  # type: ignore[operator] # none is unknown
    assert usd[followed, sent] > usd[followed, plain]  # type: ignore[operator] # none is unknown
