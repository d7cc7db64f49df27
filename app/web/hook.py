"""A delivery in; its event in the queue, and an answer within milliseconds, out."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import NoReturn

from flask import Request, Response
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from app.errors import QueueDown
from app.events import Event, InstallationChanged
from app.github.deliveries import Ignored
from app.github.webhook import NotADelivery, parse, verify
from app.web.answers import json_answer
from app.web.figures import Figures
from app.web.ports import Ports

_LOG = logging.getLogger(__name__)

MAX_BYTES = 25 * 1024 * 1024
"""GitHub caps payloads at 25 MB (docs.github.com/en/webhooks/webhook-events-and-payloads)."""

_GUID = re.compile(r"[A-Za-z0-9-]{1,100}")
_WORD = re.compile(r"[a-z0-9_]{1,50}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    status: HTTPStatus
    said: dict[str, str]
    action: str = "-"
    repository: str = "-"


def deliver(request: Request, ports: Ports, figures: Figures) -> Response:
    """Answer a delivery, count it, and leave a line about it in the log.

    Args:
        request: With its body unread.
        ports: The secret, and the queue.
        figures: Where it is counted.
    """
    begun = perf_counter()
    outcome = _receive(request, ports)
    seconds = perf_counter() - begun
    event = _shown(request.headers.get("X-GitHub-Event"), _WORD)
    figures.record_delivery(event, outcome.status, seconds)
    _LOG.log(
        logging.INFO if outcome.status < HTTPStatus.BAD_REQUEST else logging.WARNING,
        "delivery %s %s %s %s %d %.1f ms%s",
        _shown(request.headers.get("X-GitHub-Delivery"), _GUID),
        event,
        outcome.action,
        outcome.repository,
        outcome.status,
        seconds * 1_000,
        f": {outcome.said['error']}" if "error" in outcome.said else "",
    )
    return json_answer(outcome.status, outcome.said)


def _receive(request: Request, ports: Ports) -> _Outcome:
    try:
        body = _signed_body(request, ports.secret)
        guid, name = _named(request)
        payload = _json(body)
    except _Refused as refused:
        return _Outcome(status=refused.status, said={"error": refused.error})
    action = _shown(payload.get("action") if isinstance(payload, dict) else None, _WORD)
    match parse(name, payload):
        case NotADelivery(reason):
            return _Outcome(status=HTTPStatus.BAD_REQUEST, said={"error": reason}, action=action)
        case Ignored(reason):
            return _Outcome(status=HTTPStatus.OK, said={"ignored": reason}, action=action)
        case event:
            return _queued(guid, event, ports, action)


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


def _signed_body(request: Request, secret: str) -> bytes:
    """The raw bytes, whose signature is looked at before anything else looks at them."""
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        body = None
    except (ClientDisconnected, OSError) as error:
        raise _Refused(HTTPStatus.BAD_REQUEST, "the body ended before it was complete") from error
    if body is None or len(body) > MAX_BYTES:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is larger than 25 MB")
    if not verify(secret, body, request.headers.get("X-Hub-Signature-256")):
        raise _Refused(HTTPStatus.UNAUTHORIZED, "the signature is missing or wrong; compare GITHUB_WEBHOOK_SECRET")
    return body


def _named(request: Request) -> tuple[str, str]:
    """The id of the delivery and the name of its event, which no signature covers."""
    guid, name = request.headers.get("X-GitHub-Delivery", ""), request.headers.get("X-GitHub-Event", "")
    if not _GUID.fullmatch(guid) or not _WORD.fullmatch(name):
        raise _Refused(HTTPStatus.BAD_REQUEST, "X-GitHub-Delivery or X-GitHub-Event is missing or none")
    return guid, name


def _json(body: bytes) -> object:
    try:
        return json.loads(body.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        cure = "the body is no JSON; the webhook's content type is to be application/json"
        raise _Refused(HTTPStatus.BAD_REQUEST, cure) from error


def _queued(guid: str, event: Event, ports: Ports, action: str) -> _Outcome:
    where = event.account or "-" if isinstance(event, InstallationChanged) else event.repository.full_name
    try:
        accepted = ports.queue.accept(guid, event)
    except QueueDown as error:
        # GitHub shows this to whoever looks at the delivery, and they may not be told where Redis is.
        _LOG.error("%s", error)
        said = {"error": "the queue does not take it; send it again later"}
        return _Outcome(status=HTTPStatus.SERVICE_UNAVAILABLE, said=said, action=action, repository=where)
    if not accepted.new:
        said = {"ignored": "this delivery was accepted before", "job": accepted.job}
        return _Outcome(status=HTTPStatus.OK, said=said, action=action, repository=where)
    return _Outcome(status=HTTPStatus.ACCEPTED, said={"job": accepted.job}, action=action, repository=where)


def _shown(text: object, pattern: re.Pattern[str]) -> str:
    """What may be written into the log of what a stranger has sent."""
    return text if isinstance(text, str) and pattern.fullmatch(text) else "-"


def _no_constant(name: str) -> NoReturn:
    msg = f"{name} is no JSON"
    raise ValueError(msg)
