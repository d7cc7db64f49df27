"""Two ways to ask a server for its models come in; silence goes out where it has ours, a typed error where not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from llm_runtime.clock import Clock
from llm_runtime.errors import LLMError, ModelNotFound, ServerFailed, TimedOut
from llm_runtime.providers.answers import understood
from llm_runtime.providers.asking import Rejected, Reply
from llm_runtime.providers.deadlines import SYSTEM, Deadline, within
from llm_runtime.providers.failures import Address, failure

VERIFIED_WITHIN_SECONDS = 10.0

# No such address, not with GET, not implemented (which Python's own server answers to a GET it does not have).
_NOT_OFFERED = frozenset({404, 405, 501})


def verify(
    describe: Callable[[float], None],
    names: Callable[[float], Collection[str]],
    *,
    timeout: float,
    address: Address,
    clock: Clock = SYSTEM,
) -> None:
    """Ask for the model; where the server does not describe single models, look for it in the list of all.

    Args:
        describe: Asks for the one model and has so many seconds for it. ``Rejected`` leaves it to the list where it
            is no more than a missing address, or a 200 that is no description.
        names: Asks for the names of all models and has so many seconds for it.
        timeout: Seconds for both together, if less than ``VERIFIED_WITHIN_SECONDS``.
        address: Whom we ask.
        clock: Measures the time.

    Raises:
        ModelNotFound: The server has other models, or says that it does not have this one.
        LLMError: What the two raise. A server that has neither address leaves the question open, which is no error.
    """
    with within(min(timeout, VERIFIED_WITHIN_SECONDS), clock) as deadline:
        try:
            describe(deadline.left())
        except Rejected as rejected:
            believed = _believed(rejected)
            known = _names(names, deadline, believed, address)
            if known is not None and not {address.model, f"{address.model}:latest"} & set(known):
                raise failure(ModelNotFound, address, status=rejected.error.status, known=known) from rejected


def description(reply: Reply, address: Address) -> Mapping[str, Any]:
    """The entry of a model that a 200 holds.

    Raises:
        Rejected: It holds something else; LM Studio for one answers 200 to addresses that it does not have.
    """
    try:
        return understood(reply.body, _entry, address)
    except ServerFailed as error:
        raise Rejected(error, said=reply.body) from error


def names_in(answer: Any) -> tuple[str, ...]:
    """The names in a list of models, which stands under ``data`` or, with some servers, alone."""
    return tuple(str(_entry(entry)["id"]) for entry in (answer if isinstance(answer, list) else answer["data"]) or ())


def _entry(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(answer["id"], str):
        raise TypeError("id")
    return answer


def _believed(rejected: Rejected) -> LLMError | None:
    """What is true unless the list says otherwise; None where the server has said nothing of the model."""
    status = rejected.error.status
    if status is None or rejected.model_unknown:
        return rejected.error
    if status in _NOT_OFFERED:
        return None
    raise rejected.error from rejected.__cause__


def _names(
    names: Callable[[float], Collection[str]], deadline: Deadline, believed: LLMError | None, address: Address
) -> Collection[str] | None:
    """The models that the server has; None where it keeps no list."""
    try:
        if (left := deadline.left()) <= 0:
            raise failure(TimedOut, address)
        return names(left)
    except Rejected as rejected:
        if believed is None and rejected.error.status in _NOT_OFFERED:
            return None
        raise (believed or rejected.error) from rejected.__cause__
    except LLMError as error:
        if believed is None:
            raise
        raise believed from error
