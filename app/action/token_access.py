"""GitHub as a workflow reaches it: under the one token that the job was given."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from app.errors import GitHubError, GitHubRateLimited, Misconfigured, NotPermitted, WrongToken
from app.github.addresses import api_address
from app.github.client import GitHubClient
from app.github.pacing import MemoryPacer

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.settings import Settings

WORKFLOW_LOGIN = "github-actions[bot]"
"""Under which GitHub shows what a workflow's own token writes."""

_VIEWER = "query Viewer { viewer { login } }"
_FRESH_SECONDS = 300.0


class TokenAccess:
    """See the module.

    Args:
        settings: The environment, with the token.
        say: Takes one line for the log.
        lacking: Told of a permission that the token does not have, and of GitHub's refusal.
        writes: Whether anything may be written; without, each write is refused here and counts as not permitted.
        now: Seconds since 1970.

    Raises:
        Misconfigured: There is no token, or the addresses of the API are none.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        say: Callable[[str], None],
        lacking: Callable[[str, str], None],
        writes: bool = True,
        now: Callable[[], float] = time.time,
    ) -> None:
        token = settings.github_token.get_secret_value().strip() if settings.github_token else ""
        if not token:
            msg = "there is no token for GitHub; give the step github-token, such as ${{ github.token }}"
            raise Misconfigured(msg)
        self._token = token
        self._address = api_address(settings.github_api_url, settings.github_graphql_url)
        self._say, self._lacking, self._writes, self._now = say, lacking, writes, now
        # One pace for all connections: it is one token that GitHub counts.
        self._pacer = MemoryPacer(now)
        self._login: str | None = None
        self._kept: dict[str, tuple[float, str | None]] = {}

    def client(self, repository: RepositoryId, *, guard: Callable[[], None] = lambda: None) -> GitHubClient:
        """A connection for one thread, to be closed.

        Args:
            repository: Whose.
            guard: Called before every write; may refuse by raising.
        """
        return GitHubClient(
            self._token,
            self._address,
            notify=self._say,
            now=self._now,
            pacer=self._pacer,
            guard=guard if self._writes else _refuse,
            scope=repository.full_name.lower(),
            login=self.login,
            lacking=self._lacking if self._writes else _by_wish,
        )

    def login(self) -> str:
        """The account that the token writes under: as GraphQL says, which answers a workflow's token, too.

        Raises:
            GitHubRateLimited: GitHub asks to wait.
            WrongToken: The token is not accepted.
        """
        if self._login is None:
            with closing(GitHubClient(self._token, self._address, notify=self._say, now=self._now)) as client:
                self._login = _viewer(client)
        return self._login

    def for_a_while(self, name: str, fetch: Callable[[], str | None], *, seconds: float = _FRESH_SECONDS) -> str | None:
        """What ``fetch`` gives, asked once in so many seconds.

        Args:
            name: Of what is fetched.
            fetch: A text, or None where there is none; what it raises is not kept.
            seconds: How long it is taken for what it was.
        """
        at, text = self._kept.get(name, (float("-inf"), None))
        if self._now() >= at + seconds:
            text = fetch()
            self._kept[name] = (self._now(), text)
        return text


def _viewer(client: GitHubClient) -> str:
    try:
        return str(client.graphql(_VIEWER, {}, about="the token's account")["viewer"]["login"])
    except (GitHubRateLimited, WrongToken):
        raise
    except (GitHubError, KeyError, TypeError):
        pass
    try:
        return str(client.get("/user", about="the token's account")["login"])
    except (GitHubRateLimited, WrongToken):
        raise
    except (GitHubError, KeyError, TypeError):
        return WORKFLOW_LOGIN


def _refuse() -> None:
    raise NotPermitted("nothing is posted, as the input post says")


def _by_wish(permission: str, refusal: str) -> None:
    """Nothing is missing: it is not wanted."""
