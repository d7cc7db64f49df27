"""What every fake GitHub has: faults on demand, events before a request, ETags, limits in the headers."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from tests.fakes.github_replies import refused
from tests.fakes.github_state import GitHubState
from tests.fakes.server import FakeServer, Incoming, Reply


@dataclass(kw_only=True)
class Fault:
    """Answers ``times`` requests of this kind with ``reply``, after ``after`` of them went well.

    ``applied`` does the work all the same.
    """

    method: str
    path: str
    reply: Reply
    times: int = 1
    after: int = 0
    applied: bool = False

    def meets(self, request: Incoming) -> bool:
        if self.times <= 0 or request.method != self.method or re.search(self.path, request.path) is None:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True


class GitHubServer(FakeServer):
    """A test reads ``requests``, ``exchanges``, ``writes``, and ``spent``: requests that count against a limit."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[Fault] = []
        self.exchanges: list[tuple[Incoming, Reply]] = []
        self.spent = 0
        self._events: list[tuple[str, str, Callable[[], object]]] = []

    @property
    def writes(self) -> list[str]:
        """Method and path of every request that may change something."""
        return [
            f"{request.method} {request.path}"
            for request in self.requests
            if request.method != "GET" and not request.path.endswith("/graphql")
        ]

    def fault(self, method: str, path: str, reply: Reply, **rest: Any) -> None:
        """The next such request, or those that ``rest`` says, is answered with ``reply``; see ``Fault``."""
        self.faults.append(Fault(method=method, path=path, reply=reply, **rest))

    def before(self, method: str, path: str, event: Callable[[], object]) -> None:
        """Let something happen just before the first such request is answered."""
        self._events.append((method, path, event))

    def calm(self) -> None:
        """Nothing more goes wrong, and nothing more happens before or after a request."""
        for planned in (self.faults, self._events, self._afterwards):
            planned.clear()

    def answer(self, request: Incoming) -> Reply:
        with self.lock:
            for event in [
                event for event in self._events if event[0] == request.method and re.search(event[1], request.path)
            ]:
                self._events.remove(event)
                event[2]()
            fault = next((fault for fault in self.faults if fault.meets(request)), None)
            if fault is not None:
                if fault.applied:
                    self._answer(request)
                return fault.reply
            reply = _conditional(request, self._answer(request))
            self.spent += reply.status != 304
        limits = {
            "x-ratelimit-limit": "5000",
            "x-ratelimit-remaining": "4990",
            "x-ratelimit-reset": str(int(time.time()) + 3000),
            "x-ratelimit-resource": "core",
        }
        reply.headers.update({name: value for name, value in limits.items() if name not in reply.headers})
        self.exchanges.append((request, reply))
        return reply

    def _answer(self, request: Incoming) -> Reply:
        """Overridden by each fake; the lock is held."""
        return Reply(status=404)


def routed(
    state: GitHubState, request: Incoming, path: str, table: Iterable[tuple[str, str, Callable[..., Reply]]]
) -> Reply:
    """The answer of the first entry that fits a path below the API's address, in one repository."""
    for method, pattern, handler in table:
        whole = f"/repos/{state.repository}/{pattern}".removesuffix("/")
        if request.method == method and (match := re.fullmatch(whole, path, re.IGNORECASE)):
            return handler(state, request, *(unquote(group) for group in match.groups()))
    return refused(404, "Not Found")


def _conditional(request: Incoming, reply: Reply) -> Reply:
    if request.method != "GET" or reply.status != 200:
        return reply
    # GitHub's tags differ between tokens.
    seen_by = request.headers.get("authorization", "").encode()
    tag = f'W/"{hashlib.sha256(reply.body + seen_by).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return replace(reply, status=304, body=b"", headers={"etag": tag})
    return replace(reply, headers={**reply.headers, "etag": tag})
