"""What the App is to GitHub: its name, addresses, permissions and events, and where it is registered."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from app.errors import Misconfigured

DEFAULT_NAME = "Quartet review"
HOOK_PATH = "/webhooks/github"
DONE_PATH = "/setup/done"
SIGNED_IN_PATH = "/dashboard/signed-in"
"""GitHub takes no other ``redirect_uri`` than this."""

PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "pull_requests": "write",
    "issues": "write",
    "checks": "write",
    # GitHub lets nobody subscribe to merge_group without it (docs.github.com/en/webhooks/webhook-events-and-payloads).
    "merge_queues": "read",
}
"""The least that the App works with; ``docs/app.md`` says why each."""

EVENTS = (
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "repository",
)
"""What is subscribed to; ``installation``, ``installation_repositories`` and ``ping`` come to every App anyway."""

_NAME_LENGTH = 34
_ORGANISATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,98}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How the App is to be registered.

    Attributes:
        address: Where GitHub and browsers reach the server, without a slash at its end.
        name: What it is to be called; GitHub wants a name that no other App has, and asks if it is taken.
        organisation: Login of the organisation that is to own it; empty for the person who registers it.
    """

    address: str
    name: str = DEFAULT_NAME
    organisation: str = ""

    def manifest(self) -> dict[str, Any]:
        """What GitHub is sent (docs.github.com/en/apps: registering a GitHub App from a manifest)."""
        return {
            "name": self.name,
            "url": self.address,
            "description": "Code review by four specialists: bugs, architecture, performance, security.",
            "public": False,
            "hook_attributes": {"url": f"{self.address}{HOOK_PATH}", "active": True},
            "redirect_url": f"{self.address}{DONE_PATH}",
            # Where people who sign in to the dashboard come back to; nobody is asked to when the App is installed.
            "callback_urls": [f"{self.address}{SIGNED_IN_PATH}"],
            "request_oauth_on_install": False,
            "default_permissions": PERMISSIONS,
            "default_events": list(EVENTS),
        }

    def manifest_text(self) -> str:
        """The manifest as the form sends it."""
        return json.dumps(self.manifest(), ensure_ascii=False)

    def form_address(self, web: str) -> str:
        """Where the manifest is sent to, without the state.

        Args:
            web: Where people see this GitHub.
        """
        owner = f"/organizations/{quote(self.organisation, safe='')}" if self.organisation else ""
        return f"{web}{owner}/settings/apps/new"


def registration(*, address: str, name: str, organisation: str) -> Registration:
    """What a person typed, looked at.

    Raises:
        Misconfigured: It cannot be; in one line, for the person.
    """
    name, organisation = " ".join(name.split()), organisation.strip().lstrip("@")
    if not 0 < len(name) <= _NAME_LENGTH or not name.isprintable():
        raise Misconfigured(f"a name has 1 to {_NAME_LENGTH} characters")
    if organisation and not _ORGANISATION.fullmatch(organisation):
        raise Misconfigured("an organisation is named as in its address: for github.com/octo-org write octo-org")
    return Registration(address=public_address(address), name=name, organisation=organisation)


def public_address(text: str) -> str:
    """An address without path, query or slash at its end.

    Raises:
        Misconfigured: It is none.
    """
    try:
        parts = urlsplit(text.strip())
        usable = bool(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError:
        usable = False
    if not usable or parts.scheme not in {"http", "https"} or not text.isascii() or not text.isprintable():
        raise Misconfigured("an address begins with https:// and names a host: https://quartet.example.com")
    if parts.query or parts.fragment:
        raise Misconfigured("an address ends with its host, or with a path: https://example.com/quartet")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def web_address(api: str) -> str:
    """Where people see the GitHub whose API this is.

    >>> web_address("https://api.github.com"), web_address("https://git.example.com/api/v3")
    ('https://github.com', 'https://git.example.com')
    >>> web_address("https://api.octo.ghe.com"), web_address("http://127.0.0.1:8080/api/v3")
    ('https://octo.ghe.com', 'http://127.0.0.1:8080')
    """
    parts = urlsplit(api)
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}{parts.path.rstrip('/').removesuffix('/api/v3')}"
