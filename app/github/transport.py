"""One request in, one answer out, over PyGithub's connection with its own retries and pauses switched off."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from github import Auth, Github

from app.errors import GitHubUnreachable, NotGitHub, WrongToken
from app.github.answers import Answer

PAGE_SIZE = 100
_API_VERSION = "2022-11-28"
_TIMEOUT_SECONDS = 15


class Transport:
    """One server under one token.

    Args:
        token: Any kind of token, or None for what everybody may read.
        base_url: Paths are below it.

    Raises:
        WrongToken: The token cannot be sent in a header.
    """

    def __init__(self, token: str | None, base_url: str) -> None:
        token = (token or "").strip()
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise WrongToken("GITHUB_TOKEN holds characters that no token has; set it to a valid one")
        # Its debug log holds whole bodies, and so the customer's code.
        logging.getLogger("github.Requester").setLevel(logging.WARNING)
        self.with_token = bool(token)
        self._secret = token.encode()
        self._base_url = base_url
        self._github = Github(
            auth=Auth.Token(token) if token else None,
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
    ) -> Answer:
        """Send a request once, whatever the status of its answer.

        Args:
            method: ``GET``, ``POST``, ``PATCH`` or ``DELETE``.
            path: Below the base address, or a whole address on the same server.
            parameters: Of the query.
            accept: The media type asked for.
            body: Sent as JSON.

        Raises:
            GitHubUnreachable: No complete answer.
            NotGitHub: It redirects to another server.
        """
        try:
            status, headers, text = self._github.requester.requestJson(
                method, path, dict(parameters or {}), {"Accept": accept}, body
            )
        except requests.exceptions.RequestException as error:
            raise GitHubUnreachable(unreachable(error, server_of(self._base_url))) from error
        except RuntimeError as error:  # PyGithub's word for a redirect to another host
            raise NotGitHub(f"{self._base_url} redirects to another address; check GITHUB_API_URL") from error
        return Answer(status, headers, text)

    def digest(self, text: str) -> str:
        """A digest of a text that only a holder of the token can make, too short to tell anything of the token."""
        return hmac.new(self._secret, b"quartet seal\n" + text.encode(), hashlib.sha256).hexdigest()[:16]

    def close(self) -> None:
        """Close the connection."""
        self._github.close()


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
