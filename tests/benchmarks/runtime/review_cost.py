"""What a review of 4 reviewers × 6 chunks costs on one vendor, with and without the prefix that they share.

The requests are the real ones (planned and worded by ``reviewers``), sent through the real SDK to a server with a real
prompt cache; the price is the calculator's, for the usage that the server reports. Requests are sent in the order in
which they would start, each at its moment on the server's clock, so that nothing here depends on the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from llm_runtime.catalog import find
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.messages import Request, Usage
from llm_runtime.providers.anthropic import AnthropicLLM
from reviewers.diff import Diff
from reviewers.perspectives import REVIEWERS
from reviewers.plan import EXPECTED_OUTPUT_TOKENS, MAX_CHUNK_TOKENS, Task, make_plan
from reviewers.selection import select
from reviewers.snapshot import PullRequestSnapshot
from tests.benchmarks.runtime.caching_vendor import CachingAnthropic
from tests.benchmarks.runtime.prompts import prompt
from tests.builders import added_file, target

CHUNKS = 6
SECONDS_TO_ANSWER = 5.0
"""From a request's arrival to the first word: reading 20,000 tokens and beginning to reason. An assumption."""

BURST, REQUESTS_PER_MINUTE = 8, 50
"""Anthropic's first tier, as the scheduler spaces it: 8 calls at once, then one every 60 / 48 s."""

FILE_TOKENS = MAX_CHUNK_TOKENS // 2
"""A file as it is written; with line numbers it is too large for two of them to go into a chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One row of the table.

    Attributes:
        starts: When the calls start, in words.
        words: How the requests are worded.
        usage: As the server reported it, of all calls.
        usd: What that costs; None where the model has no published price.
    """

    starts: str
    words: str
    usage: Usage
    usd: Decimal | None

    def line(self) -> str:
        """The row as it is printed."""
        price = "unknown" if self.usd is None else f"${self.usd:.3f}"
        share = self.usage.cached_input_tokens / self.usage.input_tokens
        return f"{self.starts:<36}{self.words:<43}{price:>9}{self.usage.input_tokens:>10,}{share:>9.0%} cached"


def costs(model: str = "anthropic/claude-sonnet-5-5") -> list[Cost]:
    """Every way to start the calls by every way to word them."""
    tasks = plan_tasks(model)
    return [
        _cost(model, [words_of[task_number] for task_number, _ in order], [at for _, at in order], starts, words)
        for starts, order in _starts(tasks).items()
        for words, words_of in _wordings(tasks).items()
    ]


def plan_tasks(model: str) -> Sequence[Task]:
    """The tasks of a review that adds as many files as there are to be chunks, of code that is drawn."""
    spec = find(model)
    files = [added_file(f"shop/module_{number}.py", prompt(number, FILE_TOKENS, seed=1)) for number in range(CHUNKS)]
    diff = Diff(tuple(files))
    plan = make_plan(
        PullRequestSnapshot(target=target(), diff=diff),
        select(diff),
        REVIEWERS,
        models={reviewer.name: spec for reviewer in REVIEWERS},
        facts=(),
        fence="f3nc3",
        price=lambda _spec, _usage: None,
    )
    if len(plan.chunks) != CHUNKS:
        raise ValueError(f"the change was cut into {len(plan.chunks)} chunks instead of {CHUNKS}")
    return plan.tasks


def _wordings(tasks: Sequence[Task]) -> Mapping[str, list[Request]]:
    sent = [task.request for task in tasks]
    return {
        "question first, no shared prefix": [_question_first(request) for request in sent],
        "shared prefix, a schema for each reviewer": sent,
        "shared prefix, one schema for all": [replace(request, schema=sent[0].schema) for request in sent],
    }


def _question_first(request: Request) -> Request:
    return replace(request, context=(), question="\n\n".join((request.question, *request.context)))


def _starts(tasks: Sequence[Task]) -> Mapping[str, list[tuple[int, float]]]:
    """For each way to start the calls: the number of each task and its moment, in order."""
    spacing = 60 / (REQUESTS_PER_MINUTE - 2)
    numbers = range(len(tasks))
    first = [number for number in numbers if tasks[number].reviewer is REVIEWERS[0]]
    others = [number for number in numbers if number not in first]
    return {
        "all at once": [(number, 0.0) for number in numbers],
        f"as {REQUESTS_PER_MINUTE} a minute are spaced": [
            (number, max(0.0, (number + 1 - BURST) * spacing)) for number in numbers
        ],
        "one reviewer begins, others follow": [
            *((number, 0.0) for number in first),
            *((number, SECONDS_TO_ANSWER) for number in others),
        ],
    }


def _cost(model: str, requests: Iterable[Request], moments: Iterable[float], starts: str, words: str) -> Cost:
    spec = find(model)
    usage = Usage()
    calculator = CostCalculator()
    total: Decimal | None = Decimal(0)
    with CachingAnthropic(seconds_to_answer=SECONDS_TO_ANSWER, output_tokens=EXPECTED_OUTPUT_TOKENS) as vendor:
        llm = vendor.keep(AnthropicLLM(spec, api_key="bench", base_url=vendor.base_url))
        for request, moment in zip(requests, moments, strict=True):
            vendor.now = moment
            spent = llm.complete(request).usage
            usage += spent
            price = calculator.cost(spec, spent)
            total = None if total is None or price is None else total + price
    return Cost(starts=starts, words=words, usage=usage, usd=total)
