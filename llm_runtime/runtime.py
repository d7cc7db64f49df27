"""What all chains of a process share: connections, ledgers, prices, and what was learned of models."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.credentials import Credential
from llm_runtime.events import Observer
from llm_runtime.llm import LLM, ModelSpec
from llm_runtime.logged import LoggedEvents
from llm_runtime.providers import DEFAULT_TIMEOUT, PROVIDERS, ProviderLLM
from llm_runtime.providers.deferred import DeferredLLM
from llm_runtime.scheduling.breakers import Breakers
from llm_runtime.scheduling.ledger import RateLedger
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.queue import LocalQueues
from llm_runtime.scheduling.scheduled import Estimator
from llm_runtime.tokens import CalibratedEstimator

Connect = Callable[[ModelSpec, Credential], ProviderLLM]
"""Makes the LLM that speaks a provider's protocol."""


def connect(spec: ModelSpec, credential: Credential, *, timeout: float = DEFAULT_TIMEOUT) -> ProviderLLM:
    """The LLM of a provider, over its SDK."""
    build = PROVIDERS[spec.provider].build
    return build(spec, api_key=credential.api_key, base_url=credential.base_url, timeout=timeout)


class Runtime:
    """Shared by everything that asks models in a process; close it at the end. Safe to share between threads.

    Example:
        >>> runtime = Runtime({"openai": Credential(api_key="sk-…")})
        >>> runtime.close()
    """

    def __init__(
        self,
        credentials: Mapping[str, Credential],
        *,
        ledger: RateLedger | None = None,
        observer: Observer | None = None,
        clock: Clock | None = None,
        calculator: CostCalculator | None = None,
        estimator: Estimator | None = None,
        connect: Connect = connect,
    ) -> None:
        """Connect nothing yet.

        Args:
            credentials: For each provider that can be asked, how.
            ledger: Where limits are accounted for; by default in this process alone. It is closed with the runtime.
            observer: Told of everything; by default Python's log.
            clock: What time it is.
            calculator: Knows the prices.
            estimator: Foresees the tokens of a call.
            connect: Makes the LLM of a provider.
        """
        self.credentials = credentials
        self.clock = clock or SystemClock()
        self.ledger = ledger or MemoryLedger(self.clock)
        self.observer = observer or LoggedEvents()
        self.calculator = calculator or CostCalculator(self.clock)
        self.estimator = estimator or CalibratedEstimator()
        self.breakers = Breakers()
        self.queues = LocalQueues()
        self._connect = connect
        self._connecting = threading.Lock()
        self._connected: dict[ModelSpec, ProviderLLM] = {}
        self._closing = ExitStack()
        self._closing.callback(self.ledger.close)

    def provider(self, spec: ModelSpec) -> ProviderLLM:
        """The LLM that asks a model, connected once for all chains.

        Raises:
            KeyError: There is no credential for its provider.
        """
        with self._connecting:
            if spec not in self._connected:
                llm = self._connect(spec, self.credentials[spec.provider])
                self._closing.callback(llm.close)
                self._connected[spec] = llm
            return self._connected[spec]

    def deferred(self, spec: ModelSpec) -> LLM:
        """The same, connected when it is first asked: a stand-in that is never needed loads no SDK."""
        return DeferredLLM(spec, lambda: self.provider(spec))

    def close(self) -> None:
        """Close all connections; nothing may be asked afterwards."""
        self._closing.close()
