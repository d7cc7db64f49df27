"""What a fake GitHub knows: one repository, its pull requests, and what was written on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.github_repository import FakePull, Files

WRITTEN = "2026-11-21T12:00:00Z"
"""When everything was written that has no other moment."""


@dataclass(kw_only=True)
class GitHubState:
    """``viewer`` is the token's account; a login that ends in ``[bot]`` is an App's.

    ``bare`` leaves out what tells people apart: the kind of an account and how it stands to the repository.
    ``drafts`` says what becomes of a review without an event: ``kept`` unsubmitted as on GitHub, ``refused``, or
    ``submitted`` at once.

    ``files`` are those of the default branch. ``collaborators`` maps logins to roles, such as ``admin``, ``maintain``,
    ``write``, ``triage``, ``read``. ``checks``, ``reactions`` (by kind and number of the comment), ``replies`` and
    ``threads`` (by number of their first comment) are what an App writes. ``issues`` are no pull requests.
    """

    pulls: dict[int, FakePull]
    repository: str
    viewer: str
    refuses: Callable[[Mapping[str, Any]], bool]
    bare: bool = False
    drafts: str = "kept"
    url: str = ""
    api_url: str = ""
    all_reviews: list[dict[str, Any]] = field(default_factory=list)
    issue_comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    app_id: int = 0
    installation: int = 0
    files: Files | None = None
    collaborators: dict[str, str] = field(default_factory=dict)
    checks: list[dict[str, Any]] = field(default_factory=list)
    reactions: dict[tuple[str, int], list[dict[str, Any]]] = field(default_factory=dict)
    replies: list[dict[str, Any]] = field(default_factory=list)
    threads: dict[int, dict[str, Any]] = field(default_factory=dict)
    minimized: dict[str, str] = field(default_factory=dict)
    history: dict[str, Files] = field(default_factory=dict)
    last_id: int = 3_000_000_000  # real ones no longer fit into 32 bits

    @property
    def reviews(self) -> list[dict[str, Any]]:
        """The submitted ones, each with its ``comments`` as they were sent."""
        return [review for review in self.all_reviews if review["state"] != "PENDING"]

    def add_review(self, number: int = 7, *, login: str | None = None, body: str = "", **rest: Any) -> dict[str, Any]:
        review = {
            **self._written(number, login, body),
            "state": rest.get("state", "COMMENTED"),
            "commit_id": self.pulls[number].head_sha,
            "comments": list(rest.get("comments", ())),
            "submitted_at": rest.get("submitted_at", WRITTEN),
        }
        self.all_reviews.append(review)
        self._remember_code(review)
        return review

    def add_comment(self, body: str, number: int = 7, *, login: str | None = None) -> dict[str, Any]:
        comment = self._written(number, login, body)
        self.issue_comments.append(comment)
        return comment

    def add_reply(self, comment: int, body: str, *, login: str | None = None) -> dict[str, Any]:
        """A reply in the thread that begins with this comment."""
        first = self.review_comment(comment)
        assert first is not None, "there is no such comment"
        place = {name: value for name, value in first.items() if name in {"path", "line", "side"}}
        reply = {**self._written(first["pull"], login, body), **place, "in_reply_to_id": comment}
        self.replies.append(reply)
        return reply

    def review_comments(self) -> list[dict[str, Any]]:
        """Every comment on a diff, of submitted reviews and in reply to them, as the API gives them."""
        return [*map(self._shown, self._firsts()), *self.replies]

    def review_comment(self, number: int) -> dict[str, Any] | None:
        return next((item for item in self.review_comments() if item["id"] == number), None)

    def stored_comment(self, number: int) -> dict[str, Any] | None:
        """The comment itself, to be edited."""
        found = (comment for _, identity, comment in self._firsts() if identity == number)
        return next(found, next((reply for reply in self.replies if reply["id"] == number), None))

    def outdated(self, comment: Mapping[str, Any]) -> bool:
        """Whether the code that a comment was written on has left the diff."""
        pull, seen = self.pulls[comment["pull"]], self.threads.get(comment["id"], {}).get("code")
        if seen is None:
            return False
        change = next((change for change in pull.changes if change.path == comment.get("path")), None)
        return change is None or seen not in {line[1:] for line in change.patch.split("\n")}

    def _firsts(self) -> list[tuple[dict[str, Any], int, dict[str, Any]]]:
        return [
            (review, review["id"] * 100 + index, comment)
            for review in self.reviews
            for index, comment in enumerate(review["comments"])
        ]

    def _shown(self, first: tuple[dict[str, Any], int, dict[str, Any]]) -> dict[str, Any]:
        review, identity, comment = first
        names = {"pull", "user", "commit_id", "created_at", "author_association"}
        written = {name: value for name, value in review.items() if name in names}
        counted = {} if self.bare else {"reactions": self._reactions(identity)}
        place = {"original_commit_id": review["commit_id"], "original_line": comment.get("line")}
        return {**comment, **written, **counted, **place, "id": identity, "node_id": f"PRRC_{identity}"}

    def _reactions(self, comment: int) -> dict[str, Any]:
        given = [item["content"] for item in self.reactions.get(("review", comment), [])]
        kinds = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
        return {"url": "", "total_count": len(given), **{kind: given.count(kind) for kind in kinds}}

    def add_reaction(self, comment: int, content: str, *, login: str) -> None:
        """Somebody puts a reaction under a comment on a diff."""
        given = {"id": self.new_id(), "user": self.user(login), "content": content}
        self.reactions.setdefault(("review", comment), []).append(given)

    def _remember_code(self, review: Mapping[str, Any]) -> None:
        files = self.pulls[review["pull"]]
        for index, comment in enumerate(review["comments"]):
            side = files.base_files if comment.get("side") == "LEFT" else files.head_files
            content = side.get(comment.get("path", ""))
            lines = content.split("\n") if isinstance(content, str) else []
            if 0 < comment.get("line", 0) <= len(lines):
                self.threads[review["id"] * 100 + index] = {"code": lines[comment["line"] - 1]}

    def own(self, item: Mapping[str, Any]) -> bool:
        return bool(item["user"]["login"] == self.viewer)

    def user(self, login: str) -> dict[str, Any]:
        if self.bare:
            return {"login": login}
        kind = "Bot" if login.endswith("[bot]") else "User"
        return {"login": login, "id": 1, "node_id": "U_1", "type": kind, "site_admin": False}

    def at(self, commit: str) -> Files | None:
        if commit in {"", "main", "HEAD"} and self.files is not None:
            return self.files
        found = (pull.commits[commit] for pull in self.pulls.values() if commit in pull.commits)
        return next(found, self.history.get(commit))

    def push(self, number: int, head_files: Files) -> None:
        """New commits; the old ones stay readable, and threads whose lines are gone are outdated."""
        pull = self.pulls[number]
        self.history[pull.head_sha] = pull.head_files
        pull.head_files = head_files

    def new_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def _written(self, number: int, login: str | None, body: str) -> dict[str, Any]:
        identity = self.new_id()
        return {
            "id": identity,
            "node_id": f"N_{identity}",
            "pull": number,
            "user": self.user(login or self.viewer),
            "body": body,
            "created_at": WRITTEN,
            **({} if self.bare else {"author_association": "NONE"}),
        }
