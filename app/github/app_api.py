"""What GitHub tells and gives to the App itself, under its JWT: installations, their tokens, deliveries that failed."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any

from app.errors import (
    InstallationGone,
    InstallationSuspended,
    NotGitHub,
    NotPermitted,
    NotVisible,
    Unprocessable,
    WrongToken,
)
from app.github.addresses import ApiAddress
from app.github.auth import AppKey, app_jwt
from app.github.client import GitHubClient
from app.github.installations import AppIdentity, FailedDelivery, Installation, InstallationToken, narrowed

_MOST_INSTALLATIONS = 10_000
_MOST_DELIVERIES = 10_000
_MOST_AT_ONCE = 100
"""Deliveries that are sent again at a time, so that a server that was away for long is not flooded."""

_UNREADABLE = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})
_MOST_REFUSALS = 3
_REFUSED_KEY = (
    "GitHub does not accept the App's key; check GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY and this machine's clock"
)


class AppApi:
    """GitHub, to the App itself. Threads may share it.

    Args:
        key: Proves that we are the App.
        address: Which GitHub.
        notify: Called with one line for the user before a wait.
        now: Seconds since the epoch.
        sleep: Takes seconds.
    """

    def __init__(
        self,
        key: AppKey,
        address: ApiAddress | None = None,
        *,
        notify: Callable[[str], None] = lambda _: None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._key = key
        self._clock = now
        self._ahead = 0.0
        self._lock = threading.Lock()
        self._client = GitHubClient(
            self._jwt, address, notify=notify, now=now, sleep=sleep, renew=self._set_clock, bearer=True
        )

    def now(self) -> float:
        """Seconds since the epoch, by GitHub's clock as far as it is known."""
        return self._clock() + self._ahead

    def app(self) -> AppIdentity:
        """Who we are.

        Raises:
            WrongToken: Number and key do not belong together, or the key is no longer the App's.
            GitHubError: Another of its subclasses.
        """
        try:
            found = self._get("/app", "the App")
        except NotVisible as error:  # "Integration not found"
            raise WrongToken(_REFUSED_KEY, status=error.status) from error
        try:
            return AppIdentity(
                slug=found["slug"], permissions=dict(found["permissions"]), events=tuple(found["events"])
            )
        except (KeyError, TypeError) as error:
            raise NotGitHub("what answers for the App is not GitHub's API; check GITHUB_API_URL") from error

    def installations(self) -> tuple[Installation, ...]:
        """Everywhere the App is installed, suspended installations too."""
        with self._lock, _explaining():
            pages = self._client.pages("/app/installations", about="the App's installations", most=_MOST_INSTALLATIONS)
            return tuple(map(_installation, pages))

    def installation(self, number: int) -> Installation:
        """One of them.

        Raises:
            InstallationGone: It was removed.
            GitHubError: Another subclass.
        """
        try:
            return _installation(self._get(f"/app/installations/{number}", f"installation {number}"))
        except NotVisible as error:
            raise _gone(number) from error

    def installation_token(self, number: int, names: Collection[str]) -> InstallationToken:
        """A token for an hour, narrowed to repositories and to what is needed of what was granted.

        Args:
            number: Of the installation.
            names: Of repositories, without their owner.

        Raises:
            InstallationGone: The App was removed from the account, or from one of the repositories.
            InstallationSuspended: Nothing may be read or written for now.
            GitHubError: Another of its subclasses.
        """
        granted = self.installation(number)
        if granted.suspended:
            raise InstallationSuspended(
                f"the App's installation on {granted.account} is suspended; unsuspend it in the account's settings",
                status=403,
            )
        body = {"repositories": sorted(names), "permissions": narrowed(granted.permissions)}
        about = f"a token of installation {number}"
        try:
            with self._lock, _explaining():
                # A token that nobody got to see does no harm, so asking twice comes to the same.
                made = self._client.write(
                    "POST", f"/app/installations/{number}/access_tokens", body, about=about, repeatable=True
                )
        except NotVisible as error:
            raise _gone(number) from error
        except Unprocessable as error:
            if "permissions requested" in str(error):  # taken away since the installation was looked at
                raise NotPermitted(f"{granted.account} has taken permissions from the App; try again") from error
            listed = ", ".join(f"{granted.account}/{name}" for name in sorted(names))
            raise InstallationGone(
                f"the App may not work on {listed}; install it there, or add the repository to the installation",
                status=error.status,
            ) from error
        try:
            return InstallationToken(value=made["token"], expires_at=_seconds(made["expires_at"]))
        except (KeyError, TypeError, ValueError) as error:
            raise NotGitHub("what answers for tokens is not GitHub's API; check GITHUB_API_URL") from error

    def failed_deliveries(self, since: float) -> tuple[FailedDelivery, ...]:
        """Webhooks of which no attempt was taken since then, each once, oldest first.

        One that was refused as unreadable a few times is left out: it would be refused for ever, and keep others back.

        Args:
            since: Seconds since the epoch; GitHub keeps three days.
        """
        entries = [entry for entry in self._deliveries(since, status="failure") if not _taken(entry)]
        refusals = Counter(entry["guid"] for entry in entries if int(entry["status_code"]) in _UNREADABLE)
        failed = {entry["guid"]: entry for entry in entries if refusals[entry["guid"]] < _MOST_REFUSALS}
        if not failed:
            return ()
        oldest = min(_seconds(entry["delivered_at"]) for entry in failed.values())
        taken = {entry["guid"] for entry in self._deliveries(oldest, status="success") if _taken(entry)}
        missing = (_delivery(entry) for guid, entry in failed.items() if guid not in taken)
        return tuple(sorted(missing, key=lambda delivery: delivery.delivered_at))

    def redeliver(self, delivery: int) -> bool:
        """Have a webhook sent again, under the same GUID; False where GitHub has forgotten it by now."""
        path = f"/app/hook/deliveries/{delivery}/attempts"
        try:
            with self._lock, _explaining():
                self._client.write("POST", path, about=f"delivery {delivery}")
        except (NotVisible, Unprocessable):
            return False
        return True

    def resend_failed(self, since: float) -> int:
        """Have webhooks that were not taken since then sent again, the oldest hundred; how many were sent."""
        return sum(self.redeliver(delivery.id) for delivery in self.failed_deliveries(since)[:_MOST_AT_ONCE])

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _jwt(self) -> str:
        return app_jwt(self._key, self.now())

    def _set_clock(self) -> str:
        """A JWT by GitHub's clock, after one by ours was not accepted."""
        self._ahead = self._client.ahead
        return self._jwt()

    def _get(self, path: str, about: str) -> Any:
        with self._lock, _explaining():
            return self._client.get(path, about=about)

    def _deliveries(self, since: float, *, status: str) -> Iterator[Mapping[str, Any]]:
        """Attempts since then, the newest first, which is GitHub's order."""
        with self._lock, _explaining():
            entries = self._client.cursor_pages(
                "/app/hook/deliveries",
                about="the App's deliveries",
                parameters={"status": status},
                most=_MOST_DELIVERIES,
            )
            for entry in entries:
                if _seconds(entry["delivered_at"]) < since:
                    return
                yield entry


@contextmanager
def _explaining() -> Iterator[None]:
    try:
        yield
    except WrongToken as error:
        raise WrongToken(_REFUSED_KEY, status=error.status) from error


def _gone(number: int) -> InstallationGone:
    return InstallationGone(f"the App is not installed any more (installation {number}); install it again", status=404)


def _installation(entry: Mapping[str, Any]) -> Installation:
    try:
        return Installation(
            id=int(entry["id"]),
            account=str((entry.get("account") or {}).get("login") or (entry.get("account") or {}).get("slug") or ""),
            permissions=dict(entry["permissions"]),
            suspended=bool(entry.get("suspended_at")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NotGitHub("what answers for installations is not GitHub's API; check GITHUB_API_URL") from error


def _taken(entry: Mapping[str, Any]) -> bool:
    return HTTPStatus.OK <= int(entry["status_code"]) < HTTPStatus.MULTIPLE_CHOICES


def _delivery(entry: Mapping[str, Any]) -> FailedDelivery:
    at = _seconds(entry["delivered_at"])
    return FailedDelivery(id=int(entry["id"]), guid=entry["guid"], event=str(entry.get("event")), delivered_at=at)


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
