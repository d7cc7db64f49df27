"""Requests to GitHub in, data out, by REST and by GraphQL."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.errors import GitHubError, GitHubRateLimited, GraphQLRefused, NotGitHub, NotPermitted, NotVisible, WrongToken
from app.github.addresses import ApiAddress, api_address
from app.github.answers import Answer
from app.github.etags import EtagCache
from app.github.pacing import MemoryPacer, Pacer
from app.github.sending import JSON_TYPE, Asked, Manners, Sender
from app.github.transport import PAGE_SIZE, Access

DIFF_TYPE = "application/vnd.github.diff"

_LONGEST_WAIT_SECONDS = 300.0


class GitHubClient:
    """One connection to one GitHub under one token; not to be shared between threads, because PyGithub is not.

    Args:
        token: Any kind of token, or what gives the one of the moment; None for what everybody may read.
        address: Which GitHub.
        notify: Called with one line for the user before a wait.
        now: Seconds since the epoch.
        sleep: Takes seconds.
        longest_wait: Seconds that this client spends at most on waiting for rate limits, in sum.
        renew: Gives another token, after GitHub did not accept the last one.
        bearer: Whether the token is the JWT of an App.
        pacer: Says when the next write may go; by default this client paces itself alone.
        guard: Called just before a write is sent, after its pause; raises where it must not be sent any more.
        etags: Keeps answers, so that GitHub need not repeat them.
        scope: Whose view of GitHub this is, for the names of kept answers: installation and repository.
        login: Our own account, where it is known; an App cannot ask for it.
        secret: What seals are made with, where tokens change; by default it is the token.
        lacking: Told of a permission that the token does not have, and of GitHub's refusal, where the work goes on
            without it; None where a refusal ends the work.
    """

    def __init__(
        self,
        token: str | Callable[[], str] | None,
        address: ApiAddress | None = None,
        *,
        notify: Callable[[str], None] = lambda _: None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        longest_wait: float = _LONGEST_WAIT_SECONDS,
        renew: Callable[[], str] | None = None,
        bearer: bool = False,
        pacer: Pacer | None = None,
        guard: Callable[[], None] = lambda: None,
        etags: EtagCache | None = None,
        scope: str = "",
        login: str | Callable[[], str] | None = None,
        secret: bytes | None = None,
        lacking: Callable[[str, str], None] | None = None,
    ) -> None:
        self.lacking = lacking
        self.address = address or api_address()
        self._login = login
        self._sleep = sleep
        self._secret = secret
        self._pacer = pacer or MemoryPacer(now)
        self._access = Access(token, renew, bearer=bearer)
        manners = Manners(notify=notify, now=now, sleep=sleep, pacer=self._pacer, guard=guard, etags=etags, scope=scope)
        self._sender = Sender(self._access, self.address, manners, longest_wait=longest_wait)
        self._graphql_refused = not self._access.with_token  # GraphQL answers nobody without a token

    @property
    def login(self) -> str | None:
        """Our own account, where it is known; asked for when it is first needed.

        Raises:
            GitHubError: It has to be asked for, and GitHub does not say.
        """
        if callable(self._login):
            self._login = self._login()
        return self._login

    def get(self, path: str, *, about: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The data at a path below the API's address.

        Raises:
            GitHubError: One of its subclasses, after reads were repeated where that could help.
        """
        return self._sender.send(_read(path, about, parameters=parameters)).json()

    def get_diff(self, path: str, *, about: str) -> str:
        """A pull request or a comparison as the text of a unified diff.

        Raises:
            GitHubError: One of its subclasses; GitHub answers 406 where the diff is too large.
        """
        answer = self._sender.send(_read(path, about, accept=DIFF_TYPE))
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
            answer = self._sender.send(_read(path, about, parameters={"per_page": PAGE_SIZE, "page": page}))
            entries = _listed(answer, about, self.address)
            yield from entries
            more = answer.has_next_page
            if not entries or more is False or (more is None and len(entries) < PAGE_SIZE):
                return

    def cursor_pages(self, path: str, *, about: str, parameters: Mapping[str, Any], most: int) -> Iterator[Any]:
        """Every entry of one of the lists whose next page is told by a cursor in the ``Link`` header."""
        cursor: dict[str, str] = {}
        for _ in range(-(-most // PAGE_SIZE)):
            asked = {**parameters, "per_page": PAGE_SIZE, **cursor}
            answer = self._sender.send(_read(path, about, parameters=asked))
            yield from _listed(answer, about, self.address)
            if not (next_cursor := answer.next_cursor):
                return
            cursor = {"cursor": next_cursor}

    def write(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        about: str,
        repeatable: bool = False,
    ) -> Any:
        """Send a POST, PATCH or DELETE, after a pause where writes come quickly; returns the answer's data.

        It is sent once, and again only after a rate limit or a token that was not accepted: then nothing was done.
        One that is ``repeatable`` comes to the same when it is done twice, and is repeated like a read.

        Raises:
            GitHubError: One of its subclasses. After ``GitHubFailed`` and ``GitHubUnreachable`` the write may have
                happened: look before sending it again.
        """
        asked = Asked(method=method, path=path, about=about, body=body, repeatable=repeatable, writes=True)
        answer = self._sender.send(asked)
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
            answer = self._sender.send(self._query(query, variables, about, writes=False))
            return _graphql_data(answer.json())
        except (WrongToken, GitHubRateLimited):
            raise
        except GitHubError as error:
            self._graphql_refused = True
            raise GraphQLRefused(f"GraphQL does not answer at {self.address.graphql}: {error}") from error

    def graphql_in_part(self, query: str, variables: Mapping[str, Any], *, about: str) -> Mapping[str, Any]:
        """The ``data`` of a query that is only helpful, as far as it is given.

        A token that may not see some of it (an App that may not read issues) gets null there, and the rest. What fails
        here tells nothing of other queries, so that these are still asked.

        Raises:
            GraphQLRefused: There is no data.
            WrongToken: The token is not accepted.
            GitHubRateLimited: GitHub asks to wait too long.
        """
        if self._graphql_refused:
            raise GraphQLRefused(f"GraphQL does not answer at {self.address.graphql}")
        try:
            body = self._sender.send(self._query(query, variables, about, writes=False)).json()
        except (WrongToken, GitHubRateLimited):
            raise
        except GitHubError as error:
            raise GraphQLRefused(f"GraphQL does not tell {about}: {error}") from error
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, dict):
            raise GraphQLRefused(f"GraphQL does not tell {about} ({', '.join(_error_kinds(body)) or 'no data'})")
        return data

    def mutate(self, mutation: str, variables: Mapping[str, Any], *, about: str) -> Any:
        """The ``data`` of a mutation that comes to the same when it is done twice.

        Raises:
            NotPermitted: The token may not do that; GraphQL is trusted all the same.
            NotVisible: What is to be changed is not there.
            GraphQLRefused: It was refused for another reason, or GraphQL does not answer here.
            GitHubError: Another of its subclasses.
        """
        if self._graphql_refused:
            raise GraphQLRefused(f"GraphQL does not answer at {self.address.graphql}")
        body = self._sender.send(self._query(mutation, variables, about, writes=True)).json()
        kinds = _error_kinds(body)
        if "FORBIDDEN" in kinds:
            raise NotPermitted(f"GitHub refuses {about}: the token lacks a permission", status=403)
        if "NOT_FOUND" in kinds:
            raise NotVisible(f"{about} does not exist or this token cannot see it", status=404)
        return _graphql_data(body)

    def distrust_graphql(self) -> None:
        """Ask it no more: what it answered is not what GitHub's schema promises."""
        self._graphql_refused = True

    @property
    def without_graphql(self) -> bool:
        """Whether GraphQL does not answer, as it does nobody without a token."""
        return self._graphql_refused

    @property
    def rest_alone(self) -> bool:
        """Whether GraphQL, which says of every text whether its reader wrote it, was asked for and did not answer."""
        return self._graphql_refused and self._access.with_token

    def digest(self, text: str) -> str:
        """A digest of a text that only a holder of the token, or of the App's key, can make.

        It is too short to tell anything of them.
        """
        secret = self._access.token.encode() if self._secret is None else self._secret
        return hmac.new(secret, b"quartet seal\n" + text.encode(), hashlib.sha256).hexdigest()[:16]

    @property
    def ahead(self) -> float:
        """Seconds by which GitHub's clock was ahead of ours at the last answer."""
        return self._sender.ahead

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()
        self._pacer.close()

    def pause(self, seconds: float) -> None:
        """Let GitHub's own replicas catch up before looking for what was just written."""
        self._sleep(seconds)

    def _query(self, query: str, variables: Mapping[str, Any], about: str, *, writes: bool) -> Asked:
        body = {"query": query, "variables": dict(variables)}
        path = self.address.graphql
        return Asked(method="POST", path=path, about=about, body=body, repeatable=True, writes=writes)


def _read(path: str, about: str, *, parameters: Mapping[str, Any] | None = None, accept: str = JSON_TYPE) -> Asked:
    return Asked(
        method="GET", path=path, about=about, parameters=parameters, accept=accept, repeatable=True, writes=False
    )


def _listed(answer: Answer, about: str, address: ApiAddress) -> list[Any]:
    entries = answer.json()
    if not isinstance(entries, list):
        raise NotGitHub(f"{about} is no list at {address.rest}; check GITHUB_API_URL")
    return entries


def _error_kinds(body: Any) -> list[str]:
    errors = body.get("errors") if isinstance(body, dict) else None
    return sorted({str(error.get("type")) for error in errors or () if isinstance(error, dict)})


def _graphql_data(body: Any) -> Any:
    if not isinstance(body, dict) or body.get("errors") or not isinstance(body.get("data"), dict):
        raise GraphQLRefused(f"the query was refused ({', '.join(_error_kinds(body)) or 'no data'})")
    return body["data"]
