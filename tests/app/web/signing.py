"""Deliveries as GitHub signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

SECRET = "It's a Secret to Everybody"
GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
HEAD = "1" * 40
OPENED: dict[str, Any] = {
    "action": "opened",
    "installation": {"id": 11},
    "repository": {"id": 5, "name": "app", "owner": {"login": "octo"}},
    "sender": {"login": "mona", "type": "User"},
    "pull_request": {
        "number": 7,
        "head": {"sha": HEAD, "ref": "topic"},
        "base": {"sha": "2" * 40, "ref": "main"},
        "user": {"login": "mona", "type": "User"},
    },
}


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def headers(body: bytes, *, event: str = "pull_request", guid: str = GUID, **more: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": guid,
        "X-Hub-Signature-256": signature(body),
        **more,
    }


def body_of(payload: object) -> bytes:
    return json.dumps(payload).encode()
