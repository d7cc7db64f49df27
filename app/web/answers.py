"""Answers of the server: JSON on one line, headers that each has, and errors that tell nothing of the inside."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException, MethodNotAllowed

_LOG = logging.getLogger(__name__)

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_WORDS = {
    HTTPStatus.BAD_REQUEST: "the request cannot be read",
    HTTPStatus.NOT_FOUND: "there is nothing here",
    HTTPStatus.METHOD_NOT_ALLOWED: "this is not asked in this way",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the body is larger than 25 MB",
}


def json_answer(status: int, body: Mapping[str, Any]) -> Response:
    """A JSON object on one line."""
    response = jsonify(dict(body))
    response.status_code = status
    return response


def set_up_answers(app: Flask) -> None:
    """Let every answer of an application have the headers, and every error be a line."""
    app.json.sort_keys = False  # type: ignore[attr-defined] # Flask's own provider, which is the one in use, has it
    app.after_request(_with_headers)
    app.register_error_handler(HTTPException, _refusal)
    app.register_error_handler(Exception, _fault)


def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _refusal(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:
        # A redirection, such as the one to a path without a slash at its end.
        return Response(status=status, headers=error.get_headers())
    response = json_answer(status, {"error": _WORDS.get(HTTPStatus(status), HTTPStatus(status).phrase.lower())})
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _fault(error: Exception) -> Response:
    # Its text may hold a payload or an address with a password; where it happened does not.
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_globals.get('__name__', '?')}:{place.tb_lineno}" if place else "?"
    _LOG.error("internal error: %s at %s; please report it", type(error).__name__, where)
    return json_answer(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "internal error"})
