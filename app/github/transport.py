"""One request in, one answer out, over PyGithub's connection with its own retries and pauses switched off."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from github import Auth, Github

from app.errors import GitHubUnreachable, NotGitHub, WrongToken
from app.github.answers import Answer

PAGE_SIZE = 100
_API_VERSION = "2022-11-28"
_TIMEOUT_SECONDS = 15


class Access:
    """The token of the moment, and how to get another one.

    Args:
        token: Any kind of token, or what gives the one of the moment; None for what everybody may read.
        renew: Gives another token, after GitHub did not accept the last one.
        bearer: Whether it is the JWT of an App, for which GitHub has another word in the header.

    Raises:
        WrongToken: The token cannot be sent in a header.
    """

    def __init__(
        self, token: str | Callable[[], str] | None, renew: Callable[[], str] | None = None, *, bearer: bool = False
    ) -> None:
        self._renew = renew
        self._current = token if callable(token) else _checked(token or "")
        self.bearer = bearer
        self.with_token = bool(self._current)
        self.as_app = callable(token)

    @property
    def token(self) -> str:
        """The token of the moment."""
        return self._current() if callable(self._current) else self._current

    def renew(self) -> bool:
        """Get another token; whether there is one."""
        if self._renew is None:
            return False
        token = _checked(self._renew())
        if not callable(self._current):
            self._current = token
        return True


class _Header(Auth.Auth):
    """What PyGithub puts into a request."""

    def __init__(self, access: Access) -> None:
        self._access = access

    @property
    def token_type(self) -> str:
        return "Bearer" if self._access.bearer else "token"

    @property
    def token(self) -> str:
        return self._access.token


class Transport:
    """One server.

    Args:
        access: Under which token.
        base_url: Paths are below it.
    """

    def __init__(self, access: Access, base_url: str) -> None:
        # Its debug log holds whole bodies, and so the customer's code.
        logging.getLogger("github.Requester").setLevel(logging.WARNING)
        self._base_url = base_url
        self._github = Github(
            auth=_Header(access) if access.with_token else None,
            base_url=base_url,
            timeout=_TIMEOUT_SECONDS,
            user_agent="quartet-review",
            per_page=PAGE_SIZE,
            retry=None,
            seconds_between_requests=0,
            seconds_between_writes=0,
            lazy=True,
            api_version=_API_VERSION,
        )

    def exchange(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, Any] | None,
        accept: str,
        body: Mapping[str, Any] | None,
        tag: str = "",
    ) -> Answer:
        """Send a request once, whatever the status of its answer.

        Args:
            method: ``GET``, ``POST``, ``PATCH`` or ``DELETE``.
            path: Below the base address, or a whole address on the same server.
            parameters: Of the query.
            accept: The media type asked for.
            body: Sent as JSON.
            tag: Of an earlier answer, which GitHub need not repeat.

        Raises:
            GitHubUnreachable: No complete answer.
            NotGitHub: It redirects to another server.
        """
        try:
            status, headers, text = self._github.requester.requestJson(
                method,
                path,
                dict(parameters or {}),
                {"Accept": accept, **({"If-None-Match": tag} if tag else {})},
                body,
            )
        except requests.exceptions.RequestException as error:
            raise GitHubUnreachable(unreachable(error, server_of(self._base_url))) from error
        except RuntimeError as error:  # PyGithub's word for a redirect to another host
            raise NotGitHub(f"{self._base_url} redirects to another address; check GITHUB_API_URL") from error
        return Answer(status, headers, text)

    def close(self) -> None:
        """Close the connection."""
        self._github.close()


def _checked(token: str) -> str:
    token = token.strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise WrongToken("GITHUB_TOKEN holds characters that no token has; set it to a valid one")
    return token


def server_of(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def unreachable(error: requests.exceptions.RequestException, server: str) -> str:
    """What kept a request from being answered, and what to do about it, in one line."""
    match error:
        case requests.exceptions.Timeout():
            return f"{server} does not answer within {_TIMEOUT_SECONDS} s; try again later"
        case requests.exceptions.SSLError():
            return f"the certificate of {server} is not trusted; set REQUESTS_CA_BUNDLE to your authority's file"
        case requests.exceptions.ProxyError():
            return f"the proxy does not let {server} through; check HTTPS_PROXY and NO_PROXY"
        case _:
            return f"no connection to {server}, or it broke; check the network and GITHUB_API_URL"
