"""What a review costs on one vendor, and how long it takes, by the way in which its calls are worded and started.

The requests are the real ones (planned and worded by ``reviewers``), sent through the real SDK to a server with a real
prompt cache; the price is the calculator's, for the usage that the server reports. What starts when is decided by what
decides it in the product. Only time is made up: each request is sent at its moment on the server's clock, in order, so
that nothing here depends on the machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from llm_runtime.catalog import find
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Usage
from llm_runtime.providers.anthropic import AnthropicLLM
from reviewers.answers import answer_schema
from reviewers.diff import Diff
from reviewers.perspectives import REVIEWERS
from reviewers.plan import EXPECTED_OUTPUT_TOKENS, MAX_CHUNK_TOKENS, Task, make_plan
from reviewers.selection import select
from reviewers.sharing import HeadStarts
from reviewers.snapshot import PullRequestSnapshot
from tests.benchmarks.runtime.caching_vendor import CachingAnthropic
from tests.benchmarks.runtime.imagined_run import AllAtOnce, Gate, Starts, imagine
from tests.benchmarks.runtime.prompts import prompt
from tests.builders import added_file, target

SEEDS = tuple(range(5))
SONNET = "anthropic/claude-sonnet-5-5"
BURST, REQUESTS_PER_MINUTE = 8, 50
"""Anthropic's first tier, as the scheduler spaces it: 8 calls at once, then one every 60 / 48 s."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change to review: so many files, each too large for two of them to go into a chunk, or one small one."""

    title: str
    files: int
    tokens: int


LARGE = Change("6 chunks", 6, MAX_CHUNK_TOKENS // 2)
MIDDLE = Change("1 chunk", 1, MAX_CHUNK_TOKENS // 2)
SMALL = Change("1 small file", 1, 1_000)
CHANGES = (LARGE, MIDDLE, SMALL)

UNMARKED = "all at once, nothing marked"
OWN_SCHEMAS = "all at once, marked, a schema for each reviewer"
ONE_SCHEMA = "all at once, marked, one schema"
AFTER_THE_FIRST = "others wait for the whole first answer"
PRODUCT = "as the product starts them"
WAYS = (UNMARKED, OWN_SCHEMAS, ONE_SCHEMA, AFTER_THE_FIRST, PRODUCT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One row of the table.

    Attributes:
        change: What is reviewed, by which models, under which limit, in words.
        way: How the calls are worded and started.
        usage: As the server reported it, of all calls of all reviews.
        usd: What one review costs on average; None where a model has no published price.
        seconds: How long it takes on average.
    """

    change: str
    way: str
    usage: Usage
    usd: Decimal | None
    seconds: float

    def line(self) -> str:
        """The row as it is printed."""
        price = "unknown" if self.usd is None else f"${self.usd:.3f}"
        share = self.usage.cached_input_tokens / self.usage.input_tokens
        return f"{self.change:<52}{self.way:<50}{price:>8}{self.seconds:>7.0f} s{share:>6.0%} cached"


def costs(changes: Iterable[Change] = CHANGES, seeds: Sequence[int] = SEEDS) -> Iterator[Cost]:
    """Every way for every change: by one model for all, by those the product takes with one key, and under a limit."""
    for change in changes:
        yield from _rows(f"{change.title}, Sonnet for all", plan_tasks(change, _one_model()), seeds, None)
    yield from _rows(f"{LARGE.title}, Opus for security", plan_tasks(LARGE, chosen_models()), seeds, None)
    limit = f"{LARGE.title}, Sonnet for all, {REQUESTS_PER_MINUTE} calls a minute"
    yield from _rows(limit, plan_tasks(LARGE, _one_model()), seeds, 60 / (REQUESTS_PER_MINUTE - 2))


def plan_tasks(change: Change, models: Mapping[str, ModelSpec]) -> Sequence[Task]:
    """The tasks of a review that adds files of code that is drawn."""
    files = [
        added_file(f"shop/module_{number}.py", prompt(number, change.tokens, seed=1)) for number in range(change.files)
    ]
    diff = Diff(tuple(files))
    plan = make_plan(
        PullRequestSnapshot(target=target(), diff=diff),
        select(diff),
        REVIEWERS,
        models=models,
        facts=(),
        fence="f3nc3",
        price=lambda _spec, _usage: None,
    )
    if len(plan.chunks) != change.files:
        raise ValueError(f"the change was cut into {len(plan.chunks)} chunks instead of {change.files}")
    return plan.tasks


def measure(
    way: str, tasks: Sequence[Task], seed: int, spacing: float | None = None
) -> tuple[Decimal | None, float, Usage]:
    """Dollars, seconds and tokens of one review; ``spacing`` is the seconds between calls after a burst, if any."""
    calculator = CostCalculator()
    gate = Gate(burst=BURST, spacing=spacing or 0.0)
    with CachingAnthropic(output_tokens=EXPECTED_OUTPUT_TOKENS) as vendor:
        models = {task.model.id: task.model for task in tasks}
        llms = {
            name: vendor.keep(AnthropicLLM(model, api_key="bench", base_url=vendor.base_url))
            for name, model in models.items()
        }
        worded = _worded(way, tasks)
        calls, seconds = imagine(worded, _starts(way, worded), llms, vendor, gate=gate, seed=seed)
    usage, total = Usage(), Decimal(0)
    for task, spent in zip(worded, calls, strict=True):
        usage += spent
        price = calculator.cost(task.model, spent)
        if price is None:
            return None, seconds, usage
        total += price
    return total, seconds, usage


def chosen_models() -> Mapping[str, ModelSpec]:
    """What each reviewer asks where there is only Anthropic's key."""
    return {reviewer.name: find(f"anthropic/{reviewer.models['anthropic'][0]}") for reviewer in REVIEWERS}


def _one_model() -> Mapping[str, ModelSpec]:
    return dict.fromkeys((reviewer.name for reviewer in REVIEWERS), find(SONNET))


def _rows(change: str, tasks: Sequence[Task], seeds: Sequence[int], spacing: float | None) -> Iterator[Cost]:
    for way in WAYS:
        runs = [measure(way, tasks, seed, spacing) for seed in seeds]
        prices = [usd for usd, _, _ in runs if usd is not None]
        yield Cost(
            change=change,
            way=way,
            usage=sum((usage for _, _, usage in runs), Usage()),
            usd=sum(prices, Decimal(0)) / len(runs) if len(prices) == len(runs) else None,
            seconds=sum(seconds for _, seconds, _ in runs) / len(runs),
        )


def _worded(way: str, tasks: Sequence[Task]) -> Sequence[Task]:
    if way != OWN_SCHEMAS:
        return tasks
    return [replace(task, request=replace(task.request, schema=answer_schema([task.reviewer]))) for task in tasks]


def _starts(way: str, tasks: Sequence[Task]) -> Starts:
    match way:
        case "all at once, nothing marked":
            return AllAtOnce(len(tasks), shared=False)
        case "others wait for the whole first answer":
            return HeadStarts(tasks, math.inf)
        case "as the product starts them":
            return HeadStarts(tasks)
        case _:
            return AllAtOnce(len(tasks), shared=True)
