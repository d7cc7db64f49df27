"""Deliveries of webhooks: signed, posted, kept, listed page by page, and sent again when the App asks."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.github_replies import refused
from tests.fakes.server import Incoming, Reply, json_reply

SECONDS = 10.0
"""As long as GitHub waits for an answer."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One attempt. ``status`` is 0 where nobody answered."""

    id: int
    guid: str
    event: str
    body: bytes
    redelivery: bool
    delivered_at: str
    status: int

    def shown(self) -> dict[str, Any]:
        payload = json.loads(self.body)
        return {
            "id": self.id,
            "guid": self.guid,
            "delivered_at": self.delivered_at,
            "redelivery": self.redelivery,
            "duration": 0.03,
            "status": "OK" if 200 <= self.status < 300 else "Invalid HTTP Response",
            "status_code": self.status,
            "event": self.event,
            "action": payload.get("action"),
            "installation_id": (payload.get("installation") or {}).get("id"),
            "repository_id": (payload.get("repository") or {}).get("id"),
            "throttled_at": None,
        }


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def headers(event: str, guid: str, secret: str, body: bytes) -> dict[str, str]:
    """Of a delivery, as GitHub sends them."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/abc1234",
        "X-GitHub-Delivery": guid,
        "X-GitHub-Event": event,
        "X-GitHub-Hook-ID": "1",
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        "X-Hub-Signature-256": signature(secret, body),
    }


def post(url: str, body: bytes, given: Mapping[str, str]) -> int:
    """The status of the answer, 0 where there is none."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("POST", parts.path or "/", body, dict(given))
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    else:
        return answer.status
    finally:
        connection.close()


def listed(deliveries: list[Delivery], request: Incoming, url: str) -> Reply:
    """The newest first; ``status`` is ``success`` or ``failure``; pages are told by a cursor."""
    wanted, size = request.query.get("status"), int(request.query.get("per_page", 30))
    before = int(request.query.get("cursor", deliveries[-1].id + 1 if deliveries else 1))
    if size > 100 or wanted not in {None, "success", "failure"}:
        return refused(422, "Validation Failed")
    found = [
        item
        for item in reversed(deliveries)
        if item.id < before and wanted in {None, "success" if 200 <= item.status < 300 else "failure"}
    ]
    link = {}
    if len(found) > size:
        status = f"&status={wanted}" if wanted else ""
        link["link"] = f'<{url}{request.path}?per_page={size}{status}&cursor={found[size - 1].id}>; rel="next"'
    return json_reply([item.shown() for item in found[:size]], headers=link)


def new_guid() -> str:
    return str(uuid.uuid4())
