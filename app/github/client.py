"""Requests to GitHub in, data out: PyGithub's transport, with retries, waits and pacing that can be trusted.

PyGithub alone repeats writes after a 5xx and sleeps for up to an hour without a word, so its retries are off and this
file decides: reads are repeated, writes are not, a rate limit is waited out with a word to the user, or reported.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from app.errors import (
    GitHubError,
    GitHubRateLimited,
    GitHubUnreachable,
    GraphQLRefused,
    NotGitHub,
    WrongToken,
)
from app.github.addresses import ApiAddress, api_address
from app.github.answers import Answer, refusal, requested_wait, reset_wait
from app.github.transport import PAGE_SIZE, Transport, server_of

JSON_TYPE = "application/vnd.github+json"
DIFF_TYPE = "application/vnd.github.diff"

_BACKOFF_SECONDS = (0.5, 1.0, 2.0)
_PASSING = frozenset({500, 502, 503, 504})
_LONGEST_WAIT_SECONDS = 300.0
_MOST_WAITS = 5
# docs.github.com/en/rest/using-the-rest-api/best-practices: at least one second between writes. A run has two or
# three, and a burst of that size is far from the secondary limits.
_FREE_WRITES = 3
_SECONDS_BETWEEN_WRITES = 1.0


class GitHubClient:
    """One connection to one GitHub under one token; not to be shared between threads, because PyGithub is not.

    Args:
        token: Any kind of token, or None for what everybody may read.
        address: Which GitHub.
        notify: Called with one line for the user before a wait.
        now: Seconds since the epoch.
        sleep: Takes seconds.
        longest_wait: Seconds that this client spends at most on waiting for rate limits, in sum.
    """

    def __init__(
        self,
        token: str | None,
        address: ApiAddress | None = None,
        *,
        notify: Callable[[str], None] = lambda _: None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        longest_wait: float = _LONGEST_WAIT_SECONDS,
    ) -> None:
        self.address = address or api_address()
        self._notify, self._now, self._sleep = notify, now, sleep
        self._patience = longest_wait
        self._writes = 0
        self._last_write = 0.0
        self._transport = Transport(token, self.address.rest)
        one_server = server_of(self.address.graphql) == server_of(self.address.rest)
        self._graphql_transport = self._transport if one_server else Transport(token, self.address.graphql)
        self._graphql_refused = not self._transport.with_token  # GraphQL answers nobody without a token

    def get(self, path: str, *, about: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The data at a path below the API's address.

        Raises:
            GitHubError: One of its subclasses, after reads were repeated where that could help.
        """
        return self._send("GET", path, about=about, parameters=parameters).json()

    def get_diff(self, path: str, *, about: str) -> str:
        """A pull request or a comparison as the text of a unified diff.

        Raises:
            GitHubError: One of its subclasses; GitHub answers 406 where the diff is too large.
        """
        answer = self._send("GET", path, about=about, accept=DIFF_TYPE)
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/") and "charset" not in kind:
            # requests reads text without a charset as ISO-8859-1, as old HTTP said; diffs are UTF-8.
            return answer.text.encode("latin-1", "replace").decode("utf-8", "replace")
        return answer.text

    def pages(self, path: str, *, about: str, most: int) -> Iterator[Any]:
        """Every entry of a list, fetched page by page as they are asked for, ``most`` of them at the most.

        Pages are counted, not followed, so that the addresses in an answer need not be ours (a proxy's are not).
        """
        for page in range(1, -(-most // PAGE_SIZE) + 1):
            answer = self._send("GET", path, about=about, parameters={"per_page": PAGE_SIZE, "page": page})
            entries = answer.json()
            if not isinstance(entries, list):
                raise NotGitHub(f"{about} is no list at {self.address.rest}; check GITHUB_API_URL")
            yield from entries
            more = answer.has_next_page
            if not entries or more is False or (more is None and len(entries) < PAGE_SIZE):
                return

    def write(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, about: str) -> Any:
        """Send a POST, PATCH or DELETE once, after a pause where writes come quickly; returns the answer's data.

        It is sent again only after a rate limit, which says that nothing was done.

        Raises:
            GitHubError: One of its subclasses. After ``GitHubFailed`` and ``GitHubUnreachable`` the write may have
                happened: look before sending it again.
        """
        answer = self._send(method, path, about=about, body=body)
        return answer.json() if answer.text.strip() else None

    def graphql(self, query: str, variables: Mapping[str, Any], *, about: str) -> Any:
        """The ``data`` of a query that only reads.

        Raises:
            GraphQLRefused: It was answered with errors, or not at all, now or earlier in this client's life: read by
                REST instead.
            WrongToken: The token is not accepted.
            GitHubRateLimited: GitHub asks to wait too long.
        """
        if self._graphql_refused:
            raise GraphQLRefused(f"GraphQL does not answer at {self.address.graphql}")
        try:
            answer = self._send(
                "POST",
                self.address.graphql,
                about=about,
                body={"query": query, "variables": dict(variables)},
                reads=True,
            )
            return _graphql_data(answer.json())
        except (WrongToken, GitHubRateLimited):
            raise
        except GitHubError as error:
            self._graphql_refused = True
            raise GraphQLRefused(f"GraphQL does not answer at {self.address.graphql}: {error}") from error

    def distrust_graphql(self) -> None:
        """Ask it no more: what it answered is not what GitHub's schema promises."""
        self._graphql_refused = True

    @property
    def rest_alone(self) -> bool:
        """Whether GraphQL, which says of every text whether its reader wrote it, was asked for and did not answer."""
        return self._graphql_refused and self._transport.with_token

    def digest(self, text: str) -> str:
        """A digest of a text that only a holder of the token can make."""
        return self._transport.digest(text)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
        self._graphql_transport.close()

    def pause(self, seconds: float) -> None:
        """Let GitHub's own replicas catch up before looking for what was just written."""
        self._sleep(seconds)

    def _send(
        self,
        method: str,
        path: str,
        *,
        about: str,
        parameters: Mapping[str, Any] | None = None,
        accept: str = JSON_TYPE,
        body: Mapping[str, Any] | None = None,
        reads: bool = False,
    ) -> Answer:
        reads = reads or method == "GET"
        transport = self._graphql_transport if path == self.address.graphql else self._transport
        failures, waits = 0, 0
        while True:
            if not reads:
                self._pace()
            repeat = reads and failures < len(_BACKOFF_SECONDS)
            try:
                answer = transport.exchange(method, path, parameters=parameters, accept=accept, body=body)
            except GitHubUnreachable:
                if not repeat:
                    raise
                self._sleep(_BACKOFF_SECONDS[failures])
                failures += 1
                continue
            wait = _graphql_wait(answer, self._now()) if path == self.address.graphql else None
            wait = requested_wait(answer, self._now()) if wait is None else wait
            if wait is not None:
                waits += 1
                self._wait(wait, answer, hopeless=waits > _MOST_WAITS)
            elif answer.status in _PASSING and repeat:
                self._sleep(_BACKOFF_SECONDS[failures])
                failures += 1
            elif error := refusal(answer, about=about, with_token=transport.with_token):
                raise error
            else:
                return answer

    def _pace(self) -> None:
        self._writes += 1
        if self._writes > _FREE_WRITES:
            pause = self._last_write + _SECONDS_BETWEEN_WRITES - self._now()
            if pause > 0:
                self._sleep(pause)
        self._last_write = self._now()

    def _wait(self, seconds: float, answer: Answer, *, hopeless: bool) -> None:
        kind = "rate limit" if answer.headers.get("x-ratelimit-remaining") == "0" else "secondary rate limit"
        until = datetime.fromtimestamp(self._now() + seconds, UTC).strftime("%H:%M:%S UTC")
        if hopeless or seconds > self._patience:
            raise GitHubRateLimited(
                f"GitHub's {kind} is used up until {until} ({seconds:.0f} s); run again after that, or use a token "
                "with a higher limit",
                status=answer.status,
                wait=seconds,
            )
        self._patience -= seconds
        self._notify(f"GitHub's {kind} is used up; waiting {seconds:.0f} s, until {until}")
        self._sleep(seconds)


def _graphql_wait(answer: Answer, now: float) -> float | None:
    """A used-up GraphQL limit is a 200 with an error of type RATE_LIMITED."""
    if answer.status != HTTPStatus.OK or "RATE_LIMITED" not in answer.text:
        return None
    errors = answer.json().get("errors") or ()
    return reset_wait(answer, now) if any(error.get("type") == "RATE_LIMITED" for error in errors) else None


def _graphql_data(body: Any) -> Any:
    if not isinstance(body, dict) or body.get("errors") or not isinstance(body.get("data"), dict):
        errors = body.get("errors") if isinstance(body, dict) else None
        kinds = sorted({str(error.get("type")) for error in errors or () if isinstance(error, dict)})
        raise GraphQLRefused(f"the query was refused ({', '.join(kinds) or 'no data'})")
    return body["data"]
