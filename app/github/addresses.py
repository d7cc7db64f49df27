"""Which pull request is meant, and at which addresses GitHub answers for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, quote, urlsplit

from app.errors import Misconfigured, NotAPullRequest

PUBLIC_API = "https://api.github.com"
_FORMS = "owner/repo#7 or https://github.com/owner/repo/pull/7"
_OWNER = r"(?P<owner>[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}))"
_REPO = r"(?P<repo>[A-Za-z0-9._-]{1,100})"
_NUMBER = r"(?P<number>[1-9][0-9]{0,17})"
_SHORT = re.compile(rf"{_OWNER}/{_REPO}#{_NUMBER}")
_URL_PATH = re.compile(rf"/{_OWNER}/{_REPO}/pull/{_NUMBER}(?:/.*)?")
_API_PATH = re.compile(rf"(?:/api/v3)?/repos/{_OWNER}/{_REPO}/pulls/{_NUMBER}(?:/.*)?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Named(Protocol):
    """What has an owner and a name: a repository, or something in it."""

    @property
    def owner(self) -> str:
        """Login of the owner."""
        ...

    @property
    def repo(self) -> str:
        """Name of the repository."""
        ...


def repository_path(repository: Named) -> str:
    """Path of a repository below the API's address."""
    return f"/repos/{quote(repository.owner, safe='')}/{quote(repository.repo, safe='')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestId:
    """Names one pull request of one GitHub; its text is ``owner/repo#7``."""

    owner: str
    repo: str
    number: int

    def __str__(self) -> str:
        return f"{self.owner}/{self.repo}#{self.number}"

    @property
    def repository_path(self) -> str:
        """Path of the repository below the API's address."""
        return repository_path(self)

    @property
    def path(self) -> str:
        """Path of the pull request below the API's address."""
        return f"{self.repository_path}/pulls/{self.number}"

    @property
    def issue_path(self) -> str:
        """Path of the pull request's conversation below the API's address."""
        return f"{self.repository_path}/issues/{self.number}"


@dataclass(frozen=True, slots=True)
class ApiAddress:
    """Where the API answers.

    Attributes:
        rest: Without a slash at the end: ``https://api.github.com``, ``https://HOST/api/v3``.
        graphql: ``https://api.github.com/graphql``, ``https://HOST/api/graphql``.
    """

    rest: str
    graphql: str

    @property
    def web_hosts(self) -> frozenset[str]:
        """Hosts at which people see what this API serves; ghe.com keeps the API at ``api.SUB.ghe.com``."""
        host = urlsplit(self.rest).hostname or ""
        bare = host.removeprefix("api.")
        return frozenset({host, bare, f"www.{bare}"})


def api_address(rest: str = PUBLIC_API, graphql: str | None = None) -> ApiAddress:
    """The addresses of a GitHub, the GraphQL one derived from the REST one unless it is given.

    Raises:
        Misconfigured: One of them is no ``http`` or ``https`` address.
    """
    rest = _checked(rest, "GITHUB_API_URL")
    derived = f"{rest.removesuffix('/v3')}/graphql"
    return ApiAddress(rest, _checked(graphql, "GITHUB_GRAPHQL_URL") if graphql else derived)


def parse_pull_request(text: str, address: ApiAddress | None = None) -> PullRequestId:
    """The pull request that a person means by ``owner/repo#7`` or by an address copied from a browser or the API.

    Args:
        text: What was typed.
        address: The API that will be asked. An address on another host is refused, unless the API stands on
            loopback, where a proxy or a simulator answers for any host.

    Raises:
        NotAPullRequest: Neither form, or an address on another host.
    """
    text = text.strip()
    if short := _SHORT.fullmatch(text):
        return _identified(short)
    parts = _split(text)
    found = _URL_PATH.fullmatch(parts.path) or _API_PATH.fullmatch(parts.path)
    if found is None or not parts.hostname:
        raise NotAPullRequest(f"{text[:200]!r} names no pull request; write {_FORMS}")
    address = address or api_address()
    api_host = urlsplit(address.rest).hostname
    if api_host not in _LOOPBACK and parts.hostname not in address.web_hosts:
        raise NotAPullRequest(
            f"{text[:200]} is on {parts.hostname}, but the API asked is {address.rest}; "
            f"set GITHUB_API_URL to the API of {parts.hostname} (an Enterprise server's is https://HOST/api/v3)"
        )
    return _identified(found)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError as error:
        raise NotAPullRequest(f"{text[:200]!r} names no pull request; write {_FORMS}") from error
    return parts if parts.scheme in {"http", "https"} else urlsplit("")


def _identified(match: re.Match[str]) -> PullRequestId:
    return PullRequestId(owner=match["owner"], repo=match["repo"], number=int(match["number"]))


def _checked(address: str, variable: str) -> str:
    address = address.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise Misconfigured(f"{variable} is no http or https address: {address[:200]!r}; an example is {PUBLIC_API}")
    return address
