"""The circuit breaker of one key: calls that are known to fail are not sent, and who fails opens it for all."""

from __future__ import annotations

from contextlib import suppress

from llm_runtime.clock import Clock
from llm_runtime.errors import AuthenticationFailed, CircuitOpen, LedgerUnavailable, LLMError, QuotaExhausted
from llm_runtime.events import BreakerOpened, Observer
from llm_runtime.scheduling.breakers import Breakers
from llm_runtime.scheduling.ledger import Broken, RateLedger
from llm_runtime.scheduling.limits import LimitKey, Shape


class CircuitBreaker:
    """Opened by a used-up quota until its reset, for all who share the ledger; by a refused key until the restart.

    Args:
        key: Whose limits are meant.
        model: Its name for people.
        shape: Of the vendor's limits.
        quota_seconds: How long a used-up quota is believed to stay so where the vendor does not say.
        ledger: Common to all processes.
        breakers: Common to all schedulers of this process.
        clock: Measures.
        observer: Told when it opens.
    """

    def __init__(
        self,
        key: LimitKey,
        model: str,
        *,
        shape: Shape,
        quota_seconds: float,
        ledger: RateLedger,
        breakers: Breakers,
        clock: Clock,
        observer: Observer,
    ) -> None:
        self._key, self._model = key, model
        self._shape, self._quota_seconds = shape, quota_seconds
        self._ledger, self._breakers = ledger, breakers
        self._clock, self._observer = clock, observer

    def closed(self) -> bool:
        """Whether it is closed, as far as this process knows, without asking anybody."""
        if self._breakers.refused(self._key, self._model):
            return False
        return not self._breakers.is_open(self._key, self._clock.monotonic())

    def check_key(self) -> None:
        """Do nothing, unless the key was refused.

        Raises:
            CircuitOpen: It was.
        """
        if self._breakers.refused(self._key, self._model):
            raise CircuitOpen(
                f"{self._who}: the key was refused before; set another one and start again",
                provider=self._key.provider,
                model=self._model,
            )

    def found_open(self, broken: Broken) -> CircuitOpen:
        """Remember what the ledger said, and what to raise."""
        self._breakers.open(self._key, self._clock.monotonic() + broken.seconds)
        return CircuitOpen(
            f"{self._who}: not asked, because of {broken.error} before; again in {broken.seconds:.0f} s",
            retry_after=broken.seconds,
            provider=self._key.provider,
            model=self._model,
        )

    def learn(self, error: LLMError) -> None:
        """Open it, where a failure says that the next call will fail as well."""
        if isinstance(error, AuthenticationFailed):
            if self._breakers.refuse(self._key, self._model, error):
                self._record(error, None)
        elif isinstance(error, QuotaExhausted):
            seconds = self._until_reset(error)
            # Without the ledger it is at least open here.
            with suppress(LedgerUnavailable):
                self._ledger.trip(self._key, type(error).__name__, seconds)
            self._breakers.open(self._key, self._clock.monotonic() + seconds)
            self._record(error, seconds)

    def _until_reset(self, error: QuotaExhausted) -> float:
        """A quota of the day comes back with the day, whatever is said of the next try beside it."""
        if self._shape.quota_is_daily:
            return self._shape.seconds_to_midnight(self._clock.now().timestamp())
        return self._quota_seconds if error.retry_after is None else error.retry_after

    def _record(self, error: LLMError, seconds: float | None) -> None:
        self._observer.record(
            BreakerOpened(provider=self._key.provider, model=self._model, error=type(error).__name__, seconds=seconds)
        )

    @property
    def _who(self) -> str:
        return f"{self._key.provider}/{self._model}"
