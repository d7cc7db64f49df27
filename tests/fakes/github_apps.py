"""What GitHub knows of an App: its key, its installations, the tokens it gave; JWTs are really checked."""

from __future__ import annotations

import base64
import functools
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.fakes.github_permissions import DEFAULT, LEVELS
from tests.fakes.github_replies import page, refused
from tests.fakes.server import Incoming, Reply, json_reply

TOKEN_SECONDS = 3_600
_LONGEST_JWT_SECONDS = 600


@dataclass(kw_only=True)
class Installation:
    """``repositories`` are full names. ``permissions`` are what its owner granted."""

    id: int
    account: str
    repositories: set[str] = field(default_factory=set)
    permissions: dict[str, str] = field(default_factory=lambda: dict(DEFAULT))
    suspended: bool = False


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a token may do, and until when."""

    installation: Installation
    repositories: frozenset[str]
    permissions: Mapping[str, str]
    expires_at: float


@functools.cache
def private_key() -> rsa.RSAPrivateKey:
    """The App's key of this process; the second one is somebody else's."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    """As GitHub hands it out: PKCS #1."""
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


class AppAccount:
    """One App of a GitHub.

    Args:
        app_id: Its number.
        slug: Its name; its account is ``slug[bot]``.
        clock: Seconds since the epoch.
    """

    def __init__(self, app_id: int, slug: str, clock: Callable[[], float]) -> None:
        self.app_id, self.slug, self.clock = app_id, slug, clock
        self.installations: dict[int, Installation] = {}
        self.permissions = dict(DEFAULT)
        self.events = ["pull_request", "issue_comment", "pull_request_review_comment", "pull_request_review_thread"]
        self.events += ["check_run", "check_suite", "merge_group"]
        self.token_seconds: float = TOKEN_SECONDS
        self.grants: dict[str, Grant] = {}

    def refused_jwt(self, request: Incoming) -> Reply | None:
        """What GitHub says against the JWT of a request, or None."""
        word, _, token = request.headers.get("authorization", "").partition(" ")
        claims = _claims(token) if word.lower() == "bearer" else None
        if claims is None:
            return refused(401, "A JSON web token could not be decoded")
        now, issued, expires = self.clock(), claims.get("iat"), claims.get("exp")
        if str(claims.get("iss")) != str(self.app_id):
            return refused(404, "Integration not found")
        if not isinstance(expires, int) or expires <= now:
            said = "a numeric value representing the future time at which the assertion expires"
            return refused(401, f"'Expiration time' claim ('exp') must be {said}")
        if expires > now + _LONGEST_JWT_SECONDS:
            return refused(401, "'Expiration time' claim ('exp') is too far in the future")
        if not isinstance(issued, int) or issued > now:
            said = "an Integer representing the time that the assertion was issued"
            return refused(401, f"'Issued at' claim ('iat') must be {said}")
        return None

    def create_token(self, request: Incoming, number: str) -> Reply:
        installation = self.installations.get(int(number))
        body = request.json or {}
        if installation is None:
            return refused(404, "Not Found")
        if installation.suspended:
            return refused(403, "This installation has been suspended")
        names = {name: f"{installation.account}/{name}" for name in body.get("repositories") or ()}
        known = {name.lower(): name for name in installation.repositories}
        if any(name.lower() not in known for name in names.values()):
            said = (
                "There is at least one repository that does not exist or is not accessible to the parent installation."
            )
            return refused(422, said)
        permissions = body.get("permissions") or installation.permissions
        if any(
            LEVELS[level] > LEVELS.get(installation.permissions.get(name, ""), 0) for name, level in permissions.items()
        ):
            return refused(422, "The permissions requested are not granted to this installation.")
        allowed = {known[name.lower()] for name in names.values()} or installation.repositories
        token = self.grant(installation, allowed, permissions)
        return json_reply(
            {
                "token": token,
                "expires_at": moment(self.grants[token].expires_at),
                "permissions": dict(permissions),
                "repository_selection": "selected",
            },
            status=201,
        )

    def grant(self, installation: Installation, repositories: set[str], permissions: Mapping[str, str]) -> str:
        """A token of the length and form that GitHub's have since April 2026."""
        token = (
            f"ghs_{self.app_id}_{secrets.token_urlsafe(27)}.{secrets.token_urlsafe(200)}.{secrets.token_urlsafe(150)}"
        )
        self.grants[token] = Grant(
            installation=installation,
            repositories=frozenset(repositories),
            permissions={"metadata": "read", **permissions},  # GitHub adds it unasked
            expires_at=self.clock() + self.token_seconds,
        )
        return token

    def expire_tokens(self) -> None:
        """All that were given so far are worth nothing by now."""
        self.grants.clear()

    def grant_of(self, request: Incoming) -> Grant | None:
        token = request.headers.get("authorization", "").partition(" ")[2]
        grant = self.grants.get(token)
        if grant is None or grant.expires_at <= self.clock() or grant.installation.id not in self.installations:
            return None
        return grant

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.app_id,
            "slug": self.slug,
            "node_id": "A_1",
            "name": self.slug.title(),
            "owner": {"login": "octo", "id": 1, "type": "Organization"},
            "description": None,
            "external_url": "https://example.com",
            "html_url": f"https://github.com/apps/{self.slug}",
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "permissions": self.permissions,
            "events": self.events,
            "installations_count": len(self.installations),
        }

    def list_installations(self, request: Incoming, url: str) -> Reply:
        return page(request, [self.shown_installation(item) for item in self.installations.values()], url=url)

    def get_installation(self, number: str) -> Reply:
        found = self.installations.get(int(number))
        return json_reply(self.shown_installation(found)) if found else refused(404, "Not Found")

    def shown_installation(self, installation: Installation) -> dict[str, Any]:
        return {
            "id": installation.id,
            "account": {"login": installation.account, "id": 1, "type": "Organization"},
            "app_id": self.app_id,
            "app_slug": self.slug,
            "target_type": "Organization",
            "permissions": installation.permissions,
            "events": self.events,
            "repository_selection": "selected",
            "suspended_at": "2026-11-01T00:00:00Z" if installation.suspended else None,
            "suspended_by": None,
        }


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _claims(token: str) -> dict[str, Any] | None:
    """The claims of a JWT whose RS256 signature is the App's."""
    try:
        head, body, signature = token.split(".")
        if json.loads(_decoded(head)).get("alg") != "RS256":
            return None
        public = private_key().public_key()
        public.verify(_decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
        claims = json.loads(_decoded(body))
    except (ValueError, InvalidSignature):
        return None
    return claims if isinstance(claims, dict) else None


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
