"""How to ask comes in, the server's answer and the way of asking that it took go out, all within one deadline."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from llm_runtime.clock import Clock
from llm_runtime.errors import BadRequest, LLMError, TimedOut
from llm_runtime.messages import Request
from llm_runtime.providers.deadlines import SYSTEM, within
from llm_runtime.providers.failures import Address, failure

Form = TypeVar("Form", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Reply:
    """A 200 as it came."""

    body: str
    headers: Mapping[str, str]


class Rejected(Exception):
    """Inside a provider: the server answered with an error status.

    Attributes:
        error: What that means.
        said: The body of the answer.
        parameter: The parameter that it names in a place of its own, or None.
        model_unknown: It says by a code that it has no such model. A 404 alone may be about the address.
    """

    def __init__(
        self, error: LLMError, *, said: str, parameter: str | None = None, model_unknown: bool = False
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.said = said
        self.parameter = parameter
        self.model_unknown = model_unknown


def ask(
    form: Form,
    send: Callable[[Form, float], Reply],
    plainer: Callable[[Form, Rejected], Iterable[Form]],
    *,
    seconds: float,
    address: Address,
    clock: Clock = SYSTEM,
) -> tuple[Form, Reply]:
    """Ask once; once more in a plainer form where the server refuses one of our optional parameters.

    Args:
        form: How to ask first.
        send: Asks in a form and has so many seconds for it.
        plainer: Forms to try after a refusal, the likeliest first. None is tried twice.
        seconds: For all of it.
        address: Whom we ask.
        clock: Measures the time.

    Returns:
        The form that was taken, to be remembered so that the next question costs no detour, and the answer.

    Raises:
        LLMError: What ``send`` raises, or ``TimedOut`` where no time is left to ask.
    """
    tried: set[Form] = set()
    with within(seconds, clock) as deadline:
        while (left := deadline.left()) > 0:
            tried.add(form)
            try:
                return form, send(form, left)
            except Rejected as rejected:
                others = plainer(form, rejected) if isinstance(rejected.error, BadRequest) else ()
                untried = [other for other in others if other not in tried]
                if not untried:
                    raise rejected.error from rejected.__cause__
                form = untried[0]
    raise failure(TimedOut, address)


def seconds_for(request: Request, timeout: float) -> float:
    """What an answer may take: the provider's own timeout or the request's, whichever is shorter."""
    return timeout if request.timeout_seconds is None else min(timeout, request.timeout_seconds)
