"""What this process knows not to work until it is restarted: keys that were refused."""

from __future__ import annotations

import threading
from http import HTTPStatus

from llm_runtime.errors import AuthenticationFailed
from llm_runtime.scheduling.limits import LimitKey


class RefusedKeys:
    """Credentials that a provider refused; one instance for all schedulers of a process.

    A key that is wrong (401) is wrong for all models of its provider; one that may not use a model (403) may use
    others. They are not shared with other processes: those may have been given another key meanwhile.
    """

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._refused: set[tuple[str, str, str | None]] = set()

    def note(self, key: LimitKey, error: AuthenticationFailed) -> bool:
        """Remember that a key was refused.

        Returns:
            Whether that is news.
        """
        model = key.model if error.status == HTTPStatus.FORBIDDEN else None
        entry = (key.provider, key.credential, model)
        with self._changing:
            news = entry not in self._refused
            self._refused.add(entry)
        return news

    def has(self, key: LimitKey) -> bool:
        """Whether calls with this key are useless."""
        return not self._refused.isdisjoint(
            {(key.provider, key.credential, None), (key.provider, key.credential, key.model)}
        )
