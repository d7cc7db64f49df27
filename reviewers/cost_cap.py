"""A plan under a cap on its cost: shorter answers first, then fewer questions, and a word on each that is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from llm_runtime.messages import Usage
from reviewers.prompts import MAX_OUTPUT_TOKENS
from reviewers.review import Gap

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec
    from reviewers.plan import ReviewPlan, Task

LEAST_OUTPUT_TOKENS = 8_192
"""Under a cap on the cost, an answer's upper bound is not lowered further: it would be cut off, and paid for."""


def within(
    plan: ReviewPlan, max_cost_usd: Decimal, *, price: Callable[[ModelSpec, Usage], Decimal | None]
) -> ReviewPlan:
    """The plan as far as it stays under a cap, whatever the answers turn out to be.

    First the answers' upper bound is lowered, as far as ``LEAST_OUTPUT_TOKENS``; when that is not enough, tasks are
    kept from the front, so that the review shrinks from its end: the last reviewer's last chunks go first. A task has
    a place while the expected cost of those before it and the most that it may cost itself stay under the cap. One
    without a known price has none.

    Args:
        plan: All tasks.
        max_cost_usd: The cap.
        price: Dollars for some usage of a model, or None where unknown.
    """
    kept: list[Task] = []
    for limit in (MAX_OUTPUT_TOKENS, MAX_OUTPUT_TOKENS // 2, LEAST_OUTPUT_TOKENS):
        kept = _affordable(plan.tasks, max_cost_usd, limit, price)
        if len(kept) == len(plan.tasks):
            break
    left_out = plan.tasks[len(kept) :]
    reason = f"left out to stay under the cap of ${max_cost_usd}"
    gaps = [Gap(reviewer=task.reviewer.name, path=", ".join(task.chunk.paths), reason=reason) for task in left_out]
    return replace(plan, tasks=tuple(kept), gaps=(*plan.gaps, *gaps))


def _affordable(
    tasks: Sequence[Task],
    max_cost_usd: Decimal,
    output_limit: int,
    price: Callable[[ModelSpec, Usage], Decimal | None],
) -> list[Task]:
    kept: list[Task] = []
    spent = Decimal(0)
    for task in tasks:
        output = min(output_limit, task.request.max_output_tokens)
        tokens = task.input_tokens
        most = price(task.model, Usage(input_tokens=tokens, cache_write_tokens=tokens, output_tokens=output))
        if most is None or task.cost_usd is None or spent + most > max_cost_usd:
            break
        spent += task.cost_usd
        kept.append(replace(task, request=replace(task.request, max_output_tokens=output)))
    return kept
