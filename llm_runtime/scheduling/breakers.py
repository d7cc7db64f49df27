"""What this process knows not to work for now, so that nobody has to ask a ledger or a provider to learn it again."""

from __future__ import annotations

from http import HTTPStatus

from llm_runtime import forks
from llm_runtime.errors import AuthenticationFailed
from llm_runtime.scheduling.limits import LimitKey


class Breakers:
    """Refused keys and open circuit breakers; one instance for all schedulers of a process, safe to share.

    A key that is wrong (401) is wrong for all models of its provider; one that may not use a model (403) may use
    others. Refused keys stay refused until the process restarts, and are not shared with other processes: those may
    have been given another key meanwhile. Other breakers are the ledger's; here is only remembered what it said.
    """

    def __init__(self) -> None:
        self._changing = forks.Lock()
        self._refused: set[tuple[str, str, str | None]] = set()
        self._open: dict[LimitKey, float] = {}

    def refuse(self, key: LimitKey, model: str, error: AuthenticationFailed) -> bool:
        """Remember that a key was refused.

        Returns:
            Whether that is news.
        """
        entry = (key.provider, key.credential, model if error.status == HTTPStatus.FORBIDDEN else None)
        with self._changing:
            news = entry not in self._refused
            self._refused.add(entry)
        return news

    def refused(self, key: LimitKey, model: str) -> bool:
        """Whether calls of that model with this key are useless."""
        with self._changing:
            return not self._refused.isdisjoint(
                {(key.provider, key.credential, None), (key.provider, key.credential, model)}
            )

    def open(self, key: LimitKey, until: float) -> None:
        """Remember that the breaker of a key is open until a moment, in seconds on the process's clock."""
        with self._changing:
            self._open[key] = max(until, self._open.get(key, until))

    def is_open(self, key: LimitKey, now: float) -> bool:
        """Whether the breaker of a key is known to be open."""
        with self._changing:
            return self._open.get(key, now) > now
