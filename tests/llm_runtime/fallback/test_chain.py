"""The whole chain, from the picker to the vendors' wire: what the layers do together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal

import pytest

from llm_runtime.catalog import find
from llm_runtime.context.strategy import LargeContextFallback
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.metered import MeteredLLM
from llm_runtime.errors import AllModelsExhausted
from llm_runtime.errors import QuotaExhausted as NoQuota
from llm_runtime.fallback.auto_picker import AutoPickerLLM
from llm_runtime.fallback.smart import SmartFallback
from llm_runtime.llm import LLM
from llm_runtime.messages import Completion, Request
from llm_runtime.providers.anthropic import AnthropicLLM
from llm_runtime.providers.openai import OpenAILLM
from llm_runtime.scheduling.ledger import Priority
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.limits import LimitKey, RateLimits
from llm_runtime.scheduling.patience import Patience
from llm_runtime.scheduling.proactive import ProactiveRateLimitScheduler
from llm_runtime.scheduling.scheduled import ScheduledLLM
from llm_runtime.tokens import estimate_request
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.models import Answer, Fails, QuotaExhausted, says
from tests.fakes.openai import FakeOpenAI
from tests.llm_runtime.doubles import FakeClock

REQUEST = Request(system="Be brief.", context=("The diff.",), question="Why?")
FIRST, SIBLING, OTHER = find("openai/gpt-6.1-sol"), find("openai/gpt-6.1-terra"), find("anthropic/claude-sonnet-5-5")
MINUTES = 600.0


class Estimates:
    """Goes by characters and learns nothing."""

    def estimate(self, request: Request, model: str) -> int:
        return estimate_request(request)

    def upper_estimate(self, request: Request, model: str) -> int:
        return self.estimate(request, model)

    def expected_output(self, model: str, cap: int) -> int:
        return cap

    def observe(self, request: Request, model: str, completion: Completion) -> None:
        """Nothing is kept."""


class Chain:
    """Models of two vendors behind one clock."""

    def __init__(self, stack: ExitStack, openai: list[Answer], anthropic: list[Answer]) -> None:
        self.clock = FakeClock()
        self.openai = stack.enter_context(FakeOpenAI(answers=openai))
        self.anthropic = stack.enter_context(FakeAnthropic(answers=anthropic))
        self._ledger = MemoryLedger(self.clock)
        self._llms: dict[tuple[str, Priority], ScheduledLLM] = {}

    def llm(self, priority: Priority, *names: str) -> AutoPickerLLM:
        """The same models are the same LLMs, so that one picker knows what another one has learned of them."""
        for name in names:
            self._llms.setdefault((name, priority), self._scheduled(name, priority))
        primary, *fallbacks = (self._llms[name, priority] for name in names)
        return AutoPickerLLM(primary, fallbacks, strategy=SmartFallback(), clock=self.clock, timeout_seconds=MINUTES)

    def _scheduled(self, name: str, priority: Priority) -> ScheduledLLM:
        spec, estimates = find(name), Estimates()
        provider: LLM = (
            self.openai.keep(OpenAILLM(spec, api_key="key", base_url=self.openai.base_url))
            if spec.provider == "openai"
            else self.anthropic.keep(AnthropicLLM(spec, api_key="key", base_url=self.anthropic.base_url))
        )
        scheduler = ProactiveRateLimitScheduler(
            LimitKey(provider=spec.provider, credential="c0ffee", model=spec.name),
            RateLimits(requests_per_minute=60),
            self._ledger,
            clock=self.clock,
            patience=Patience(priority=priority),
            chance=lambda: 1.0,
        )
        return ScheduledLLM(
            MeteredLLM(provider, CostCalculator(self.clock), self.clock),
            scheduler,
            context=LargeContextFallback([], estimates.estimate),
            estimator=estimates,
            clock=self.clock,
        )


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_quota_that_is_gone_is_not_asked_for_again_and_the_other_vendor_answers(stack: ExitStack) -> None:
    chain = Chain(stack, [QuotaExhausted()], [says("fine")])
    llm = chain.llm(Priority.BACKGROUND, FIRST.id, SIBLING.id, OTHER.id)

    answers = [llm.complete(REQUEST) for _ in range(3)]

    assert [answer.provider for answer in answers] == ["anthropic"] * 3
    assert len(chain.openai.requests) == 1
    assert [[call.error for call in answer.calls] for answer in answers] == [["QuotaExhausted", None], [None], [None]]
    assert all(answer.calls[-1].cost_usd for answer in answers)


def test_a_person_does_not_wait_for_the_last_attempt_while_another_model_is_ready(stack: ExitStack) -> None:
    chain = Chain(stack, [Fails(503)], [says("fine")])

    answer = chain.llm(Priority.INTERACTIVE, FIRST.id, OTHER.id).complete(REQUEST)

    assert answer.text == "fine"
    assert chain.clock.seconds < 20.0


def test_with_nobody_waiting_the_primary_gets_its_last_attempt_before_another_model_is_asked(stack: ExitStack) -> None:
    chain = Chain(stack, [Fails(503)], [says("fine")])

    answer = chain.llm(Priority.BACKGROUND, FIRST.id, OTHER.id).complete(REQUEST)

    assert answer.text == "fine"
    assert 90.0 <= chain.clock.seconds < 120.0


def test_a_person_waits_for_the_last_attempt_where_no_other_model_is_ready(stack: ExitStack) -> None:
    chain = Chain(stack, [*[Fails(503)] * 4, says("at last")], [QuotaExhausted()])
    llm = chain.llm(Priority.INTERACTIVE, FIRST.id, OTHER.id)
    with pytest.raises(NoQuota):
        chain.llm(Priority.INTERACTIVE, OTHER.id).complete(REQUEST)

    answer = llm.complete(REQUEST)

    assert answer.text == "at last"
    assert chain.clock.seconds >= 90.0


def test_when_all_are_down_it_ends_within_the_deadline_with_every_call_and_its_cost(stack: ExitStack) -> None:
    chain = Chain(stack, [Fails(503)], [Fails(503)])

    with pytest.raises(AllModelsExhausted) as caught:
        chain.llm(Priority.BACKGROUND, FIRST.id, SIBLING.id, OTHER.id).complete(replace(REQUEST, timeout_seconds=150.0))

    attempts, sent = caught.value.attempts, len(chain.openai.requests) + len(chain.anthropic.requests)
    assert chain.clock.seconds <= 150.0
    assert [attempt.model for attempt in attempts] == [FIRST.id, OTHER.id, SIBLING.id]
    assert len(caught.value.calls) == sent
    assert sum((attempt.cost_usd or Decimal(0) for attempt in attempts), Decimal(0)) == Decimal(0)
    assert sum(attempt.seconds for attempt in attempts) == pytest.approx(chain.clock.seconds)
