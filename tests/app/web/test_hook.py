from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.queue import JobQueue, Lane
from tests.app.web.conftest import StartWeb
from tests.app.web.signing import GUID, OPENED, body_of, headers, signature
from tests.fakes.redis_server import own_redis
from tests.fetch_openapi import WEBHOOKS

HOOK = "/webhooks/github"


def post(web: FlaskClient, body: bytes, **changes: str) -> TestResponse:
    return web.post(HOOK, data=body, headers={**headers(body), **changes})


def without(web: FlaskClient, body: bytes, name: str) -> TestResponse:
    sent = headers(body)
    del sent[name]
    return web.post(HOOK, data=body, headers=sent)


def test_a_delivery_is_answered_with_its_job_which_is_in_the_queue(web: FlaskClient, queue: JobQueue) -> None:
    answer = post(web, body_of(OPENED))

    assert answer.status_code == 202
    assert answer.json == {"job": f"delivery-{GUID}"}
    assert queue.depths()[Lane.INTERACTIVE] == 1


def test_the_same_delivery_again_does_nothing(web: FlaskClient, queue: JobQueue) -> None:
    answers = [post(web, body_of(OPENED)) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [202, 200, 200, 200, 200]
    assert answers[-1].json == {"ignored": "this delivery was accepted before", "job": f"delivery-{GUID}"}
    assert queue.depths()[Lane.INTERACTIVE] == 1


def test_an_event_that_nothing_is_done_for_is_answered_with_the_reason(web: FlaskClient, queue: JobQueue) -> None:
    answer = post(web, body_of({"action": "created"}), **{"X-GitHub-Event": "star"})

    assert answer.status_code == 200
    assert answer.json == {"ignored": "nothing is done for this event"}
    assert queue.depths()[Lane.INTERACTIVE] == 0


def test_a_ping_is_answered(web: FlaskClient) -> None:
    answer = post(web, body_of({"zen": "Design for failure.", "hook_id": 1}), **{"X-GitHub-Event": "ping"})

    assert answer.status_code == 200
    assert answer.json == {"ignored": "the webhook works"}


def test_while_the_queue_is_down_a_delivery_is_refused_without_a_word_of_where_it_is(
    start_web: StartWeb, caplog: pytest.LogCaptureFixture
) -> None:
    with own_redis() as redis:
        queue = JobQueue(redis.url)
        web = start_web(queue=queue)
        redis.stop()

        with caplog.at_level(logging.WARNING, "app.web"):
            answer = post(web, body_of(OPENED))
        queue.close()

    assert answer.status_code == 503
    assert answer.json == {"error": "the queue does not take it; send it again later"}
    assert "cannot be reached; start it, or correct REDIS_URL" in caplog.text


def test_a_delivery_that_was_refused_is_taken_when_it_comes_again(start_web: StartWeb) -> None:
    with own_redis() as redis:
        queue = JobQueue(redis.url)
        web = start_web(queue=queue)
        redis.stop()
        refused = post(web, body_of(OPENED))
        redis.start()

        taken = post(web, body_of(OPENED))
        queue.close()

    assert (refused.status_code, taken.status_code) == (503, 202)


SIGNATURE = signature(body_of(OPENED))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("", id="empty"),
        pytest.param(SIGNATURE[:-1], id="truncated"),
        pytest.param(f"{SIGNATURE},{SIGNATURE}", id="doubled"),
        pytest.param(signature(body_of(OPENED), "another secret"), id="with another secret"),
        pytest.param(signature(body_of(OPENED) + b" "), id="of another body"),
        pytest.param("sha256=" + "é" * 64, id="not ASCII"),
    ],
)
def test_a_wrong_signature_is_refused(web: FlaskClient, queue: JobQueue, given: str) -> None:
    answer = post(web, body_of(OPENED), **{"X-Hub-Signature-256": given})

    assert answer.status_code == 401
    assert queue.depths()[Lane.INTERACTIVE] == 0


def test_a_missing_signature_is_refused_before_anything_is_read(web: FlaskClient) -> None:
    assert without(web, b"no JSON", "X-Hub-Signature-256").status_code == 401


