"""What a visitor may read: their token at GitHub in, names of repositories out; GitHub alone decides."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from app.errors import GitHubUnreachable, InstallationSuspended, NotGitHub, NotPermitted, NotVisible
from app.github.addresses import api_address
from app.github.client import GitHubClient
from app.github.transport import PAGE_SIZE

MOST_REPOSITORIES = 3_000
_MOST_INSTALLATIONS = 100
_SECONDS = 10.0
"""For all pages: the server gives nobody more than 15 seconds."""

HeldByOthers = Callable[[Mapping[str, int]], Set[str]]
"""Which of these names, each with the installation that GitHub tells, are known here under another one.

An account that is renamed gives its name away, and so does a repository that moves: who has the name now may read what
is there now, and nothing of what was there before. Raises ``StoreDown`` where nobody can say."""

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """What GitHub said of one person.

    Attributes:
        login: Their account.
        repositories: Full names in lower case, as tables have them.
        complete: Whether these are all; where there are too many, the rest is not shown.
    """

    login: str
    repositories: frozenset[str]
    complete: bool = True


def readable(
    api_url: str, token: str, *, held_by_others: HeldByOthers, now: Callable[[], float] = time.monotonic
) -> Readable:
    """The repositories with the App that the owner of a token may read at this moment.

    Args:
        api_url: Of the GitHub that is asked.
        token: Of the visitor.
        held_by_others: Which names stood for something else when their figures were made; these are left out.
        now: Seconds; only differences count.

    Raises:
        StoreDown: The database does not say whose figures these are.
        WrongToken: The token is not good any more.
        GitHubError: GitHub does not say, or not in time; then nothing may be shown.
    """
    until = now() + _SECONDS
    client = GitHubClient(token, api_address(api_url), longest_wait=0.0, sleep=_in_no_time)
    with closing(client):
        login = client.get("/user", about="who you are")
        if not isinstance(login, Mapping) or not isinstance(login.get("login"), str):
            raise NotGitHub("GitHub's answer about you cannot be read; check GITHUB_API_URL")
        found: dict[str, int] = {}
        complete = True
        for name, installation in _names(client, lambda: now() > until):
            if len(found) >= MOST_REPOSITORIES:
                complete = False
                break
            found[name.lower()] = installation
    theirs = frozenset(found) - held_by_others(found)
    return Readable(login=str(login["login"])[:100], repositories=theirs, complete=complete)


def _in_no_time(_: float) -> None:
    """A browser waits: what fails is asked once more at once, and then not again."""


def _names(client: GitHubClient, late: Callable[[], bool]) -> Iterator[tuple[str, int]]:
    for installation in _pages(client, "/user/installations", "installations", _MOST_INSTALLATIONS, late):
        number = installation.get("id")
        # An owner who has suspended the App has taken its view of the repositories away.
        if not isinstance(number, int) or installation.get("suspended_at"):
            continue
        try:
            path = f"/user/installations/{number}/repositories"
            for repository in _pages(client, path, "repositories", MOST_REPOSITORIES + 1, late):
                name = repository.get("full_name")
                if isinstance(name, str) and _NAME.fullmatch(name):
                    yield name, number
        except (InstallationSuspended, NotPermitted, NotVisible):
            # Uninstalled just now, or an organisation whose single sign-on this visitor has not passed.
            continue


def _pages(
    client: GitHubClient, path: str, key: str, most: int, late: Callable[[], bool]
) -> Iterator[Mapping[str, Any]]:
    for page in range(1, -(-most // PAGE_SIZE) + 1):
        if late():
            raise GitHubUnreachable("GitHub takes too long to say what you may read; try again in a moment")
        answer = client.get(path, about="what you may read", parameters={"per_page": PAGE_SIZE, "page": page})
        entries = answer.get(key) if isinstance(answer, Mapping) else None
        if not isinstance(entries, list):
            raise NotGitHub("GitHub's answer about what you may read cannot be read; check GITHUB_API_URL")
        yield from (entry for entry in entries if isinstance(entry, Mapping))
        total = answer.get("total_count")
        if not entries or (isinstance(total, int) and page * PAGE_SIZE >= total) or len(entries) < PAGE_SIZE:
            return
