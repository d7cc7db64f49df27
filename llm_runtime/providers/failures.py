"""What a failed call was comes in, one of our errors goes out, with a line that names the cure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from llm_runtime.catalog import similar
from llm_runtime.errors import (
    AuthenticationFailed,
    BadRequest,
    ConnectionFailed,
    ContextTooLong,
    LLMError,
    ModelNotFound,
    ModelUnavailable,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    Refused,
    ServerFailed,
    TimedOut,
)
from llm_runtime.feedback import RateLimitFeedback
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request
from llm_runtime.providers.loading import load
from llm_runtime.tokens import estimate_request

_SAID_AT_MOST = 200
_SIZE_FROM = 1_000
_WORTH_NOTING_FROM = 100
_CLIENT_ERRORS = range(400, 500)

_BY_STATUS: Mapping[int, type[LLMError]] = {
    401: AuthenticationFailed,
    402: QuotaExhausted,
    403: AuthenticationFailed,
    404: ModelNotFound,
    408: TimedOut,
    413: ContextTooLong,
    429: RateLimited,
    499: TimedOut,
    503: Overloaded,
    504: TimedOut,
    529: Overloaded,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Whom a provider speaks for, as its error messages need it.

    Attributes:
        provider: Key in ``PROVIDERS``.
        model: The model's name.
        key_variable: Where people put the key.
        base_url_variable: Where people put another address.
        secret: The key itself, so that it can be struck out of whatever a server says.
    """

    provider: str
    model: str
    key_variable: str
    base_url_variable: str
    secret: str = field(repr=False)

    @property
    def who(self) -> str:
        """Provider and model in one word."""
        return f"{self.provider}/{self.model}"


def by_status(status: int) -> type[LLMError]:
    """The error that an HTTP status stands for where the provider says nothing more precise.

    408 and 504 are the server's own timeouts, 402 is billing, 413 a request larger than any window, 499 a proxy that
    gave up; 503 and 529 ask to come back later. A status that is no error at all (a redirect that leads nowhere) is
    the server's failure.
    """
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return BadRequest if status in _CLIENT_ERRORS else ServerFailed


def failure(
    kind: type[LLMError],
    address: Address,
    *,
    status: int | None = None,
    retry_after: float | None = None,
    said: str = "",
    cause: str = "",
    feedback: RateLimitFeedback | None = None,
    known: Collection[str] | None = None,
) -> LLMError:
    """An error of that kind whose message is one line with the cure.

    Args:
        kind: What happened.
        address: Whom we asked.
        status: HTTP status of the answer, if there was one.
        retry_after: Seconds the provider asks to wait.
        said: The provider's own words. They are used for people only, shortened and without secrets, and not at all
            where providers are known to echo the key (401, 403).
        cause: Our own words for what broke, for connection failures.
        feedback: What the answer said of the rate limits.
        known: The models that the server has, where it said so; None for those of our own catalogue.
    """
    words = {"provider": address.provider, "model": address.model, "status": status}
    message = f"{address.who}: {_cure(kind, address, retry_after, cause, known)}"
    if status is not None:
        message += f" (status {status})"
    if said and kind is not AuthenticationFailed:
        message += f": {_sanitised(said, address.secret)}"
    error = (
        kind(message, retry_after=retry_after, **words)  # type: ignore[arg-type] # one dict for both shapes
        if issubclass(kind, ModelUnavailable)
        else kind(message, **words)  # type: ignore[arg-type] # one dict for both shapes
    )
    error.feedback = feedback
    return error


def disconnected(address: Address, cause: BaseException | None) -> LLMError:
    """The error for a connection that failed.

    Args:
        address: Whom we asked.
        cause: What the HTTP library said of it.
    """
    error = failure(ConnectionFailed, address)
    if isinstance(error, ConnectionFailed):
        error.sent = not isinstance(cause, load("httpx2").ConnectError)
    return error


def is_too_long(said: str, request: Request | None, spec: ModelSpec) -> bool:
    """Whether a 400 without a telling code means that the request is longer than the window.

    Anthropic and Gemini (and vLLM) answer such a request with the same type as any other bad request and tell the
    difference in words alone. Words change; what every form of that answer has in common are the sizes: how much was
    sent and how much is allowed. So either our own estimate is beyond the window, or the message compares two
    different large numbers. Our own output limit is not counted: where it is the only number that is measured
    against another, the answer is about that limit. Where nothing was asked of the model (None), nothing is too long.
    """
    if request is None:
        return False
    if estimate_request(request) + min(request.max_output_tokens, spec.max_output_tokens) > spec.context_window:
        return True
    numbers = {int(text.replace(",", "")) for text in re.findall(r"(?<![\w.,-])\d[\d,]*(?![\w-])", said)}
    sizes = {number for number in numbers if number >= _WORTH_NOTING_FROM} - {request.max_output_tokens}
    return len(sizes) > 1 and max(sizes) >= _SIZE_FROM


def _cure(kind: type[LLMError], address: Address, wait: float | None, cause: str, known: Collection[str] | None) -> str:
    cures: Mapping[type[LLMError], str] = {
        RateLimited: "too many requests or tokens at once; try again "
        + ("later" if wait is None else f"in {wait:g} s"),
        Overloaded: "no capacity at the moment; try again later or take another model",
        ServerFailed: "the provider failed; try again later, or check "
        f"{address.base_url_variable} if you set it{cause and f' ({cause})'}",
        QuotaExhausted: f"credit or quota is used up; check the billing of the account behind {address.key_variable}",
        TimedOut: "no answer in time; try again, or take a faster model",
        ConnectionFailed: "no connection, or it broke in the middle; check the network and "
        f"{address.base_url_variable}",
        AuthenticationFailed: f"the key is refused, or may not use this model; check {address.key_variable}",
        ModelNotFound: f"no such model here; {_guess(address, known)}check its name, "
        f"and {address.base_url_variable} if you set it",
        ContextTooLong: "the request is longer than the model's window; review less at once or take a larger model",
        Refused: "a filter of the provider refused the request; another provider's model may answer",
    }
    return cures.get(kind, "the request was refused as it is; if the model is new, try another one")


def _guess(address: Address, known: Collection[str] | None) -> str:
    if known is None:
        name = similar(address.provider, address.model)
    else:
        name = next(iter(difflib.get_close_matches(address.model, known, n=1)), None)
    return f"did you mean {address.provider}/{name}? Else " if name else ""


def _sanitised(said: str, secret: str) -> str:
    line = " ".join((said.strip().splitlines() or [""])[0].split())
    if secret:
        line = line.replace(secret, "***")
    line = re.sub(r"\b(?:sk|pk|rk|AIza|AQ|gh[a-z]|github_pat)[-_.][\w*.-]{6,}|\bAIza[\w*-]{6,}", "***", line)
    line = re.sub(r"([\"'`])(?:(?!\1).){40,}\1", "…", line)
    line = "".join(character for character in line if character.isprintable())
    return line if len(line) <= _SAID_AT_MOST else line[: _SAID_AT_MOST - 1] + "…"
