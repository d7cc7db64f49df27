"""The layers in their order, in one place: fallback over scheduling over metering over a provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from llm_runtime.chain import Chain, Link, Role, Wanted, inspect
from llm_runtime.context.strategy import ContextStrategy, LargeContextFallback
from llm_runtime.cost.accounts import AccountLedger
from llm_runtime.cost.budget import BudgetEnforcingTracker
from llm_runtime.cost.caps import Cap
from llm_runtime.cost.tracking import CostTrackingStrategy
from llm_runtime.cost.watched import distinct
from llm_runtime.errors import Misbuilt
from llm_runtime.events import LimitsUnknown, Observer, Observers
from llm_runtime.fallback.auto_picker import AutoPickerLLM
from llm_runtime.fallback.larger_window import LargerWindowFallback
from llm_runtime.fallback.sequential import SequentialFallback
from llm_runtime.fallback.strategy import FallbackStrategy
from llm_runtime.layers import Wiring, metered, scheduled
from llm_runtime.llm import LLM
from llm_runtime.metrics.strategy import MetricsStrategy
from llm_runtime.runtime import Runtime
from llm_runtime.scheduling.backoff import Backoff
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.scheduling.ledger import Priority, RateLedger
from llm_runtime.scheduling.limits import RateLimits
from llm_runtime.scheduling.overrides import LimitOverride
from llm_runtime.scheduling.patience import Patience
from llm_runtime.scheduling.scheduled import DEADLINE_SECONDS, ScheduledLLM
from llm_runtime.scheduling.tiers import DEFAULT_TIER
from llm_runtime.smart_llm import SmartLLM

_EVERYWHERE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LLMBuilder:
    """Describes a chain of models, checks the description, and builds it.

    Every ``with_…`` returns another builder, so that one may be the base of several chains: they share its runtime,
    its budget, its trackers and its metrics.

    Example:
        >>> from llm_runtime.credentials import Credential
        >>> builder = (
        ...     LLMBuilder(runtime=Runtime({"openai": Credential(api_key="sk-…")}))
        ...     .with_tier("tier2")
        ...     .with_primary("openai/gpt-6.1-sol")
        ...     .with_fallback("openai/gpt-6.1-terra")
        ...     .with_deadline(120)
        ... )
        >>> with builder.build() as llm:
        ...     llm.spec.id
        'openai/gpt-6.1-sol'
    """

    runtime: Runtime
    models: tuple[tuple[Role, str], ...] = ()
    tiers: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, RateLimits | LimitOverride] = field(default_factory=dict)
    strategy: FallbackStrategy = field(default_factory=SequentialFallback)
    patience: Patience = field(default_factory=Patience)
    ledger: RateLedger | None = None
    cancellation: Cancellation | None = None
    observers: tuple[Observer, ...] = ()
    budget: BudgetEnforcingTracker | None = None
    deadline_seconds: float = DEADLINE_SECONDS

    def with_tier(self, tier: str, *, provider: str = _EVERYWHERE) -> LLMBuilder:
        """Keep the limits of this tier, at one provider or (by default) at all that are not named themselves."""
        return replace(self, tiers={**self.tiers, provider: tier})

    def with_primary(self, model: str) -> LLMBuilder:
        """Ask this model (``provider/name``) first."""
        others = tuple(entry for entry in self.models if entry[0] is not Role.PRIMARY)
        return replace(self, models=((Role.PRIMARY, model), *others))

    def with_fallback(self, *models: str) -> LLMBuilder:
        """Let these stand in when another one fails, in this order where the strategy has no other."""
        return replace(self, models=(*self.models, *((Role.FALLBACK, model) for model in models)))

    def with_context_fallback(self, *models: str) -> LLMBuilder:
        """Let these take over what is too long for the others; for other failures they are asked last."""
        return replace(self, models=(*self.models, *((Role.LARGER, model) for model in models)))

    def with_fallback_strategy(self, strategy: FallbackStrategy) -> LLMBuilder:
        """Let this decide who is asked after a failure."""
        return replace(self, strategy=strategy)

    def with_scheduling(
        self,
        *,
        ledger: RateLedger | None = None,
        priority: Priority | None = None,
        max_wait_seconds: float | None = None,
        backoff: Backoff | None = None,
        limits: Mapping[str, RateLimits | LimitOverride] | None = None,
        cancellation: Cancellation | None = None,
    ) -> LLMBuilder:
        """Say how limits are kept; what is left out stays as it was.

        Args:
            ledger: Where they are accounted for, in place of the runtime's; whoever opened it closes it.
            priority: Whether a person waits.
            max_wait_seconds: Beyond this nothing sleeps for a limit.
            backoff: How long to wait after which failure.
            limits: By ``provider/model`` or ``provider``, in place of the tier's.
            cancellation: Ends what waits.
        """
        patience = replace(
            self.patience,
            priority=self.patience.priority if priority is None else priority,
            max_wait_seconds=self.patience.max_wait_seconds if max_wait_seconds is None else max_wait_seconds,
            backoff=backoff or self.patience.backoff,
        )
        return replace(
            self,
            ledger=ledger or self.ledger,
            patience=patience,
            overrides={**self.overrides, **(limits or {})},
            cancellation=cancellation or self.cancellation,
        )

    def with_cost_tracking(self, *trackers: CostTrackingStrategy) -> LLMBuilder:
        """Tell these of every call."""
        return replace(self, observers=(*self.observers, *trackers))

    def with_metrics(self, *metrics: MetricsStrategy) -> LLMBuilder:
        """Tell these of everything that happens."""
        return replace(self, observers=(*self.observers, *metrics))

    def with_budget(self, *caps: Cap, ledger: AccountLedger | None = None) -> LLMBuilder:
        """Spend no more than this; all chains of this builder spend from the same caps.

        Args:
            caps: All of them count for every call.
            ledger: Where is accounted for them; by default in this process alone.
        """
        budget = BudgetEnforcingTracker(caps, ledger, clock=self.runtime.clock, observer=self.runtime.observer)
        return replace(self, budget=budget)

    def with_deadline(self, seconds: float) -> LLMBuilder:
        """Give an answer or an error within this time, waits, retries and fallbacks included."""
        return replace(self, deadline_seconds=seconds)

    def inspect(self) -> Chain:
        """What would be built, and all that is wrong with it; nothing is connected."""
        wanted = Wanted(
            models=self.models,
            credentials=self.runtime.credentials,
            tiers=self.tiers,
            overrides=self.overrides,
            capped=self.budget is not None,
            patience=self.patience,
            deadline_seconds=self.deadline_seconds,
        )
        return inspect(wanted, self.runtime.calculator)

    def build(self) -> SmartLLM:
        """Check the chain and build it; only the primary is connected.

        Raises:
            Misbuilt: An unknown model, a missing key, a missing price under a budget, a fallback that could never
                serve, or a time that is none; every fault with its cure.
        """
        chain = self.inspect()
        if chain.faults:
            raise Misbuilt(chain.faults)
        runtime = self.runtime
        observers = distinct((runtime.observer, *self.observers))
        observer = Observers(observers)
        # Only now is everybody known who is to be told, whichever setter came first.
        budget = self.budget.telling(*observers) if self.budget else None
        for link in chain.links:
            if not link.limits.source and not link.limits.unlimited:
                observer.record(LimitsUnknown(provider=link.spec.provider, model=link.spec.name))
        context = LargeContextFallback([link.spec for link in chain.links], runtime.estimator.estimate)
        wiring = Wiring(
            runtime=runtime,
            ledger=self.ledger,
            observer=observer,
            budget=budget,
            patience=self.patience,
            cancellation=self.cancellation,
            deadline_seconds=self.deadline_seconds,
        )
        primary, *fallbacks = (scheduled(link, wiring, context) for link in chain.links)
        picker = AutoPickerLLM(
            primary,
            fallbacks,
            strategy=self._strategy(chain, context),
            clock=runtime.clock,
            observer=observer,
            context=context,
            calculator=runtime.calculator,
            affordable=budget.affords if budget else None,
            timeout_seconds=self.deadline_seconds,
        )
        return SmartLLM(picker, chain, runtime)

    def _strategy(self, chain: Chain, context: ContextStrategy) -> FallbackStrategy:
        kept = frozenset(link.spec.id for link in chain.links if link.role is Role.LARGER)
        return LargerWindowFallback(self.strategy, context, kept) if kept else self.strategy


def get_llm(model: str, runtime: Runtime) -> LLM:
    """One model, metered, without scheduling, retries or fallback: for whoever brings their own.

    Raises:
        Misbuilt: It is unknown, or there is no key for it.
    """
    link, _ = _single(LLMBuilder(runtime=runtime).with_primary(model))
    return metered(link, Wiring(runtime=runtime))


def get_scheduled_llm(model: str, runtime: Runtime, *, tier: str = DEFAULT_TIER) -> ScheduledLLM:
    """One model that keeps its limits and retries: what ``AutoPickerLLM`` holds.

    Raises:
        Misbuilt: It is unknown, or there is no key for it.
    """
    link, context = _single(LLMBuilder(runtime=runtime).with_tier(tier).with_primary(model))
    return scheduled(link, Wiring(runtime=runtime), context)


def create_auto_picker_llm(
    primary: str, fallbacks: Sequence[str], runtime: Runtime, *, tier: str = DEFAULT_TIER
) -> AutoPickerLLM:
    """A chain in the order of its names.

    Raises:
        Misbuilt: It could not work; every fault with its cure.
    """
    return LLMBuilder(runtime=runtime).with_tier(tier).with_primary(primary).with_fallback(*fallbacks).build().picker


def _single(builder: LLMBuilder) -> tuple[Link, ContextStrategy]:
    chain = builder.inspect()
    if chain.faults:
        raise Misbuilt(chain.faults)
    (link,) = chain.links
    return link, LargeContextFallback([link.spec], builder.runtime.estimator.estimate)
