"""Whether there is a dashboard, and who may sign in to it: settings in, a value out."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.errors import Misconfigured
from app.github.addresses import PUBLIC_API
from app.web.setup.manifest import SIGNED_IN_PATH, public_address, web_address

if TYPE_CHECKING:
    from app.settings import Settings

PATH = "/dashboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardSetting:
    """How people sign in; at least one of the two ways is there.

    Attributes:
        api_url: Of the GitHub that is asked who may read what.
        client_id: The App's, for signing in at GitHub; empty where that is off.
        client_secret: What goes with it.
        token: What an operator sends; empty where that is off.
        public_url: Where browsers reach the server, without a slash at its end; empty where nobody has said.
    """

    api_url: str = PUBLIC_API
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    public_url: str = ""

    @property
    def web(self) -> str:
        """Where people see that GitHub."""
        return web_address(self.api_url)

    @property
    def callback(self) -> str:
        """What GitHub is told as ``redirect_uri``; the App's settings have it as a callback URL."""
        return f"{self.public_url}{SIGNED_IN_PATH}"

    @property
    def root(self) -> str:
        """Path of the dashboard, as browsers see it: behind a proxy it may have one before it."""
        return f"{urlsplit(self.public_url).path}{PATH}"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the server by https, so that cookies may say so."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def key(self) -> bytes:
        """What sessions are sealed with: they end when a secret of the dashboard is changed."""
        parts = "\n".join((self.client_id, self.client_secret, self.token))
        return hashlib.sha256(b"quartet dashboard\n" + parts.encode("utf-8", "replace")).digest()

    def is_operators(self, token: str) -> bool:
        """Whether it is the operators' token; how long that takes says nothing of it."""
        given = token.encode("utf-8", "surrogateescape")
        return bool(self.token) and hmac.compare_digest(given, self.token.encode("utf-8", "surrogateescape"))


def dashboard_setting(settings: Settings) -> DashboardSetting | None:
    """The dashboard's setting, or None where there is no dashboard.

    Raises:
        Misconfigured: Signing in at GitHub is half set up, or ``QUARTET_PUBLIC_URL`` is no place to come back to.
    """
    secret = settings.github_app_client_secret
    client_secret = secret.get_secret_value().strip() if secret else ""
    client_id = settings.github_app_client_id.strip()
    operators = settings.quartet_dashboard_token
    token = operators.get_secret_value().strip() if operators else ""
    public_url = (settings.quartet_public_url or "").rstrip("/")
    if client_id or client_secret:
        parts = {
            "GITHUB_APP_CLIENT_ID": client_id,
            "GITHUB_APP_CLIENT_SECRET": client_secret,
            "QUARTET_PUBLIC_URL": public_url,
        }
        if missing := [name for name, value in parts.items() if not value]:
            msg = (
                f"signing in to the dashboard is half set up: {' and '.join(missing)} must be set, too "
                "(docs/app.md, Dashboard)"
            )
            raise Misconfigured(msg)
    elif not token:
        return None
    return DashboardSetting(
        api_url=settings.github_api_url,
        client_id=client_id,
        client_secret=client_secret,
        token=token,
        public_url=public_address(public_url) if public_url else "",
    )
