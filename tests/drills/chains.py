"""A chain of two vendors over their real SDKs, whoever asks it, and the account that must come out even at the end."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from llm_runtime.builder import LLMBuilder
from llm_runtime.clock import Clock
from llm_runtime.cost.accounts import AccountLedger
from llm_runtime.cost.budget import BudgetEnforcingTracker
from llm_runtime.cost.caps import Cap
from llm_runtime.cost.tracking import LocalCostTracker
from llm_runtime.credentials import Credential
from llm_runtime.errors import LLMError
from llm_runtime.events import CallEnded, Event
from llm_runtime.llm import LLM, ModelSpec
from llm_runtime.messages import Call, Completion, JsonSchema, Request
from llm_runtime.providers import ProviderLLM
from llm_runtime.runtime import Runtime, connect
from llm_runtime.scheduling.ledger import RateLedger
from llm_runtime.scheduling.limits import RateLimits
from tests.drills.clocks import SharedClock
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.gemini import FakeGemini
from tests.fakes.models import Answers
from tests.fakes.openai import FakeOpenAI
from tests.fakes.vendor import FakeVendor

SOL, OPUS, ARGON = "openai/gpt-6.1-sol", "anthropic/claude-opus-5-5", "gemini/gemini-4-argon"
FAKES: dict[str, type[FakeVendor]] = {SOL: FakeOpenAI, OPUS: FakeAnthropic, ARGON: FakeGemini}
DEADLINE = 600.0
SLOW = 20.0
"""Real seconds that a busy machine may take for an answer that does come."""


class Heard:
    """An observer that remembers; safe to share between threads."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def record(self, event: Event) -> None:
        self.events.append(event)

    def kinds(self) -> list[str]:
        """What happened beside the calls."""
        return [type(event).__name__ for event in self.events if not isinstance(event, CallEnded)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one request ended; ``seconds`` are the clock's."""

    question: str
    ended: Completion | LLMError
    seconds: float

    @property
    def answered(self) -> bool:
        return isinstance(self.ended, Completion)

    @property
    def kind(self) -> str:
        return type(self.ended).__name__

    @property
    def calls(self) -> tuple[Call, ...]:
        return self.ended.calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What a drill is held with: vendors by model, and a builder of chains over them, without any limit yet."""

    vendors: dict[str, FakeVendor]
    clock: Clock
    heard: Heard
    tracker: LocalCostTracker
    builder: LLMBuilder
    outcomes: list[Outcome] = field(default_factory=list)

    def ask(self, llm: LLM, question: str, *, schema: JsonSchema | None = None) -> Outcome:
        """Ask one question; anything but an answer or a typed error is a failure of the drill."""
        began = self.clock.monotonic()
        request = Request(system="Be brief.", question=question, schema=schema, max_output_tokens=64)
        ended: Completion | LLMError
        try:
            ended = llm.complete(request)
        except LLMError as error:
            ended = error
        outcome = Outcome(question=question, ended=ended, seconds=self.clock.monotonic() - began)
        self.outcomes.append(outcome)
        return outcome

    def ask_at_once(self, llm: LLM, *, callers: int, each: int, schema: JsonSchema | None = None) -> list[Outcome]:
        """So many callers at once, one question after the other; the clock must be a ``SharedClock``."""
        assert isinstance(self.clock, SharedClock)
        before = len(self.outcomes)

        def call(name: int) -> None:
            for number in range(each):
                self.ask(llm, f"Question {name}.{number}", schema=schema)

        self.clock.run([functools.partial(call, name) for name in range(callers)])
        return self.outcomes[before:]

    def asked(self, model: str) -> int:
        """Exchanges that reached a vendor."""
        return len(self.vendors[model].asked)

    def check_accounts(self, requests: int, *, deadline: float = DEADLINE) -> None:
        """Every request has one outcome, every exchange is in the calls of one outcome, every dollar in the tracker."""
        assert len(self.outcomes) == len({outcome.question for outcome in self.outcomes}) == requests
        assert exchanges(self.vendors) == Counter(
            (outcome.question, call.model) for outcome in self.outcomes for call in outcome.calls
        )
        calls = [call for outcome in self.outcomes for call in outcome.calls]
        ended = [event.call for event in self.heard.events if isinstance(event, CallEnded)]
        assert Counter(map(id, ended)) == Counter(map(id, calls))
        costs = [call.cost_usd for call in calls]
        assert self.tracker.known_cost == sum((cost for cost in costs if cost is not None), Decimal(0))
        assert self.tracker.unpriced_calls == costs.count(None)
        assert all(outcome.seconds <= deadline for outcome in self.outcomes)


def exchanges(vendors: dict[str, FakeVendor]) -> Counter[tuple[str, str]]:
    """Question and model of whatever reached a vendor."""
    return Counter((asked.question, asked.model) for vendor in vendors.values() for asked in vendor.asked)


@contextmanager
def drill(
    answers: Mapping[str, Answers],
    *,
    clock: Clock | None = None,
    ledger: RateLedger | None = None,
    timeouts: Mapping[str, float] | None = None,
    heard: Heard | None = None,
) -> Iterator[Drill]:
    """Vendors that answer so, and a chain of them in this order.

    Args:
        answers: By model.
        clock: For all but the sockets.
        ledger: Where limits are accounted for; by default in memory. It is closed at the end.
        timeouts: Real seconds after which a model is given up, by model.
        heard: Remembers what happens; by default one of its own.
    """
    clock = clock or SharedClock()
    heard, tracker = heard or Heard(), LocalCostTracker()
    with ExitStack() as stack:
        vendors = {model: stack.enter_context(FAKES[model](scripted)) for model, scripted in answers.items()}
        credentials = {
            model.partition("/")[0]: Credential(api_key="a-good-key", base_url=vendor.base_url)
            for model, vendor in vendors.items()
        }

        def connected(spec: ModelSpec, credential: Credential) -> ProviderLLM:
            return connect(spec, credential, timeout=(timeouts or {}).get(spec.id, SLOW))

        runtime = Runtime(credentials, clock=clock, ledger=ledger, observer=heard, connect=connected)
        stack.callback(runtime.close)
        yield Drill(
            vendors=vendors,
            clock=clock,
            heard=heard,
            tracker=tracker,
            builder=chained(LLMBuilder(runtime=runtime), tuple(answers)).with_cost_tracking(tracker),
        )


def chained(builder: LLMBuilder, models: Sequence[str]) -> LLMBuilder:
    """The first as primary, the others as fallbacks, none of them limited, all within the deadline of a drill."""
    primary, *others = models
    builder = builder.with_primary(primary).with_fallback(*others).with_deadline(DEADLINE)
    return builder.with_scheduling(limits={model: RateLimits() for model in models})


def budgeted(held: Drill, cap: Cap, ledger: AccountLedger | None = None) -> tuple[LLMBuilder, BudgetEnforcingTracker]:
    """The builder of a drill with a cap on it; the ledger stays the caller's to close."""
    builder = held.builder.with_budget(cap, ledger=ledger)
    assert builder.budget is not None
    return builder, builder.budget
