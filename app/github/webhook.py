"""A delivery's raw bytes and headers in; whether GitHub signed it, and the event it means, out."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import ValidationError

from app.events import Event
from app.github.deliveries import ACTIONS, READERS, Ignored

_PREFIX = b"sha256="
WORKFLOW = 0
"""In place of an installation's number, where a workflow's own token is used; GitHub's begin at 1."""

EVENTS = frozenset({"ping", *READERS})
"""The events that something may be done for."""


@dataclass(frozen=True, slots=True)
class NotADelivery:
    """Something that GitHub does not send.

    Attributes:
        reason: What is wrong with it, in words that hold nothing of the payload.
    """

    reason: str


def verify(secret: str, body: bytes, signature: str | None) -> bool:
    """Whether a body was signed by somebody who knows the secret, in constant time.

    Args:
        secret: Of the App's webhook.
        body: The raw bytes, before anything has read them.
        signature: The header ``X-Hub-Signature-256``; None where there is none.

    Example:
        >>> signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        >>> verify("It's a Secret to Everybody", b"Hello, World!", signature)
        True
    """
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
    # Bytes, because comparing a text that is not ASCII raises.
    given = (signature or "").encode("utf-8", "surrogateescape")
    return bool(secret) and hmac.compare_digest(_PREFIX + digest, given)


def parse(event_name: str, payload: object) -> Event | Ignored | NotADelivery:
    """What a delivery means.

    Args:
        event_name: The header ``X-GitHub-Event``.
        payload: The body as JSON was read.
    """
    if event_name not in EVENTS:
        return Ignored("nothing is done for this event")
    if not isinstance(payload, dict):
        return NotADelivery("the payload is no JSON object")
    if event_name == "ping":
        return Ignored("the webhook works")
    if refused := _refused(event_name, payload):
        return refused
    try:
        return READERS[event_name](payload)
    except ValidationError as error:
        # Names of fields alone: pydantic's own words quote the payload.
        where = ".".join(str(part) for part in error.errors(include_url=False, include_input=False)[0]["loc"])
        return NotADelivery(f"the payload of this event cannot be read at {where}")


def parse_in_workflow(event_name: str, payload: object) -> Event | Ignored | NotADelivery:
    """What the payload of a workflow's event means; there is no installation in it, and ``WORKFLOW`` stands for one.

    Args:
        event_name: As ``GITHUB_EVENT_NAME`` says.
        payload: The file that ``GITHUB_EVENT_PATH`` names, as JSON was read.
    """
    if not isinstance(payload, dict):
        return NotADelivery("the payload is no JSON object")
    # The readers take none that is missing or 0; whatever a payload says of one is nothing to a workflow.
    found = parse(event_name, {**payload, "installation": {"id": 1}})
    repository = getattr(found, "repository", None)
    if isinstance(found, Ignored | NotADelivery) or repository is None:
        return found if isinstance(found, Ignored | NotADelivery) else Ignored("this is no event of a workflow")
    return replace(found, repository=replace(repository, installation=WORKFLOW))


def _refused(event_name: str, payload: Mapping[str, object]) -> Ignored | NotADelivery | None:
    action = payload.get("action")
    if not isinstance(action, str):
        return NotADelivery("the payload has no action")
    if action not in ACTIONS[event_name]:
        return Ignored("nothing is done for this action")
    if payload.get("installation") is None:
        return Ignored("no installation of the App is named: this comes from another webhook than the App's own")
    return None
