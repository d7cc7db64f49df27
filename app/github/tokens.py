"""A repository in, the token that reads and writes it out; asked for once an hour, whoever works on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.github.installations import InstallationToken

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.github.app_api import AppApi
    from app.github.vault import Vault

RENEWED_BEFORE_SECONDS = 300.0
"""So long before its end a token is not handed out any more: a request, and its retries, should live as long."""


class InstallationTokens:
    """Tokens narrowed to one repository each. Threads may share it.

    Args:
        api: Gives new ones.
        vault: Where processes share them; None for this process alone.
    """

    def __init__(self, api: AppApi, vault: Vault | None = None) -> None:
        self._api = api
        self._vault = vault
        self._tokens: dict[str, InstallationToken] = {}

    def get(self, repository: RepositoryId) -> str:
        """A token that is good for five minutes at least.

        Raises:
            InstallationGone: The App is not installed on the repository, or not any more.
            InstallationSuspended: Nothing may be read or written for now.
            GitHubError: Another of its subclasses.
        """
        name = _name(repository)
        token = self._tokens.get(name)
        if token is None or not self._lasts(token):
            token = self._shared(name) or self._made(repository, name)
            self._tokens[name] = token
        return token.value

    def renew(self, repository: RepositoryId) -> str:
        """Another token, after GitHub did not accept the last one: one that somebody else has by now, or a new one.

        It raises what ``get`` does.
        """
        name = _name(repository)
        refused = self._tokens.pop(name, None)
        shared = self._shared(name)
        if shared is None or (refused is not None and shared.value == refused.value):
            shared = self._made(repository, name)
        self._tokens[name] = shared
        return shared.value

    def _made(self, repository: RepositoryId, name: str) -> InstallationToken:
        token = self._api.installation_token(repository.installation, (repository.repo,))
        if self._vault is not None:
            data = json.dumps({"value": token.value, "expires_at": token.expires_at})
            lasts = token.expires_at - RENEWED_BEFORE_SECONDS - self._api.now()
            self._vault.put(name, data.encode(), seconds=lasts)
        return token

    def _shared(self, name: str) -> InstallationToken | None:
        kept = self._vault.get(name) if self._vault is not None else None
        if kept is None:
            return None
        token = InstallationToken(**json.loads(kept))
        return token if self._lasts(token) else None

    def _lasts(self, token: InstallationToken) -> bool:
        return token.expires_at - self._api.now() > RENEWED_BEFORE_SECONDS


def _name(repository: RepositoryId) -> str:
    return f"token:{repository.installation}:{repository.full_name.lower()}"