@pytest.mark.parametrize("missing", ["X-GitHub-Event", "X-GitHub-Delivery"])
def test_a_delivery_without_its_name_is_refused(web: FlaskClient, missing: str) -> None:
    assert without(web, body_of(OPENED), missing).status_code == 400


@pytest.mark.parametrize(
    ("header", "value"),
    [
        pytest.param("X-GitHub-Delivery", "../../etc/passwd", id="a path for an id"),
        pytest.param("X-GitHub-Delivery", "a" * 101, id="a long id"),
        pytest.param("X-GitHub-Delivery", "١٢٣", id="an id in other digits"),
        pytest.param("X-GitHub-Event", "pull_reque\u017ft", id="a look-alike of an event"),
        pytest.param("X-GitHub-Event", "pull_request,pull_request", id="an event twice"),
    ],
)
def test_a_name_that_github_never_sends_is_refused(web: FlaskClient, header: str, value: str) -> None:
    wire = value.encode().decode("latin-1")

    assert post(web, body_of(OPENED), **{header: wire}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"payload=%7B%7D", id="a form"),
        pytest.param(b"\xff\xfe{}", id="not UTF-8"),
        pytest.param('{"action": "opened"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b"[" * 1_000_000, id="deep"),
        pytest.param(b'{"a":' * 200_000 + b"1" + b"}" * 200_000, id="deep and complete"),
        pytest.param(b"9" * 100_000, id="a number of too many digits"),
        pytest.param(b'{"action": NaN}', id="NaN"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"opened"', id="a text"),
        pytest.param(b"{}", id="no action"),
        pytest.param(body_of({**OPENED, "pull_request": 7}), id="another shape"),
        pytest.param(body_of({**OPENED, "pull_request": {"number": 1e400}}), id="an infinite number"),
    ],
)
def test_what_is_signed_but_no_delivery_is_refused(web: FlaskClient, queue: JobQueue, body: bytes) -> None:
    answer = post(web, body)

    assert answer.status_code == 400
    assert answer.json is not None
    assert queue.depths()[Lane.INTERACTIVE] == 0


def test_of_a_key_that_comes_twice_the_last_counts_as_everywhere_in_python(web: FlaskClient) -> None:
    body = body_of(OPENED).replace(b'"action": "opened"', b'"action": "opened", "action": "unlabeled"')

    assert post(web, body).json == {"ignored": "nothing is done for this action"}


def test_a_delivery_leaves_one_line_that_names_it(web: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "app.web"):
        post(web, body_of(OPENED))

    (line,) = caplog.messages
    assert line.startswith(f"delivery {GUID} pull_request opened octo/app 202 ")


def test_what_a_stranger_sends_is_not_written_into_the_log(web: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    body = body_of({"action": "forged\nline", "password": "hunter2"})

    with caplog.at_level(logging.INFO, "app.web"):
        web.post(HOOK, data=body, headers={"X-GitHub-Event": "a\tb", "X-GitHub-Delivery": "x y"})
        post(web, body)

    assert "hunter2" not in caplog.text
    assert "forged" not in caplog.text
    assert caplog.messages[0].startswith("delivery - - - - 401 ")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_the_hook_takes_posts_alone(web: FlaskClient, method: str) -> None:
    answer = web.open(HOOK, method=method)

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.skipif(not WEBHOOKS.exists(), reason="GitHub's examples are not there (tests/fetch_openapi.py needs npm)")
@pytest.mark.parametrize("installed", [False, True])
def test_no_example_that_github_publishes_breaks_the_server(web: FlaskClient, *, installed: bool) -> None:
    described: list[dict[str, Any]] = json.loads(WEBHOOKS.read_bytes())
    more = {"installation": {"id": 1}} if installed else {}
    statuses = [
        post(
            web,
            body_of({**more, **example}),
            **{"X-GitHub-Event": event["name"], "X-GitHub-Delivery": f"{event['name'].replace('_', '-')}-{number}"},
        ).status_code
        for event in described
        for number, example in enumerate(event["examples"])
    ]

    assert len(statuses) == 329
    assert set(statuses) == {200, 202}
