"""GitHub's way of answering: pages with links, refusals with a message, limits with their headers."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from tests.fakes.server import Incoming, Reply, json_reply

LONGEST_BODY = 65_536


def page(request: Incoming, items: list[dict[str, Any]], *, url: str) -> Reply:
    size = min(100, int(request.query.get("per_page", 30)))
    number = int(request.query.get("page", 1))
    headers = {}
    if number * size < len(items):
        query = urlencode({**request.query, "page": number + 1})
        headers["link"] = f'<{url}{request.path}?{query}>; rel="next"'
    return json_reply(items[(number - 1) * size : number * size], headers=headers)


def rate_limited(*, reset_in: float = 3600, status: int = 403) -> Reply:
    reset = int(time.time() + reset_in)
    message = "API rate limit exceeded for user ID 1."
    return refused(status, message, **{"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)})


def secondary_limited(*, retry_after: int | None = None, status: int = 403) -> Reply:
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return refused(status, message, **headers)


def refused(status: int, message: str, *errors: Any, **headers: str) -> Reply:
    body: dict[str, Any] = {"message": message, "documentation_url": "https://docs.github.com/rest"}
    if errors:
        body["errors"] = list(errors)
    return json_reply(body, status=status, headers=headers)


def too_long(resource: str) -> Reply:
    message = f"body is too long (maximum is {LONGEST_BODY} characters)"
    error = {"resource": resource, "code": "custom", "field": "body", "message": message}
    return refused(422, "Validation Failed", error)
