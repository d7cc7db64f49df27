"""The requests of an App: under its JWT, under a token of an installation, and the deliveries that it gets."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable
from email.utils import formatdate
from types import TracebackType
from typing import Any

from tests.fakes import github_graphql, github_hooks
from tests.fakes.github_apps import AppAccount, Grant, moment
from tests.fakes.github_checks import CHECKS
from tests.fakes.github_hooks import Delivery
from tests.fakes.github_issues import ISSUES
from tests.fakes.github_permissions import allowed, lacking
from tests.fakes.github_reading import READING
from tests.fakes.github_replies import refused, secondary_limited
from tests.fakes.github_reviewing import REVIEWING
from tests.fakes.github_server import GitHubServer, routed
from tests.fakes.github_state import GitHubState
from tests.fakes.github_threads import THREADS
from tests.fakes.server import Incoming, Reply, json_reply


class AppServer(GitHubServer):
    """What ``FakeGitHubApp`` answers; ``manifests`` maps codes of the manifest flow to what they are changed into."""

    webhook_url: str
    webhook_secret: str
    graphql: bool

    def __init__(self, app_id: int, slug: str, clock: Callable[[], float]) -> None:
        super().__init__()
        self.app_id, self.slug, self.clock = app_id, slug, clock
        self.account = AppAccount(app_id, slug, self._now)
        self.states: dict[str, GitHubState] = {}
        self.deliveries: list[Delivery] = []
        self.manifests: dict[str, dict[str, Any]] = {}
        self.writes_per_minute: int | None = None
        self._writes: dict[int, deque[float]] = {}
        self._senders: list[threading.Thread] = []

    @property
    def api_url(self) -> str:
        return self.url

    @property
    def prefix(self) -> str:
        return ""

    def _now(self) -> float:
        return self.clock()

    def post_delivery(
        self, event: str, body: bytes, guid: str, *, url: str = "", secret: str | None = None, again: bool = False
    ) -> int:
        signed = github_hooks.headers(event, guid, self.webhook_secret if secret is None else secret, body)
        status = github_hooks.post(url or self.webhook_url, body, signed)
        with self.lock:
            number = 900_000_000_000 + len(self.deliveries) + 1
            at = moment(self.clock())
            self.deliveries.append(
                Delivery(id=number, guid=guid, event=event, body=body, redelivery=again, delivered_at=at, status=status)
            )
        return status

    def answer(self, request: Incoming) -> Reply:
        reply = super().answer(request)
        reply.headers.setdefault("date", formatdate(self.clock(), usegmt=True))
        return reply

    def _answer(self, request: Incoming) -> Reply:
        if request.path == "/app" or request.path.startswith("/app/"):
            return self.account.refused_jwt(request) or self._as_app(request)
        if request.method == "POST" and (match := re.fullmatch(r"/app-manifests/([^/]+)/conversions", request.path)):
            made = self.manifests.pop(match[1], None)
            return refused(404, "Not Found") if made is None else json_reply(made, status=201)
        return self._as_installation(request)

    def _as_installation(self, request: Incoming) -> Reply:
        grant = self.account.grant_of(request)
        if grant is None:
            return refused(401, "Bad credentials")
        if grant.installation.suspended:
            return refused(403, "This installation has been suspended")
        if request.method != "GET" and request.path != "/graphql" and self._too_many(grant):
            return secondary_limited(retry_after=60)
        if request.path == "/graphql":
            return self._graphql(request, grant)
        return self._in_repository(request, grant)

    def _as_app(self, request: Incoming) -> Reply:
        account = self.account
        answers: tuple[tuple[str, Callable[..., Reply]], ...] = (
            ("GET /app", lambda: json_reply(account.shown())),
            ("GET /app/installations", lambda: account.list_installations(request, self.url)),
            (r"GET /app/installations/(\d+)", account.get_installation),
            ("GET /app/hook/deliveries", lambda: github_hooks.listed(self.deliveries, request, self.url)),
            (r"POST /app/installations/(\d+)/access_tokens", lambda number: account.create_token(request, number)),
            (r"POST /app/hook/deliveries/(\d+)/attempts", lambda number: self._redeliver(int(number))),
        )
        for pattern, answer in answers:
            if match := re.fullmatch(pattern, f"{request.method} {request.path}"):
                return answer(*match.groups())
        return refused(404, "Not Found")

    def _redeliver(self, number: int) -> Reply:
        found = next((item for item in self.deliveries if item.id == number), None)
        if found is None:
            return refused(404, "Not Found")
        sender = threading.Thread(
            target=self.post_delivery, args=(found.event, found.body, found.guid), kwargs={"again": True}, daemon=True
        )
        self._senders.append(sender)
        sender.start()
        return json_reply({}, status=202)

    def _in_repository(self, request: Incoming, grant: Grant) -> Reply:
        match = re.match(r"/repos/([^/]+/[^/]+)(.*)", request.path)
        name = match[1].lower() if match else ""
        visible = {seen.lower(): seen for seen in grant.repositories & grant.installation.repositories}
        if match is None or name not in visible or visible[name] not in self.states:
            return refused(404, "Not Found")
        refusal = lacking(request, match[2], grant.permissions)
        table = (*READING, *REVIEWING, *THREADS, *CHECKS, *ISSUES)
        return refusal or routed(self.states[visible[name]], request, request.path, table)

    def _graphql(self, request: Incoming, grant: Grant) -> Reply:
        if not self.graphql:
            return refused(404, "Not Found")
        names = grant.repositories & grant.installation.repositories
        may = allowed(grant.permissions, "contents", "write")
        reads = allowed(grant.permissions, "pull_requests", "read")
        root = github_graphql.root(
            *(self.states[name] for name in names if name in self.states),
            resolves=lambda _: may,
            hides_pulls=lambda _: not reads,
        )
        return json_reply(github_graphql.answer(request.json, root))

    def _too_many(self, grant: Grant) -> bool:
        """Whether an installation has written more in the last minute than it may."""
        if self.writes_per_minute is None:
            return False
        times = self._writes.setdefault(grant.installation.id, deque())
        while times and times[0] <= self.clock() - 60:
            times.popleft()
        if len(times) >= self.writes_per_minute:
            return True
        times.append(self.clock())
        return False

    def settle(self) -> None:
        """Wait until everything that is to be sent again has been."""
        for sender in self._senders:
            sender.join(github_hooks.SECONDS + 1)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.settle()
        super().__exit__(kind, error, traceback)
