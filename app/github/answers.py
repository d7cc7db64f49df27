"""An HTTP answer of GitHub in; its data, the wait it asks for, or the error it means out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from app.errors import (
    GitHubError,
    GitHubFailed,
    InstallationSuspended,
    NotGitHub,
    NotPermitted,
    NotVisible,
    Unprocessable,
    WrongToken,
)
from app.github.redaction import redact

# docs.github.com/en/rest/using-the-rest-api/best-practices: without a header, wait at least one minute.
_UNSTATED_WAIT = 60.0
_LONGEST_MESSAGE = 300
_SUSPENDED = "installation has been suspended"

_CURES = (
    ("archived", "unarchive the repository, or review without --post"),
    ("locked", "unlock the conversation, or review without --post"),
    ("saml", "authorize the token for the organization's single sign-on"),
    ("ip allow list", "add this machine's address to the organization's IP allow list"),
)


class _Who(Enum):
    """Under what a request was sent."""

    NOBODY = auto()
    TOKEN = auto()
    APP = auto()


_UNACCEPTED = {
    _Who.NOBODY: "asks for a token; set GITHUB_TOKEN",
    _Who.TOKEN: "does not accept the token; set GITHUB_TOKEN to a valid one",
    _Who.APP: "does not accept the App's token; check that the App is still installed",
}
_UNSEEN = {
    _Who.NOBODY: "this token cannot see it; set GITHUB_TOKEN",
    _Who.TOKEN: "this token cannot see it; check GITHUB_TOKEN",
    _Who.APP: "the App cannot see it; install the App on its repository",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What GitHub answered. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def has_next_page(self) -> bool | None:
        """Whether the ``Link`` header names a next page; None where there is no such header."""
        link = self.headers.get("link")
        return None if link is None else 'rel="next"' in link

    @property
    def next_cursor(self) -> str:
        """The cursor of the next page in the ``Link`` header, or the empty string."""
        for link in self.headers.get("link", "").split(","):
            address, _, relation = link.partition(";")
            if 'rel="next"' in relation:
                return dict(parse_qsl(urlsplit(address.strip(" <>")).query)).get("cursor", "")
        return ""

    def json(self) -> Any:
        """The body as data.

        Raises:
            NotGitHub: The body is no JSON, so this is some other server, or a proxy's page.
        """
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError) as error:
            raise NotGitHub(
                "the address does not answer as GitHub's API does; check GITHUB_API_URL and proxies",
                status=self.status,
            ) from error


def requested_wait(answer: Answer, now: float) -> float | None:
    """Seconds to wait before the same request may be sent again, or None when no limit was hit.

    The order is GitHub's: ``retry-after``, else ``x-ratelimit-reset`` where nothing remains, else a minute. The reset
    is compared with the answer's own ``date``, so that a wrong clock here does not matter.

    Args:
        answer: What GitHub said.
        now: Seconds since the epoch, for an answer without a date.
    """
    if answer.status not in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
        return None
    headers = answer.headers
    if "retry-after" in headers:
        after = headers["retry-after"].strip()
        return max(1.0, float(after)) if after.isdecimal() else _UNSTATED_WAIT
    if headers.get("x-ratelimit-remaining") == "0":
        return reset_wait(answer, now)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or "rate limit" in _message(answer).lower():
        return _UNSTATED_WAIT
    return None


def reset_wait(answer: Answer, now: float) -> float:
    """Seconds until the primary limit is filled again, as the answer's headers say."""
    reset = answer.headers.get("x-ratelimit-reset", "")
    if not reset.isdecimal():
        return _UNSTATED_WAIT
    # One second more, because the reset happens somewhere within its second.
    return max(0.0, float(reset) - _sent_at(answer, now)) + 1


def refusal(answer: Answer, *, about: str, with_token: bool, as_app: bool = False) -> GitHubError | None:
    """The error that an answer means, or None for a 2xx.

    Args:
        answer: What GitHub said.
        about: What was read or written, for people: ``octo/app#7``.
        with_token: Whether a token was sent.
        as_app: Whether it was one of an App, which nobody sets by hand.
    """
    message = _message(answer)
    who = _Who.APP if as_app else _Who.TOKEN if with_token else _Who.NOBODY
    error: GitHubError
    match divmod(answer.status, 100):
        case (2, _):
            return None
        case (4, 1):
            error = WrongToken(f"GitHub {_UNACCEPTED[who]}")
        case (4, 4):
            error = NotVisible(f"{about} does not exist or {_UNSEEN[who]}")
        case (4, 3 | 10 | 51):
            error = _forbidden(answer, message, about, who)
        case (4, 22):
            reasons = _reasons(answer)
            said = _one_line("; ".join((message, *reasons)))
            error = Unprocessable(f"GitHub refuses the content of {about}: {said}", reasons=reasons)
        case (4, 5) | (5, 1):
            error = NotGitHub(f"the server does not know how to answer for {about}; check GITHUB_API_URL")
        case (5, _):
            error = GitHubFailed(f"GitHub failed with {answer.status} on {about}; try again later")
        case (3, _):
            error = NotGitHub(f"GitHub redirects {about} elsewhere; check its name and GITHUB_API_URL")
        case _:
            error = GitHubError(f"GitHub refuses {about} with {answer.status}: {message}")
    error.status = answer.status
    return error


def _forbidden(answer: Answer, message: str, about: str, who: _Who) -> GitHubError:
    if _SUSPENDED in message.lower():
        cure = "unsuspend it in the account's settings, under GitHub Apps"
        return InstallationSuspended(f"the App's installation is suspended; {cure}")
    return NotPermitted(f"GitHub refuses {about}: {message}; {_cure(answer, message, who)}")


def _cure(answer: Answer, message: str, who: _Who) -> str:
    lowered = message.lower()
    for word, cure in _CURES:
        if word in lowered:
            return cure
    if "x-github-sso" in answer.headers:
        return "authorize the token for the organization's single sign-on"
    needed = answer.headers.get("x-accepted-github-permissions", "")
    permissions = _one_line(needed) or "contents: read, pull-requests: write and issues: write"
    return f"give the {'App' if who is _Who.APP else 'token'} the permission it lacks ({permissions})"


def _message(answer: Answer) -> str:
    body = _body(answer)
    message = body.get("message")
    return _one_line(message) if isinstance(message, str) and message else f"status {answer.status}"


def _reasons(answer: Answer) -> tuple[str, ...]:
    errors = _body(answer).get("errors")
    listed = errors if isinstance(errors, list) else [errors] if errors else []
    return tuple(_one_line(_reason(error)) for error in listed)


def _reason(error: Any) -> str:
    if isinstance(error, dict):
        words = (
            error.get("message") or "",
            *(str(error[key]) for key in ("resource", "field", "code") if key in error),
        )
        return " ".join(word for word in words if word)
    return str(error)


def _body(answer: Answer) -> Mapping[str, Any]:
    try:
        body = json.loads(answer.text)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _one_line(text: str) -> str:
    line = redact(" ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split()))
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]} …"


def _sent_at(answer: Answer, now: float) -> float:
    try:
        return parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return now
