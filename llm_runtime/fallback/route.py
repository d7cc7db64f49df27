"""The fallbacks of one request: which are left, which of them may be asked, and which comes next."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus

from llm_runtime.context.strategy import ContextStrategy
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.errors import AuthenticationFailed, LedgerUnavailable, LLMError
from llm_runtime.fallback.strategy import Failure, FallbackStrategy
from llm_runtime.llm import Scheduled
from llm_runtime.messages import Request
from llm_runtime.tokens import estimate_request

_NO_TIME = "there was no time left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a model must meet to be asked for a request.

    Attributes:
        context: Whether its window takes the request.
        calculator: Knows what it may cost.
        affordable: Whether so many dollars are left; None where nothing caps the cost.
    """

    context: ContextStrategy
    calculator: CostCalculator
    affordable: Callable[[Decimal], bool] | None = None

    def obstacle(self, llm: Scheduled, request: Request, plain_tokens: Callable[[], int]) -> str:
        """Why it is not to be asked; empty if it is.

        Args:
            llm: Whom to ask.
            request: What.
            plain_tokens: Counts the request without regard to a model; called only where a price is needed.

        Raises:
            LedgerUnavailable: Nobody knows what is left of the money.
        """
        if not llm.available():
            return "its circuit breaker is open"
        fit = self.context.check_fits(request, llm.spec)
        if not fit.fits:
            return f"about {fit.estimated:,} tokens do not fit its window, which takes {fit.maximum:,} beside an answer"
        if self.affordable is None:
            return ""
        # As much as will be set aside for the call: what the model was seen to count, but no less than characters tell.
        cost = self.calculator.estimate(llm.spec, request, max(fit.estimated, plain_tokens()))
        if cost is None:
            return "no price is known, so the cap on the cost could not be kept"
        return "" if self.affordable(cost) else f"it may cost ${cost:.4f}, more than is left"


class Route:
    """The way of one request from model to model; made for that request, and used by its thread alone."""

    def __init__(
        self, request: Request, fallbacks: Sequence[Scheduled], strategy: FallbackStrategy, conditions: Conditions
    ) -> None:
        self._request = request
        self._left = list(fallbacks)
        self._strategy = strategy
        self._conditions = conditions
        self._obstacles: dict[str, str] = {}
        self._left_out: list[tuple[str, str]] = []
        # Counting a long text takes milliseconds, and every candidate's price is asked for after every failure.
        self._plain_tokens = functools.cache(lambda: estimate_request(request))

    def ready(self) -> bool:
        """Whether a model is left that may be asked at this moment."""
        try:
            return any(not self._obstacle(llm) for llm in self._left)
        except LedgerUnavailable:
            # Who does not know what money there is promises nothing; whoever pays for the next call raises it.
            return False

    def after(self, failure: Failure) -> Scheduled | None:
        """The model to ask next, or None.

        Raises:
            LedgerUnavailable: Nobody knows what is left of the money.
            ValueError: The strategy named a model that it was not offered.
        """
        if _key_refused(failure.error):
            provider = failure.spec.provider
            self._leave_out(
                [llm for llm in self._left if llm.spec.provider == provider], "its provider refused the key"
            )
        offered = self._offered()
        ordered = self._strategy.order(failure, tuple(llm.spec for llm in offered))
        for spec in ordered:
            if all(spec != llm.spec for llm in offered):
                raise ValueError(f"{type(self._strategy).__name__} named {spec.id}, which it was not offered")
        self._leave_out([llm for llm in offered if llm.spec not in ordered], "the fallback strategy left it out")
        if not ordered:
            return None
        chosen = next(llm for llm in offered if llm.spec == ordered[0])
        self._left.remove(chosen)
        return chosen

    def passed_over(self) -> tuple[str, ...]:
        """One line for each model that was never asked, with the reason."""
        left = [(llm.spec.id, self._obstacles.get(llm.spec.id, _NO_TIME)) for llm in self._left]
        return tuple(f"{model} was not asked: {reason}" for model, reason in (*self._left_out, *left))

    def _obstacle(self, llm: Scheduled) -> str:
        return self._conditions.obstacle(llm, self._request, self._plain_tokens)

    def _offered(self) -> list[Scheduled]:
        """Those without an obstacle, and of them, if there is a schema to keep, those that can be held to one.

        A model without such a mode is told the schema in words, which is better than no answer: where no other is
        left, it is offered.
        """
        obstacles = [self._obstacle(llm) for llm in self._left]
        self._obstacles = {llm.spec.id: why for llm, why in zip(self._left, obstacles, strict=True) if why}
        able = [llm for llm, why in zip(self._left, obstacles, strict=True) if not why]
        if self._request.schema is None:
            return able
        return [llm for llm in able if llm.spec.json_schema] or able

    def _leave_out(self, llms: Sequence[Scheduled], reason: str) -> None:
        self._left_out += [(llm.spec.id, reason) for llm in llms]
        self._left = [llm for llm in self._left if llm not in llms]


def _key_refused(error: LLMError) -> bool:
    """Whether the provider does not take the key at all; a key that may not use one model may well use another."""
    return isinstance(error, AuthenticationFailed) and error.status != HTTPStatus.FORBIDDEN
