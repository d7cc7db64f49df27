"""A whole report: every answer about a period, and what stands out in it, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from llm_runtime.analytics.answer import Answer
from llm_runtime.analytics.metrics import agent_metrics, llm_metrics, prompt_metrics
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.metrics.divided import divide_all
from llm_runtime.analytics.metrics.sums import Repositories
from llm_runtime.analytics.metrics.totals import totals
from llm_runtime.analytics.period import Period
from llm_runtime.analytics.standouts import remarks

_MODEL = (By.MODEL,)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is known of a period.

    Attributes:
        period: Which one.
        before: The one before it, which it is compared with.
        totals: The sums of both, a row for each.
        remarks: What stands out, a sentence each; none where there is too little to tell.
        answers: All questions, in the order in which people ask them.
    """

    period: Period
    before: Period
    totals: Answer
    remarks: tuple[str, ...]
    answers: tuple[Answer, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing happened in the period."""
        return self.totals.values("reviews")[0] == 0


def analyze(
    connection: Connection,
    period: Period,
    *,
    by: Sequence[By] = (),
    repositories: Repositories = None,
    limit: int = 20,
) -> Report:
    """Answer every question.

    Args:
        connection: A transaction that reads: all answers are of one state of the tables.
        period: About which time.
        by: By what costs, latencies and rates are divided, and the value of findings, too, unless it is by prompts; by
            default by model, and the value by reviewer, model and repository.
        repositories: About which repositories.
        limit: How many rows an answer may have that could have any number of them.
    """
    chosen = tuple(by) or _MODEL
    costs, rates, fallbacks, caches = divide_all(connection, period, by=chosen, repositories=repositories, limit=limit)
    latency = llm_metrics.latency(connection, period, by=chosen, repositories=repositories, limit=limit)
    by_model = (costs, latency)
    if chosen != _MODEL:
        by_model = (
            llm_metrics.costs(connection, period, repositories=repositories, limit=limit),
            llm_metrics.latency(connection, period, repositories=repositories, limit=limit),
        )
    brought = agent_metrics.reviewers(connection, period, repositories=repositories)
    both = totals(connection, period, repositories=repositories)
    judged = {} if not by or By.PROMPT in by else {"by": chosen}
    return Report(
        period,
        period.before,
        both,
        remarks(both, *by_model, brought),
        (
            llm_metrics.cost_by_day(connection, period, repositories=repositories),
            llm_metrics.cost_by_day_and_model(connection, period, repositories=repositories),
            costs,
            latency,
            rates,
            llm_metrics.errors(connection, period, repositories=repositories, limit=limit),
            fallbacks,
            caches,
            prompt_metrics.prompts(connection, period, repositories=repositories, limit=limit),
            agent_metrics.pull_requests(connection, period, repositories=repositories, limit=limit),
            agent_metrics.value(connection, period, repositories=repositories, limit=limit, **judged),
            brought,
            llm_metrics.events(connection, period, repositories=repositories),
        ),
    )
