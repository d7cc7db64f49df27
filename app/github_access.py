"""GitHub as the App reaches it, made from the settings: the App itself, and each repository under its installation."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Self

from app.errors import Misconfigured
from app.github.addresses import api_address
from app.github.app_api import AppApi
from app.github.auth import AppKey, app_key
from app.github.client import GitHubClient
from app.github.etags import SharedEtags
from app.github.shared_pacing import RedisPacer
from app.github.tokens import InstallationTokens
from app.github.vault import Vault

if TYPE_CHECKING:
    from types import TracebackType

    from app.events import RepositoryId
    from app.settings import Settings

_KEPT_SECONDS = 3 * 86_400
"""GitHub forgets deliveries after three days."""

_FRESH_SECONDS = 300
"""How long a text that seldom changes is taken for what it was."""

_NAMED_SECONDS = 86_400
"""The same of the App's own name."""


def key_of(settings: Settings) -> AppKey:
    """What proves that we are the App.

    Raises:
        Misconfigured: It is not set, or no key.
    """
    text = settings.github_app_private_key.get_secret_value() if settings.github_app_private_key else ""
    if not text.strip() and settings.github_app_private_key_path is not None:
        try:
            text = settings.github_app_private_key_path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            msg = f"GITHUB_APP_PRIVATE_KEY_PATH cannot be read ({reason})"
            raise Misconfigured(msg) from error
    if settings.github_app_id is None or not text.strip():
        msg = "there is no GitHub App: set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY, or register one (docs/app.md)"
        raise Misconfigured(msg)
    return app_key(settings.github_app_id, text)


class GitHubAccess:
    """See the module; a context manager that closes what it opened. Tokens are shared by all processes, in Redis.

    Args:
        settings: The environment.
        redis_url: Where processes share tokens, answers and the pace of writes.
        say: Takes one line for the log.
        prefix: Beginning of all names of keys in Redis.

    Raises:
        Misconfigured: There is no App, or its key is none.
    """

    def __init__(
        self, settings: Settings, redis_url: str, *, say: Callable[[str], None], prefix: str = "quartet"
    ) -> None:
        self._key = key_of(settings)
        self._address = api_address(settings.github_api_url, settings.github_graphql_url)
        self._redis_url, self._prefix, self._say = redis_url, prefix, say
        self._pace_seconds = settings.quartet_seconds_between_writes
        self._stack = ExitStack()
        self._vault = self._stack.enter_context(Vault(redis_url, self._key.secret("vault"), prefix=prefix))
        self.api = self._stack.enter_context(closing(AppApi(self._key, self._address, notify=say)))
        self._tokens = InstallationTokens(self.api, self._vault)

    def client(self, repository: RepositoryId, *, guard: Callable[[], None] = lambda: None) -> GitHubClient:
        """A connection for one thread, to be closed.

        Args:
            repository: Whose.
            guard: Called before every write; may refuse by raising.
        """
        return GitHubClient(
            lambda: self._tokens.get(repository),
            self._address,
            notify=self._say,
            renew=lambda: self._tokens.renew(repository),
            pacer=RedisPacer(
                self._redis_url,
                repository.installation,
                now=time.time,
                prefix=self._prefix,
                seconds_between_writes=self._pace_seconds,
            ),
            guard=guard,
            etags=SharedEtags(self._vault),
            scope=f"{repository.installation}/{repository.full_name.lower()}",
            login=self.login,
            secret=self._key.secret("seal"),
        )

    def login(self) -> str:
        """The account that the App writes under; whatever another one wrote is not ours.

        Raises:
            GitHubError: GitHub does not say.
        """
        return self.for_a_while("login", lambda: self.api.app().login, seconds=_NAMED_SECONDS) or ""

    def for_a_while(self, name: str, fetch: Callable[[], str | None], *, seconds: float = _FRESH_SECONDS) -> str | None:
        """What ``fetch`` gives, asked once in so many seconds for all processes; where Redis is away, each time.

        Args:
            name: Of what is fetched, with the installation it belongs to.
            fetch: A text, or None where there is none; what it raises is not kept.
            seconds: How long it is taken for what it was.
        """
        kept = self._vault.get(f"text:{name}")
        if kept is None:
            kept = json.dumps(fetch()).encode()
            self._vault.put(f"text:{name}", kept, seconds=seconds)
        text: str | None = json.loads(kept)
        return text

    def resend_failed(self) -> int:
        """Have GitHub send again what it could not deliver; how many deliveries that were.

        Raises:
            GitHubError: GitHub does not answer.
        """
        return self.api.resend_failed(self.api.now() - _KEPT_SECONDS)

    def close(self) -> None:
        """Close the connections of the App itself."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
