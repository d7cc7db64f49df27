"""One model of a chain comes in, the layers around it come out, the outermost last."""

from __future__ import annotations

from dataclasses import dataclass, field

from llm_runtime.chain import Link, Role
from llm_runtime.context.strategy import ContextStrategy
from llm_runtime.cost.budget import BudgetEnforcingTracker
from llm_runtime.cost.metered import MeteredLLM
from llm_runtime.events import Observer
from llm_runtime.runtime import Runtime
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.scheduling.ledger import RateLedger
from llm_runtime.scheduling.patience import Patience
from llm_runtime.scheduling.proactive import ProactiveRateLimitScheduler
from llm_runtime.scheduling.scheduled import DEADLINE_SECONDS, ScheduledLLM


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the layers of a chain have in common.

    Attributes:
        runtime: Shared with all chains of the process.
        ledger: Where limits are accounted for; by default the runtime's.
        observer: Told of everything; by default the runtime's.
        budget: Pays for the calls; by default nothing is capped.
        patience: How calls wait.
        cancellation: Ends what waits.
        deadline_seconds: In which a call has ended.
    """

    runtime: Runtime
    ledger: RateLedger | None = None
    observer: Observer | None = None
    budget: BudgetEnforcingTracker | None = None
    patience: Patience = field(default_factory=Patience)
    cancellation: Cancellation | None = None
    deadline_seconds: float = DEADLINE_SECONDS


def metered(link: Link, wiring: Wiring) -> MeteredLLM:
    """A provider whose calls are accounted for: the primary's is connected, a stand-in's when it is first asked."""
    runtime, spec = wiring.runtime, link.spec
    return MeteredLLM(
        runtime.provider(spec) if link.role is Role.PRIMARY else runtime.deferred(spec),
        runtime.calculator,
        runtime.clock,
        observer=wiring.observer or runtime.observer,
        budget=wiring.budget,
        cancellation=wiring.cancellation,
        estimate=lambda request: runtime.estimator.upper_estimate(request, spec.id),
        tier=link.tier,
        role=link.role,
    )


def scheduled(link: Link, wiring: Wiring, context: ContextStrategy) -> ScheduledLLM:
    """The same within its limits."""
    runtime = wiring.runtime
    scheduler = ProactiveRateLimitScheduler(
        link.key,
        link.limits,
        wiring.ledger or runtime.ledger,
        model=link.spec.name,
        patience=wiring.patience,
        clock=runtime.clock,
        observer=wiring.observer or runtime.observer,
        breakers=runtime.breakers,
        queue=runtime.queues.of(link.key),
        cancellation=wiring.cancellation,
    )
    return ScheduledLLM(
        metered(link, wiring),
        scheduler,
        context=context,
        estimator=runtime.estimator,
        clock=runtime.clock,
        deadline_seconds=wiring.deadline_seconds,
    )
