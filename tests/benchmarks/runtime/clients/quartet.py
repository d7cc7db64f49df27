"""This project's runtime: a scheduled, metered model over the SDK, on any of its ledgers."""

from __future__ import annotations

from llm_runtime.clock import SystemClock
from llm_runtime.context.strategy import LargeContextFallback
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.metered import MeteredLLM
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request
from llm_runtime.providers.openai import OpenAILLM
from llm_runtime.scheduling.backoff import Backoff
from llm_runtime.scheduling.ledgers.opening import open_ledger
from llm_runtime.scheduling.limits import LimitKey, RateLimits, Shape
from llm_runtime.scheduling.patience import Patience
from llm_runtime.scheduling.proactive import ProactiveRateLimitScheduler
from llm_runtime.scheduling.scheduled import ScheduledLLM
from llm_runtime.tokens.calibrated import CalibratedEstimator
from tests.benchmarks.runtime.protocol import ClientSettings
from tests.benchmarks.runtime.shapes import ANSWER

SPEC = ModelSpec(
    provider="openai", name="gpt-4o-mini", context_window=128_000, max_output_tokens=16_384, source="the benchmark"
)
KEY = LimitKey(provider="openai", credential="bench", model=SPEC.name)


class Client:
    """All layers of a model but the fallback. What the runtime counts in minutes is scaled as the minute is."""

    def __init__(self, settings: ClientSettings) -> None:
        clock = SystemClock()
        self._ledger = open_ledger(settings.ledger_url or settings.ledger, clock=clock)
        self._provider = OpenAILLM(SPEC, api_key="bench", base_url=settings.base_url)
        scheduler = ProactiveRateLimitScheduler(
            KEY, limits_of(settings), self._ledger, patience=patience_of(settings), clock=clock
        )
        estimator = CalibratedEstimator()
        self._llm = ScheduledLLM(
            MeteredLLM(self._provider, CostCalculator(clock), clock),
            scheduler,
            context=LargeContextFallback((SPEC,), estimator.estimate),
            estimator=estimator,
            clock=clock,
        )

    def call(self, prompt: str, tokens: int) -> None:
        """Ask; how many tokens the question has is left to the runtime's own estimate."""
        self._llm.complete(Request(system="", question=prompt, max_output_tokens=ANSWER))

    def close(self) -> None:
        """Close the connections."""
        self._provider.close()
        self._ledger.close()


def limits_of(settings: ClientSettings) -> RateLimits:
    """The believed limits, over the scaled minute."""
    shape = Shape(window_seconds=settings.minute, burst=settings.burst, larger_counts=True)
    return RateLimits(requests_per_minute=settings.rpm, input_tokens_per_minute=settings.tpm, shape=shape)


def patience_of(settings: ClientSettings) -> Patience:
    """The runtime's own waits, scaled."""
    usual = Backoff()
    scale = settings.scale
    backoff = Backoff(
        soon_seconds=tuple(seconds * scale for seconds in usual.soon_seconds),
        window_seconds=tuple(seconds * scale for seconds in usual.window_seconds),
        quiet_seconds=usual.quiet_seconds * scale,
    )
    return Patience(max_wait_seconds=Patience().seconds * scale, backoff=backoff)
