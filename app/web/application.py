"""The server of the App: what comes from GitHub, and what watches the server."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Request, Response, request
from prometheus_client import CONTENT_TYPE_LATEST

from app.errors import AppError, Misconfigured
from app.web.answers import json_answer, set_up_answers
from app.web.figures import Figures
from app.web.hook import MAX_BYTES, deliver
from app.web.locality import is_local
from app.web.ports import Ports

_LOG = logging.getLogger(__name__)

UNSIGNED = (
    "GITHUB_WEBHOOK_SECRET is not set, and nothing would tell GitHub's deliveries from a stranger's; set it to the "
    "secret of the App's webhook, or register an App first: quartet web --setup"
)


def create_app(ports: Ports) -> Flask:
    """The WSGI application.

    Nothing is connected by this; the queue and the store behind the ports are asked when a request needs them.

    Raises:
        Misconfigured: There is no webhook secret.
    """
    if not ports.secret:
        raise Misconfigured(UNSIGNED)
    app = Flask(__name__, static_folder=None)
    # One byte more, because a chunked body is cut there without a word; the hook looks at what it has read.
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES + 1
    set_up_answers(app)
    figures = Figures()

    @app.post("/webhooks/github")
    def delivery() -> Response:
        return deliver(request, ports, figures)

    @app.get("/healthz")
    def alive() -> Response:
        return json_answer(HTTPStatus.OK, {"status": "ok"})

    @app.get("/readyz")
    def ready() -> Response:
        return _readiness(ports)

    @app.get("/metrics")
    def metrics() -> Response:
        if not _may_read_figures(request, ports.metrics_token):
            cure = "send QUARTET_METRICS_TOKEN as bearer token, or ask on this machine where none is set"
            response = json_answer(HTTPStatus.UNAUTHORIZED, {"error": cure})
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        return Response(figures.exposition(ports.queue), content_type=CONTENT_TYPE_LATEST)

    if ports.dashboard is not None:
        from app.web.dashboard.mounting import mount  # noqa: PLC0415 - templates and GitHub's client are for it alone

        mount(app, ports.dashboard)
    return app


def _readiness(ports: Ports) -> Response:
    answers: dict[str, str] = {}
    for name, ping in (("database", ports.ping_store), ("queue", ports.queue.ping)):
        try:
            ping()
        except AppError as error:
            _LOG.warning("not ready: %s", error)
            answers[name] = "does not answer"
        else:
            answers[name] = "ok"
    all_is_well = set(answers.values()) == {"ok"}
    if ports.records_lost is not None:
        # Reviews do not wait for Langfuse, and so readiness does not depend on it.
        answers["langfuse"] = _said_of(ports.records_lost)
    return json_answer(HTTPStatus.OK if all_is_well else HTTPStatus.SERVICE_UNAVAILABLE, answers)


def _said_of(records_lost: Callable[[], int]) -> str:
    try:
        lost = records_lost()
    except AppError as error:
        _LOG.warning("what Langfuse has lost is not known: %s", error)
        return "unknown"
    return f"{lost:,} records lost in the last day" if lost else "ok"


def _may_read_figures(asked: Request, token: str) -> bool:
    if not token:
        return is_local(asked)
    given = asked.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
    return hmac.compare_digest(given, f"Bearer {token}".encode())
