from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.errors import Misconfigured, StoreDown
from app.queue import JobQueue
from app.web.application import create_app
from app.web.ports import Ports
from tests.app.web.conftest import StartWeb
from tests.app.web.signing import OPENED, body_of, headers
from tests.fakes.redis_server import own_redis


def down() -> None:
    raise StoreDown("the database at db.internal does not answer; start it")


def broken() -> None:
    raise ValueError("hunter2")


def test_without_a_webhook_secret_there_is_no_server(queue: JobQueue) -> None:
    with pytest.raises(Misconfigured, match="GITHUB_WEBHOOK_SECRET is not set"):
        create_app(Ports(secret="", queue=queue, ping_store=lambda: None))


def test_it_is_alive(web: FlaskClient) -> None:
    answer = web.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_it_is_ready_when_database_and_queue_answer(web: FlaskClient) -> None:
    answer = web.get("/readyz")

    assert (answer.status_code, answer.json) == (200, {"database": "ok", "queue": "ok"})


def test_it_says_that_the_database_does_not_answer_and_keeps_where_it_is_for_the_log(
    start_web: StartWeb, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "app.web"):
        answer = start_web(ping_store=down).get("/readyz")

    assert (answer.status_code, answer.json) == (503, {"database": "does not answer", "queue": "ok"})
    assert caplog.messages == ["not ready: the database at db.internal does not answer; start it"]


def test_it_says_that_the_queue_does_not_answer(start_web: StartWeb) -> None:
    with own_redis() as redis:
        queue = JobQueue(redis.url)
        web = start_web(queue=queue)
        redis.stop()

        answer = web.get("/readyz")
        queue.close()

    assert (answer.status_code, answer.json) == (503, {"database": "ok", "queue": "does not answer"})


@pytest.mark.parametrize(
    ("lost", "said"), [(lambda: 0, "ok"), (lambda: 1_234, "1,234 records lost in the last day"), (down, "unknown")]
)
def test_what_langfuse_has_lost_is_told_and_keeps_nobody_from_being_ready(
    start_web: StartWeb, lost: Callable[[], int], said: str
) -> None:
    answer = start_web(records_lost=lost).get("/readyz")

    assert (answer.status_code, answer.json) == (200, {"database": "ok", "queue": "ok", "langfuse": said})


def test_an_internal_error_is_one_line_that_tells_nothing(
    start_web: StartWeb, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "app.web"):
        answer = start_web(ping_store=broken).get("/readyz")

    assert (answer.status_code, answer.json) == (500, {"error": "internal error"})
    (line,) = caplog.messages
    assert line.startswith("internal error: ValueError at tests.app.web.test_application:")


@pytest.mark.parametrize("path", ["/", "/setup", "/setup/done", "/static/x", "/%2e%2e/etc/passwd", "/webhooks/github/"])
def test_there_is_nothing_else(web: FlaskClient, path: str) -> None:
    answer = web.get(path)

    assert (answer.status_code, answer.json) == (404, {"error": "there is nothing here"})


def test_every_answer_forbids_to_be_framed_or_kept(web: FlaskClient) -> None:
    for path in ("/healthz", "/nothing", "/metrics"):
        answer = web.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_figures_tell_of_deliveries_and_the_queue(web: FlaskClient) -> None:
    body = body_of(OPENED)
    web.post("/webhooks/github", data=body, headers=headers(body))
    web.post("/webhooks/github", data=body, headers={**headers(body), "X-GitHub-Event": "made_up"})

    text = web.get("/metrics").text

    assert 'quartet_web_deliveries_total{event="pull_request",status="202"} 1.0' in text
    assert 'quartet_web_deliveries_total{event="other",status="200"} 1.0' in text
    assert "quartet_web_delivery_duration_seconds_count 2.0" in text
    assert 'quartet_queue_jobs{state="interactive"} 1.0' in text
    assert 'quartet_queue_jobs{state="dead"} 0.0' in text
    assert "quartet_queue_up 1.0" in text


def test_the_figures_say_that_the_queue_is_down(start_web: StartWeb) -> None:
    with own_redis() as redis:
        queue = JobQueue(redis.url)
        web = start_web(queue=queue)
        redis.stop()

        answer = web.get("/metrics")
        queue.close()

    assert answer.status_code == 200
    assert "quartet_queue_up 0.0" in answer.text
    assert "quartet_queue_jobs{" not in answer.text


@pytest.mark.parametrize(
    ("environment", "more"),
    [
        pytest.param({"REMOTE_ADDR": "10.0.0.9"}, {}, id="from another machine"),
        pytest.param({}, {"X-Forwarded-For": "127.0.0.1"}, id="through a proxy on this machine"),
        pytest.param({}, {"Forwarded": "for=127.0.0.1"}, id="through another proxy"),
        pytest.param({}, {"Host": "quartet.example.com"}, id="under a public name"),
        pytest.param({}, {"Host": "[::1"}, id="under no name"),
        pytest.param({}, {"Host": "127.0.0.1.example.com"}, id="under a name like loopback"),
    ],
)
def test_without_a_token_the_figures_are_for_this_machine_alone(
    web: FlaskClient, environment: dict[str, str], more: dict[str, str]
) -> None:
    answer = web.get("/metrics", environ_overrides=environment, headers=more)

    assert answer.status_code in {400, 401}
    assert "quartet_queue" not in answer.text


def test_with_a_token_the_figures_are_for_who_sends_it(start_web: StartWeb) -> None:
    web = start_web(metrics_token="let me in")
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}

    right = web.get("/metrics", environ_overrides=elsewhere, headers={"Authorization": "Bearer let me in"})
    wrong = web.get("/metrics", environ_overrides=elsewhere, headers={"Authorization": "Bearer let me"})
    none = web.get("/metrics")

    assert (right.status_code, wrong.status_code, none.status_code) == (200, 401, 401)
    assert none.headers["WWW-Authenticate"] == "Bearer"


def test_secrets_are_not_shown_with_the_ports(queue: JobQueue) -> None:
    assert "hunter2" not in repr(Ports(secret="hunter2", queue=queue, ping_store=down, metrics_token="hunter2"))
