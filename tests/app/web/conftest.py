"""The server in this process, on a real Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
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
def start_web(queue: JobQueue) -> Iterator[StartWeb]:
    """``start_web(**ports)`` is a client of a server whose parts are well unless they are given."""
    with ExitStack() as clients:

        def start(**ports: Any) -> FlaskClient:
            given = {"secret": SECRET, "queue": queue, "ping_store": lambda: None, **ports}
            return clients.enter_context(create_app(Ports(**given)).test_client())

        yield start


@pytest.fixture
def web(start_web: StartWeb) -> FlaskClient:
    return start_web()
