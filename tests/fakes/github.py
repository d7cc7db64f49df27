"""GitHub on loopback: one repository with pull requests, over REST and the GraphQL that is asked for.

It keeps GitHub's rules: a review is taken whole or refused whole, its comments stand on lines of the diff, one pending
review per user, bodies of at most 65,536 characters, patches left out, limits, pages of at most 100.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from tests.fakes import github_graphql
from tests.fakes.github_issues import ISSUES
from tests.fakes.github_reading import READING
from tests.fakes.github_replies import rate_limited, refused, secondary_limited
from tests.fakes.github_repository import FakePull, Files
from tests.fakes.github_reviewing import REVIEWING
from tests.fakes.github_server import Fault, GitHubServer, routed
from tests.fakes.github_state import GitHubState
from tests.fakes.github_threads import THREADS
from tests.fakes.server import Incoming, Reply, json_reply

TOKEN = "ghp_" + "t0ken" * 8

__all__ = ["TOKEN", "FakeGitHub", "FakePull", "Fault", "rate_limited", "refused", "secondary_limited"]


class FakeGitHub(GitHubServer):
    """See the module. A test reads ``requests``, ``reviews``, ``comments``, ``issue_comments`` and ``writes``.

    ``bare`` and ``drafts`` make it one of the servers that keep only part of GitHub's API; see ``GitHubState``.
    """

    def __init__(
        self,
        pulls: Iterable[FakePull] = (),
        *,
        repository: str = "octo/app",
        former_names: Iterable[str] = (),
        token: str | None = TOKEN,
        viewer: str = "quartet[bot]",
        prefix: str = "",
        graphql: bool = True,
        bare: bool = False,
        drafts: str = "kept",
        refuses: Callable[[Mapping[str, Any]], bool] = lambda _: False,
    ) -> None:
        super().__init__()
        self.pulls = {pull.number: pull for pull in pulls}
        self.former_names = tuple(former_names)
        self.token, self.prefix, self.graphql = token, prefix, graphql
        self.state = GitHubState(
            pulls=self.pulls,
            repository=repository,
            viewer=viewer,
            refuses=refuses,
            bare=bare,
            drafts=drafts,
            url=self.url,
            api_url=self.api_url,
        )
        self.add_review, self.add_comment = self.state.add_review, self.state.add_comment

    @property
    def api_url(self) -> str:
        return self.url + self.prefix

    @property
    def reviews(self) -> list[dict[str, Any]]:
        """The submitted ones, each with its ``comments`` as they were sent."""
        return self.state.reviews

    @property
    def comments(self) -> list[dict[str, Any]]:
        return [comment for review in self.reviews for comment in review["comments"]]

    @property
    def issue_comments(self) -> list[dict[str, Any]]:
        return self.state.issue_comments

    @property
    def pending(self) -> list[dict[str, Any]]:
        return [review for review in self.state.all_reviews if review["state"] == "PENDING"]

    def push(self, number: int, head_files: Files) -> None:
        self.state.push(number, head_files)

    def _answer(self, request: Incoming) -> Reply:
        if request.path == f"{self.prefix.removesuffix('/v3')}/graphql":
            return self._graphql(request)
        if not request.path.startswith(self.prefix + "/"):
            return Reply(status=404, body=b"<html>Not here</html>", headers={"content-type": "text/html"})
        if (denied := self._denied(request)) is not None:
            return denied
        path = request.path.removeprefix(self.prefix)
        for name in self.former_names:
            if path.startswith(f"/repos/{name}/"):
                query = f"?{urlencode(request.query)}" if request.query else ""
                place = f"{self.api_url}/repos/{self.state.repository}{path.removeprefix(f'/repos/{name}')}{query}"
                return json_reply({"message": "Moved Permanently"}, status=301, headers={"location": place})
        return self._route(request, path)

    def _route(self, request: Incoming, path: str) -> Reply:
        state = self.state
        if path == "/user" and not state.bare:
            if state.viewer.endswith("[bot]"):
                return refused(403, "Resource not accessible by integration")
            return json_reply(state.user(state.viewer))
        return routed(state, request, path, (*READING, *REVIEWING, *THREADS, *ISSUES))

    def _denied(self, request: Incoming) -> Reply | None:
        given = request.headers.get("authorization")
        if self.token is None or (given and given.split(" ", 1)[-1] == self.token):
            return None
        return refused(401, "Bad credentials") if given else refused(404, "Not Found")

    def _graphql(self, request: Incoming) -> Reply:
        if not self.graphql:
            return refused(404, "Not Found")
        if self.token is not None and request.headers.get("authorization", "").split(" ", 1)[-1] != self.token:
            return refused(401, "Bad credentials")
        return json_reply(github_graphql.answer(request.json, github_graphql.root(self.state)))
