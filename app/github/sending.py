"""A request in, GitHub's answer out: repeated, waited for, paced and spared where that is right.

PyGithub alone repeats writes after a 5xx and sleeps for up to an hour without a word, so its retries are off and this
file decides: reads are repeated, writes are not unless they come to the same, a rate limit is waited out with a word to
the user, or reported, and a token that is not accepted is renewed once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from app.errors import GitHubRateLimited, GitHubUnreachable
from app.github.addresses import ApiAddress
from app.github.answers import Answer, refusal, requested_wait, reset_wait
from app.github.etags import EtagCache, Kept
from app.github.pacing import Pacer
from app.github.transport import Access, Transport, server_of

JSON_TYPE = "application/vnd.github+json"

_BACKOFF_SECONDS = (0.5, 1.0, 2.0)
_PASSING = frozenset({500, 502, 503, 504})
_MOST_WAITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request.

    Attributes:
        method: ``GET``, ``POST``, ``PATCH`` or ``DELETE``.
        path: Below the API's address, or the address of GraphQL.
        about: What is read or written, for people.
        parameters: Of the query.
        accept: The media type asked for.
        body: Sent as JSON.
        repeatable: Whether sending it twice comes to the same as once.
        writes: Whether it changes something, and so has to be paced.
    """

    method: str
    path: str
    about: str
    parameters: Mapping[str, Any] | None = None
    accept: str = JSON_TYPE
    body: Mapping[str, Any] | None = None
    repeatable: bool
    writes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How requests are sent.

    Attributes:
        notify: Called with one line for the user before a wait.
        now: Seconds since the epoch.
        sleep: Takes seconds.
        pacer: Says when the next write may go.
        guard: Called just before a write is sent; raises where it must not be.
        etags: Earlier answers, if they are kept.
        scope: What their names begin with.
    """

    notify: Callable[[str], None]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    pacer: Pacer
    guard: Callable[[], None]
    etags: EtagCache | None
    scope: str


class Sender:
    """Sends requests to one GitHub; not to be shared between threads, because PyGithub is not.

    Args:
        access: Under which token.
        address: Which GitHub.
        manners: How.
        longest_wait: Seconds that are spent at most on waiting for rate limits, in sum.

    Attributes:
        ahead: Seconds by which GitHub's clock was ahead of ours at the last answer.
    """

    def __init__(self, access: Access, address: ApiAddress, manners: Manners, *, longest_wait: float) -> None:
        self._access, self._address, self._manners = access, address, manners
        self._patience = longest_wait
        self.ahead = 0.0
        self._transport = Transport(access, address.rest)
        one_server = server_of(address.graphql) == server_of(address.rest)
        self._graphql_transport = self._transport if one_server else Transport(access, address.graphql)

    def send(self, asked: Asked) -> Answer:
        """The answer, whose status is 200 to 299.

        Raises:
            GitHubError: One of its subclasses.
        """
        failures, waits, renewed = 0, 0, False
        while True:
            repeat = asked.repeatable and failures < len(_BACKOFF_SECONDS)
            try:
                answer = self._exchange(asked)
            except GitHubUnreachable:
                if not repeat:
                    raise
                self._manners.sleep(_BACKOFF_SECONDS[failures])
                failures += 1
                continue
            wait = self._wanted_wait(asked, answer)
            if wait is not None:
                waits += 1
                self._wait(wait, answer, hopeless=waits > _MOST_WAITS)
            elif answer.status in _PASSING and repeat:
                self._manners.sleep(_BACKOFF_SECONDS[failures])
                failures += 1
            elif answer.status == HTTPStatus.UNAUTHORIZED and not renewed and self._access.renew():
                renewed = True
            elif error := refusal(
                answer, about=asked.about, with_token=self._access.with_token, as_app=self._access.as_app
            ):
                raise error
            else:
                return answer

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
        self._graphql_transport.close()

    def _exchange(self, asked: Asked) -> Answer:
        if asked.writes:
            self._pace()
        name = (
            f"{self._manners.scope} {asked.accept} {asked.path}?{urlencode(sorted((asked.parameters or {}).items()))}"
        )
        etags = self._manners.etags if asked.method == "GET" else None
        kept = etags.get(name) if etags is not None else None
        transport = self._graphql_transport if asked.path == self._address.graphql else self._transport
        answer = transport.exchange(
            asked.method,
            asked.path,
            parameters=asked.parameters,
            accept=asked.accept,
            body=asked.body,
            tag=kept.tag if kept else "",
        )
        self._compare_clocks(answer)
        if kept is not None and answer.status == HTTPStatus.NOT_MODIFIED:
            links = {"link": kept.link} if kept.link else {}
            return Answer(HTTPStatus.OK, {**answer.headers, "content-type": kept.kind, **links}, kept.text)
        if etags is not None and answer.status == HTTPStatus.OK and (tag := answer.headers.get("etag")):
            kind, link = answer.headers.get("content-type", ""), answer.headers.get("link", "")
            etags.put(name, Kept(tag=tag, text=answer.text, kind=kind, link=link))
        return answer

    def _pace(self) -> None:
        pause = self._manners.pacer.pause()
        if pause > self._patience:
            raise GitHubRateLimited(
                f"GitHub asks this installation not to write for {pause:.0f} s; run again after that", wait=pause
            )
        if pause > 0:
            self._manners.sleep(pause)
        self._manners.guard()

    def _wanted_wait(self, asked: Asked, answer: Answer) -> float | None:
        now = self._manners.now()
        wait = _graphql_wait(answer, now) if asked.path == self._address.graphql else None
        return requested_wait(answer, now) if wait is None else wait

    def _wait(self, seconds: float, answer: Answer, *, hopeless: bool) -> None:
        self._manners.pacer.hold(seconds)
        kind = "rate limit" if answer.headers.get("x-ratelimit-remaining") == "0" else "secondary rate limit"
        until = datetime.fromtimestamp(self._manners.now() + seconds, UTC).strftime("%H:%M:%S UTC")
        if hopeless or seconds > self._patience:
            raise GitHubRateLimited(
                f"GitHub's {kind} is used up until {until} ({seconds:.0f} s); run again after that, or use a token "
                "with a higher limit",
                status=answer.status,
                wait=seconds,
            )
        self._patience -= seconds
        self._manners.notify(f"GitHub's {kind} is used up; waiting {seconds:.0f} s, until {until}")
        self._manners.sleep(seconds)

    def _compare_clocks(self, answer: Answer) -> None:
        try:
            theirs = parsedate_to_datetime(answer.headers["date"]).timestamp()
        except (KeyError, ValueError):
            return
        self.ahead = theirs - self._manners.now()


def _graphql_wait(answer: Answer, now: float) -> float | None:
    """A used-up GraphQL limit is a 200 with an error of type RATE_LIMITED."""
    if answer.status != HTTPStatus.OK or "RATE_LIMITED" not in answer.text:
        return None
    errors = answer.json().get("errors") or ()
    return reset_wait(answer, now) if any(error.get("type") == "RATE_LIMITED" for error in errors) else None
