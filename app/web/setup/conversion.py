"""GitHub's code in; the App that was registered, with its secrets, out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from app.errors import GitHubError, NotGitHub, NotVisible, Unprocessable
from app.github.addresses import api_address
from app.github.client import GitHubClient

_CODE = re.compile(r"[A-Za-z0-9_-]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredApp:
    """An App as GitHub has just made it.

    Attributes:
        id: Its number.
        name: What it is called.
        page: Where people see it.
        webhook_secret: What GitHub signs its deliveries with.
        private_key: The text of its ``.pem`` file.
        client_id: Under which people sign in to the dashboard, or empty.
        client_secret: What goes with it.
    """

    id: int
    name: str
    page: str
    webhook_secret: str = field(repr=False)
    private_key: str = field(repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)

    def environment(self, *, api_url: str = "", public_url: str = "") -> str:
        """Lines for an environment file.

        Args:
            api_url: Of another GitHub than github.com.
            public_url: Where GitHub reaches the server.
        """
        lines = {
            "GITHUB_APP_ID": str(self.id),
            "GITHUB_WEBHOOK_SECRET": self.webhook_secret,
            "GITHUB_APP_PRIVATE_KEY": self.private_key.strip().replace("\n", "\\n"),
            **({} if not public_url else self._signing_in()),
            "GITHUB_API_URL": api_url,
            "QUARTET_PUBLIC_URL": public_url,
        }
        return "\n".join(f'{name}="{value}"' for name, value in lines.items() if value)

    def _signing_in(self) -> dict[str, str]:
        """What the dashboard needs; without an address to come back to, the server would not start with it."""
        if not (self.client_id and self.client_secret):
            return {}
        return {"GITHUB_APP_CLIENT_ID": self.client_id, "GITHUB_APP_CLIENT_SECRET": self.client_secret}


def convert(code: str, api_url: str) -> RegisteredApp:
    """Exchange the code that GitHub has sent the browser back with; GitHub does it once.

    Raises:
        GitHubError: One of its subclasses; ``NotVisible`` where the code is wrong, used or too old.
    """
    if not _CODE.fullmatch(code):
        raise NotVisible("this is no code of GitHub's; begin again at /setup")
    client = GitHubClient(None, api_address(api_url), longest_wait=0.0)
    try:
        answer = client.write("POST", f"/app-manifests/{quote(code, safe='')}/conversions", about="the new App")
    except (NotVisible, Unprocessable) as error:
        msg = "GitHub does not take this code: it is good for an hour, and once; begin again at /setup"
        raise NotVisible(msg, status=error.status) from error
    finally:
        client.close()
    return _registered(answer)


def _registered(answer: Any) -> RegisteredApp:
    try:
        app = RegisteredApp(
            id=int(answer["id"]),
            name=str(answer.get("name") or "the App"),
            page=str(answer["html_url"]),
            webhook_secret=str(answer["webhook_secret"] or ""),
            private_key=str(answer["pem"]),
            client_id=str(answer.get("client_id") or ""),
            client_secret=str(answer.get("client_secret") or ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        msg = "GitHub's answer cannot be read; look for the new App at GitHub, and set it up by hand (docs/app.md)"
        raise NotGitHub(msg) from None
    if not app.webhook_secret:
        msg = "GitHub made the App without a webhook secret; set one in its settings, and follow docs/app.md"
        raise GitHubError(msg)
    return app
