"""Signing in at GitHub: where a browser is sent to, and what its way back is exchanged for.

The web application flow for GitHub Apps, with PKCE (docs.github.com/en/apps/creating-github-apps/
authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app; RFC 7636).
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import requests

from app.errors import GitHubError, GitHubFailed, GitHubMisconfigured, NotGitHub, NotPermitted
from app.github.addresses import api_address
from app.github.transport import unreachable

if TYPE_CHECKING:
    from app.web.dashboard.setting import DashboardSetting

SESSION_SECONDS = 8 * 3_600
"""GitHub's tokens of users are good for as long, unless the App's owner has switched that off."""

_TIMEOUT_SECONDS = 8.0
"""For each of two requests: the server gives nobody more than 15 seconds."""

_CODE = re.compile(r"[A-Za-z0-9._-]{1,200}")
_TOKEN = re.compile(r"[A-Za-z0-9._-]{8,2000}")
_FAULTS = {
    "bad_verification_code": "the way back from GitHub is good for ten minutes, and once; sign in again",
    "incorrect_client_credentials": "GITHUB_APP_CLIENT_ID and GITHUB_APP_CLIENT_SECRET are not those of one App",
    "redirect_uri_mismatch": "QUARTET_PUBLIC_URL and the callback URL in the App's settings differ",
    "unverified_user_email": "GitHub wants a verified address of mail from you first",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UserToken:
    """What GitHub is asked with what one person may read.

    Attributes:
        value: The token.
        seconds: For how long it is good.
    """

    value: str = field(repr=False)
    seconds: float


def authorize_address(setting: DashboardSetting, *, state: str, verifier: str) -> str:
    """Where a browser is sent to sign in.

    Args:
        setting: Of the dashboard.
        state: What GitHub gives back.
        verifier: Kept here; GitHub is shown its digest, and it itself when the code is exchanged.
    """
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "client_id": setting.client_id,
        "redirect_uri": setting.callback,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "allow_signup": "false",
    }
    return f"{setting.web}/login/oauth/authorize?{urlencode(query)}"


def exchange(setting: DashboardSetting, code: str, *, verifier: str) -> UserToken:
    """The token for a code that a browser came back with; GitHub does it once.

    Raises:
        GitHubError: ``NotPermitted`` where the code is no good, ``GitHubMisconfigured`` where the App's secrets are
            not, or another of its subclasses.
    """
    if not _CODE.fullmatch(code):
        raise NotPermitted(_FAULTS["bad_verification_code"])
    answer = _send(
        setting,
        "POST",
        f"{setting.web}/login/oauth/access_token",
        data={
            "client_id": setting.client_id,
            "client_secret": setting.client_secret,
            "code": code,
            "redirect_uri": setting.callback,
            "code_verifier": verifier,
        },
    )
    # What does not go is told with 200, too.
    if fault := str(answer.get("error", "")):
        raise _explained(fault)
    token, seconds = answer.get("access_token"), answer.get("expires_in", SESSION_SECONDS)
    if not isinstance(token, str) or not _TOKEN.fullmatch(token) or not isinstance(seconds, int):
        raise NotGitHub(f"{setting.web} does not answer as GitHub does; check GITHUB_API_URL")
    return UserToken(value=token, seconds=min(seconds, SESSION_SECONDS))


def revoke(setting: DashboardSetting, token: str) -> None:
    """Let GitHub forget a token; nothing where it has already.

    Raises:
        GitHubError: It may still be good.
    """
    rest = api_address(setting.api_url).rest
    _send(
        setting,
        "DELETE",
        f"{rest}/applications/{quote(setting.client_id, safe='')}/token",
        json={"access_token": token},
        auth=(setting.client_id, setting.client_secret),
    )


def _send(setting: DashboardSetting, method: str, address: str, **rest: Any) -> dict[str, Any]:
    headers = {"Accept": "application/json", "User-Agent": "quartet-review"}
    try:
        answer = requests.request(
            method, address, headers=headers, timeout=_TIMEOUT_SECONDS, allow_redirects=False, **rest
        )
    except requests.exceptions.RequestException as error:
        # Its words may repeat the address, never what was sent; the chain is cut all the same.
        raise GitHubFailed(unreachable(error, setting.web)) from None
    if answer.status_code >= 500:  # noqa: PLR2004 - the statuses of a server that fails
        raise GitHubFailed("GitHub fails at signing people in; try again later", status=answer.status_code)
    if method == "DELETE" and answer.status_code in {204, 404, 422}:
        return {}
    try:
        body = answer.json()
    except requests.exceptions.JSONDecodeError:
        body = None
    if not isinstance(body, dict) or not (answer.ok or "error" in body):
        raise NotGitHub(
            f"{setting.web} signs nobody in ({answer.status_code}); check GITHUB_API_URL and GITHUB_APP_CLIENT_ID",
            status=answer.status_code,
        )
    return body


def _explained(fault: str) -> GitHubError:
    told = _FAULTS.get(fault)
    if told is None:
        return NotPermitted("GitHub did not sign you in; try again")
    if fault in {"incorrect_client_credentials", "redirect_uri_mismatch"}:
        return GitHubMisconfigured(told)
    return NotPermitted(told)
