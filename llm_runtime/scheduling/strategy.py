"""The port of a scheduling strategy: when a call may be sent, and what follows from its failure. It knows no LLM."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from llm_runtime.errors import LLMError
from llm_runtime.feedback import RateLimitFeedback
from llm_runtime.messages import Usage
from llm_runtime.scheduling.backoff import Decision, History
from llm_runtime.scheduling.ledger import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a call will probably take.

    Attributes:
        input_tokens: Tokens in.
        output_tokens: Tokens out, as they will probably be, not as many as they may be.
        output_limit: Tokens out at most; what vendors count that do not wait for the answer.
    """

    input_tokens: int
    output_tokens: int
    output_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Room for one call that may be sent now.

    Attributes:
        ask: What was granted.
        place: Its place in the order of arrival; a repetition of the call keeps it.
        output_limit: Tokens of output that the call may produce at most.
        waited_seconds: How long it took to get it.
    """

    ask: Ask
    place: int
    output_limit: int = 0
    waited_seconds: float = 0.0


Ready = Callable[[], bool]
"""Whether another model would be asked instead; asked only when it matters, because the answer may cost something."""


def never() -> bool:
    """There is no other model."""
    return False


class SchedulingStrategy(ABC):
    """Decides when a call is sent and whether it is sent again; shared by all threads that ask one model."""

    @abstractmethod
    def reserve(
        self, estimate: Estimate, *, deadline: float, place: int | None = None, fallback_ready: Ready = never
    ) -> Reservation:
        """Wait for room.

        Args:
            estimate: What the call will take.
            deadline: When the whole call must have ended, in seconds on the strategy's clock.
            place: Its place in the order of arrival, where it repeats an earlier call.
            fallback_ready: Whether another model would be asked instead.

        Raises:
            WouldWaitTooLong: There will be no room within the strategy's patience; nobody has slept beyond it.
            RequestTooLarge: There will never be room.
            CircuitOpen: The model is known not to answer.
            Cancelled: Nobody wants the answer any more.
        """

    @abstractmethod
    def settle(self, reservation: Reservation, usage: Usage | None, feedback: RateLimitFeedback | None) -> None:
        """The call was answered; ``usage`` is None where the provider did not count."""

    @abstractmethod
    def failed(self, reservation: Reservation, error: LLMError) -> None:
        """The call failed; what it took is settled or given back as the error says."""

    @abstractmethod
    def release(self, reservation: Reservation) -> None:
        """The call was not sent."""

    @abstractmethod
    def should_retry_after_error(self, error: LLMError, history: History, *, fallback_ready: Ready = never) -> Decision:
        """What to do after a failure.

        Args:
            error: What the last attempt failed with.
            history: All attempts, this one included.
            fallback_ready: Whether another model would be asked instead.
        """

    @abstractmethod
    def pause(self, seconds: float, *, final: bool) -> None:
        """Wait between two attempts; ``final`` before the last one.

        Raises:
            Cancelled: Nobody wants the answer any more.
        """

    @abstractmethod
    def available(self) -> bool:
        """Whether the circuit breaker is closed, as far as this process knows, without asking anybody."""
