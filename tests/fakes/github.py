"""GitHub on loopback: one repository with pull requests, over REST and the GraphQL that is asked for.

It keeps GitHub's rules: a review is taken whole or refused whole, its comments stand on lines of the diff, one pending
review per user, bodies of at most 65,536 characters, patches left out, limits, pages of at most 100.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from tests.fakes import github_graphql
from tests.fakes.github_repository import Change, FakePull, Files, as_bytes, blob_sha, misplaced
from tests.fakes.server import FakeServer, Incoming, Reply, json_reply

TOKEN = "ghp_" + "t0ken" * 8
LONGEST_BODY = 65_536
_MOST_DIFF_FILES, _MOST_DIFF_LINES = 300, 20_000
_CONTENT_LIMIT = 1_000_000

__all__ = ["TOKEN", "FakeGitHub", "FakePull", "Fault", "rate_limited", "secondary_limited"]


@dataclass(kw_only=True)
class Fault:
    """Answers the next ``times`` requests of this kind with ``reply``; ``applied`` does the work all the same."""

    method: str
    path: str
    reply: Reply
    times: int = 1
    applied: bool = False

    def meets(self, request: Incoming) -> bool:
        return self.times > 0 and request.method == self.method and re.search(self.path, request.path) is not None


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


class FakeGitHub(FakeServer):
    """See the module. ``viewer`` is the token's account; a login that ends in ``[bot]`` is an App's."""

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
        refuses: Callable[[Mapping[str, Any]], bool] = lambda comment: False,
    ) -> None:
        super().__init__()
        self.pulls = {pull.number: pull for pull in pulls}
        self.repository = repository
        self.former_names = tuple(former_names)
        self.token, self.viewer, self.prefix, self.graphql = token, viewer, prefix, graphql
        self.refuses = refuses
        self.faults: list[Fault] = []
        self.all_reviews: list[dict[str, Any]] = []
        self.issue_comments: list[dict[str, Any]] = []
        self._ids = iter(range(3_000_000_001, 4_000_000_000))  # real ones no longer fit into 32 bits

    @property
    def api_url(self) -> str:
        return self.url + self.prefix

    @property
    def reviews(self) -> list[dict[str, Any]]:
        """The submitted ones, each with its ``comments`` as they were sent."""
        return [review for review in self.all_reviews if review["state"] != "PENDING"]

    @property
    def comments(self) -> list[dict[str, Any]]:
        return [comment for review in self.reviews for comment in review["comments"]]

    @property
    def writes(self) -> list[str]:
        """Method and path of every request that may change something."""
        return [
            f"{request.method} {request.path}"
            for request in self.requests
            if request.method != "GET" and not request.path.endswith("/graphql")
        ]

    def fault(self, method: str, path: str, reply: Reply, *, times: int = 1, applied: bool = False) -> None:
        self.faults.append(Fault(method=method, path=path, reply=reply, times=times, applied=applied))

    def push(self, number: int, head_files: Files) -> None:
        self.pulls[number].head_files = head_files

    def add_review(self, number: int = 7, *, login: str | None = None, body: str = "", **rest: Any) -> dict[str, Any]:
        review = {
            "id": next(self._ids),
            "pull": number,
            "user": self._user(login or self.viewer),
            "body": body,
            "state": rest.get("state", "COMMENTED"),
            "commit_id": self.pulls[number].head_sha,
            "comments": list(rest.get("comments", ())),
        }
        self.all_reviews.append(review)
        return review

    def add_comment(self, body: str, number: int = 7, *, login: str | None = None) -> dict[str, Any]:
        comment = {"id": next(self._ids), "pull": number, "user": self._user(login or self.viewer), "body": body}
        self.issue_comments.append(comment)
        return comment

    def answer(self, request: Incoming) -> Reply:
        with self.lock:
            fault = next((fault for fault in self.faults if fault.meets(request)), None)
            if fault is not None:
                fault.times -= 1
                if fault.applied:
                    self._answer(request)
                return fault.reply
            reply = self._answer(request)
        limits = {
            "x-ratelimit-limit": "5000",
            "x-ratelimit-remaining": "4990",
            "x-ratelimit-reset": str(int(time.time()) + 3000),
            "x-ratelimit-resource": "core",
        }
        reply.headers.update({name: value for name, value in limits.items() if name not in reply.headers})
        return reply

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
                place = f"{self.api_url}/repos/{self.repository}{path.removeprefix(f'/repos/{name}')}{query}"
                return json_reply({"message": "Moved Permanently"}, status=301, headers={"location": place})
        if path == "/user":
            if self.viewer.endswith("[bot]"):
                return refused(403, "Resource not accessible by integration")
            return json_reply(self._user(self.viewer))
        for method, pattern, handler in _ROUTES:
            if request.method == method and (match := re.fullmatch(rf"/repos/{self.repository}/{pattern}", path)):
                return handler(self, request, *(unquote(group) for group in match.groups()))
        return refused(404, "Not Found")

    def _denied(self, request: Incoming) -> Reply | None:
        given = request.headers.get("authorization")
        if self.token is None or (given and given.split(" ", 1)[-1] == self.token):
            return None
        return refused(401, "Bad credentials") if given else refused(404, "Not Found")

    def _user(self, login: str) -> dict[str, Any]:
        kind = "Bot" if login.endswith("[bot]") else "User"
        return {"login": login, "id": 1, "node_id": "U_1", "type": kind, "site_admin": False}

    def _pull(self, request: Incoming, number: str) -> Reply:
        pull = self.pulls.get(int(number))
        if pull is None:
            return refused(404, "Not Found")
        if "diff" in request.headers.get("accept", ""):
            return _whole_diff(pull.changes)
        entries = [change.entry(self.api_url) for change in pull.changes]
        repository = {"id": 1, "full_name": self.repository, "name": self.repository.split("/")[1]}
        return json_reply(
            {
                "id": 1,
                "number": pull.number,
                "state": pull.state,
                "draft": pull.draft,
                "merged": pull.merged,
                "locked": pull.locked,
                "title": pull.title,
                "body": pull.body,
                "user": self._user(pull.author),
                "html_url": f"{self.url}/{self.repository}/pull/{pull.number}",
                "url": f"{self.api_url}/repos/{self.repository}/pulls/{pull.number}",
                "base": {"ref": "main", "sha": pull.base_sha, "repo": repository},
                "head": {"ref": "change", "sha": pull.head_sha, "repo": None if pull.fork_deleted else repository},
                "changed_files": len(entries) + pull.unlisted,
                "additions": sum(entry["additions"] for entry in entries) + 10 * pull.unlisted,
                "deletions": sum(entry["deletions"] for entry in entries),
            }
        )

    def _files(self, request: Incoming, number: str) -> Reply:
        changes = self.pulls[int(number)].changes[:3_000]
        return self._page(request, [change.entry(self.api_url) for change in changes])

    def _page(self, request: Incoming, items: list[dict[str, Any]]) -> Reply:
        size = min(100, int(request.query.get("per_page", 30)))
        page = int(request.query.get("page", 1))
        headers = {}
        if page * size < len(items):
            query = urlencode({**request.query, "page": page + 1})
            headers["link"] = f'<{self.url}{request.path}?{query}>; rel="next"'
        return json_reply(items[(page - 1) * size : page * size], headers=headers)

    def _at(self, commit: str) -> Files | None:
        return next((pull.commits[commit] for pull in self.pulls.values() if commit in pull.commits), None)

    def _contents(self, request: Incoming, path: str) -> Reply:
        files = self._at(request.query.get("ref", ""))
        if files is None or path not in files:
            return refused(404, "Not Found")
        content = as_bytes(files[path])
        if "raw" in request.headers.get("accept", ""):
            return Reply(body=content, headers={"content-type": "application/vnd.github.raw; charset=utf-8"})
        small = len(content) <= _CONTENT_LIMIT
        entry = {
            "type": "file",
            "path": path,
            "name": path.rsplit("/", 1)[-1],
            "sha": blob_sha(content),
            "size": len(content),
            "encoding": "base64" if small else "none",
            "content": base64.encodebytes(content).decode() if small else "",
        }
        return json_reply(entry)

    def _tree(self, _request: Incoming, commit: str) -> Reply:
        files = self._at(commit)
        if files is None:
            return refused(404, "Not Found")
        names = sorted({path.split("/")[0] for path in files})
        tree = [{"path": name, "mode": "100644" if name in files else "040000", "type": "blob"} for name in names]
        return json_reply({"sha": commit, "url": self.api_url, "tree": tree, "truncated": False})

    def _blob(self, _request: Incoming, sha: str) -> Reply:
        for pull in self.pulls.values():
            for files in pull.commits.values():
                for content in files.values():
                    if blob_sha(content) == sha:
                        encoded = base64.encodebytes(as_bytes(content)).decode()
                        return json_reply({"sha": sha, "encoding": "base64", "content": encoded})
        return refused(404, "Not Found")

    def _compare(self, _request: Incoming, base: str, head: str) -> Reply:
        for pull in self.pulls.values():
            if (pull.base_sha, pull.head_sha) == (base, head):
                entries = [change.entry(self.api_url) for change in pull.changes][:300]
                return json_reply({"merge_base_commit": {"sha": pull.merge_base_sha}, "files": entries})
        return refused(404, "Not Found")

    def _list_reviews(self, request: Incoming, number: str) -> Reply:
        visible = [
            {name: value for name, value in review.items() if name not in {"comments", "pull"}}
            for review in self.all_reviews
            if review["pull"] == int(number) and (review["state"] != "PENDING" or self._own(review))
        ]
        return self._page(request, visible)

    def _create_review(self, request: Incoming, number: str) -> Reply:
        pull, body = self.pulls[int(number)], request.json
        comments, event = body.get("comments") or [], body.get("event")
        if any(self._own(review) and review["state"] == "PENDING" for review in self.all_reviews):
            return refused(422, "Unprocessable Entity", "User can only have one pending review per pull request")
        if len(body.get("body") or "") > LONGEST_BODY or any(len(item["body"]) > LONGEST_BODY for item in comments):
            return refused(422, "Validation Failed", _too_long("PullRequestReview"))
        if event and not (body.get("body") or comments):
            return refused(422, "Unprocessable Entity", "Body can't be blank")
        if body.get("commit_id", pull.head_sha) != pull.head_sha:
            return refused(422, "Unprocessable Entity", "commit_id is not part of the pull request")
        wrong = misplaced(comments, pull.changes) + ["Line could not be resolved" for c in comments if self.refuses(c)]
        if wrong:
            return refused(422, "Unprocessable Entity", *dict.fromkeys(wrong))
        state = "COMMENTED" if event == "COMMENT" else event or "PENDING"
        review = self.add_review(int(number), body=body.get("body") or "", state=state, comments=comments)
        return json_reply({name: value for name, value in review.items() if name not in {"comments", "pull"}})

    def _delete_review(self, _request: Incoming, _number: str, review_id: str) -> Reply:
        for review in self.all_reviews:
            if review["id"] == int(review_id) and self._own(review):
                if review["state"] != "PENDING":
                    return refused(422, "Can not delete a non-pending pull request review")
                self.all_reviews.remove(review)
                return json_reply({"id": review["id"]})
        return refused(404, "Not Found")

    def _pending_comments(self, request: Incoming, _number: str, review_id: str) -> Reply:
        found = [review for review in self.all_reviews if review["id"] == int(review_id)]
        return self._page(request, found[0]["comments"]) if found else refused(404, "Not Found")

    def _list_review_comments(self, request: Incoming, number: str) -> Reply:
        listed = [
            {**comment, "id": review["id"] * 100 + index, "user": review["user"]}
            for review in self.reviews
            if review["pull"] == int(number)
            for index, comment in enumerate(review["comments"])
        ]
        return self._page(request, listed)

    def _list_issue_comments(self, request: Incoming, number: str) -> Reply:
        return self._page(request, [comment for comment in self.issue_comments if comment["pull"] == int(number)])

    def _create_issue_comment(self, request: Incoming, number: str) -> Reply:
        if self.pulls[int(number)].locked:
            return refused(403, "Unable to create comment because issue is locked.")
        if len(request.json["body"]) > LONGEST_BODY:
            return refused(422, "Validation Failed", _too_long("IssueComment"))
        return json_reply(self.add_comment(request.json["body"], int(number)), status=201)

    def _edit_issue_comment(self, request: Incoming, comment_id: str) -> Reply:
        for comment in self.issue_comments:
            if comment["id"] == int(comment_id):
                comment["body"] = request.json["body"]
                return json_reply(comment)
        return refused(404, "Not Found")

    def _own(self, item: Mapping[str, Any]) -> bool:
        return bool(item["user"]["login"] == self.viewer)

    def _graphql(self, request: Incoming) -> Reply:
        if not self.graphql:
            return refused(404, "Not Found")
        if self.token is not None and request.headers.get("authorization", "").split(" ", 1)[-1] != self.token:
            return refused(401, "Bad credentials")
        return json_reply(github_graphql.answer(request.json, {"repository": self._graphql_repository}))

    def _graphql_repository(self, _info: Any, owner: str, name: str, **_rest: Any) -> dict[str, Any] | None:
        if f"{owner}/{name}" != self.repository:
            return None
        return {"object": self._graphql_object, "pullRequest": self._graphql_pull}

    def _graphql_object(self, _info: Any, expression: str) -> dict[str, Any] | None:
        commit, path = expression.split(":", 1)
        content = (self._at(commit) or {}).get(path)
        if content is None:
            return None
        data = as_bytes(content)
        binary, cut_off = b"\0" in data, len(data) > _CONTENT_LIMIT // 2
        return {
            "__typename": "Blob",
            "oid": blob_sha(data),
            "text": None if binary else data.decode("utf-8", "replace")[: _CONTENT_LIMIT // 2],
            "isBinary": binary,
            "isTruncated": cut_off,
            "byteSize": len(data),
        }

    def _graphql_pull(self, _info: Any, number: int) -> dict[str, Any] | None:
        pull = self.pulls.get(number)
        if pull is None:
            return None
        reviews = [r for r in self.all_reviews if r["pull"] == number and (r["state"] != "PENDING" or self._own(r))]
        submitted = [review for review in reviews if review["state"] != "PENDING"]
        threads = [
            {"isResolved": False, "comments": self._graphql_connection([{**comment, "user": review["user"]}])}
            for review in submitted
            for comment in review["comments"]
        ]
        return {
            "headRefOid": pull.head_sha,
            "state": "MERGED" if pull.merged else pull.state.upper(),
            "comments": self._graphql_connection([c for c in self.issue_comments if c["pull"] == number]),
            "reviews": self._graphql_connection(reviews),
            "reviewThreads": github_graphql.connection(threads),
        }

    def _graphql_connection(self, items: Iterable[Mapping[str, Any]]) -> Callable[..., dict[str, Any]]:
        return github_graphql.connection(
            [
                {
                    **item,
                    "fullDatabaseId": str(item.get("id", 1)),
                    "viewerDidAuthor": self._own(item),
                    "author": {"__typename": item["user"]["type"], "login": item["user"]["login"]},
                    "comments": self._graphql_connection(
                        [{**comment, "user": item["user"]} for comment in item.get("comments", ())]
                    )
                    if "comments" in item
                    else None,
                }
                for item in items
            ]
        )


def _whole_diff(changes: list[Change]) -> Reply:
    text = "".join(change.git_diff for change in changes)
    if len(changes) > _MOST_DIFF_FILES or text.count("\n") > _MOST_DIFF_LINES:
        too_large = {"resource": "PullRequest", "field": "diff", "code": "too_large"}
        return refused(406, "Sorry, the diff exceeded the maximum number of files or lines.", too_large)
    return Reply(body=text.encode(), headers={"content-type": "application/vnd.github.diff; charset=utf-8"})


def _too_long(resource: str) -> dict[str, str]:
    message = f"body is too long (maximum is {LONGEST_BODY} characters)"
    return {"resource": resource, "code": "custom", "field": "body", "message": message}


_ROUTES: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("GET", r"pulls/(\d+)", FakeGitHub._pull),
    ("GET", r"pulls/(\d+)/files", FakeGitHub._files),
    ("GET", r"pulls/(\d+)/reviews", FakeGitHub._list_reviews),
    ("POST", r"pulls/(\d+)/reviews", FakeGitHub._create_review),
    ("DELETE", r"pulls/(\d+)/reviews/(\d+)", FakeGitHub._delete_review),
    ("GET", r"pulls/(\d+)/reviews/(\d+)/comments", FakeGitHub._pending_comments),
    ("GET", r"pulls/(\d+)/comments", FakeGitHub._list_review_comments),
    ("GET", r"issues/(\d+)/comments", FakeGitHub._list_issue_comments),
    ("POST", r"issues/(\d+)/comments", FakeGitHub._create_issue_comment),
    ("PATCH", r"issues/comments/(\d+)", FakeGitHub._edit_issue_comment),
    ("GET", r"contents/(.+)", FakeGitHub._contents),
    ("GET", r"git/trees/([^/]+)", FakeGitHub._tree),
    ("GET", r"git/blobs/([^/]+)", FakeGitHub._blob),
    ("GET", r"compare/([^/.]+)\.\.\.([^/.]+)", FakeGitHub._compare),
)
