"""The server in this process, on a real Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.queue import JobQueue
from app.web.application import create_app
from app.web.ports import Ports
from tests.app.web.signing import SECRET
from tests.fakes.redis_server import own_prefix, redis_server

StartWeb = Callable[..., FlaskClient]


@pytest.fixture
def queue() -> Iterator[JobQueue]:
    queue = JobQueue(redis_server().url, prefix=own_prefix())
    yield queue
    queue.close()


@pytest.fixture
def start_web(queue: JobQueue) -> StartWeb:
    """``start_web(**ports)`` is a client of a server whose parts are well unless they are given."""

    def start(**ports: Any) -> FlaskClient:
        return create_app(
            Ports(**{"secret": SECRET, "queue": queue, "ping_store": lambda: None, **ports})
        ).test_client()

    return start


@pytest.fixture
def web(start_web: StartWeb) -> FlaskClient:
    return start_web()
