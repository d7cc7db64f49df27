"""What a fake GitHub knows: one repository, its pull requests, and what was written on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.github_repository import FakePull, Files


@dataclass(kw_only=True)
class GitHubState:
    """``viewer`` is the token's account; a login that ends in ``[bot]`` is an App's.

    ``bare`` leaves out what tells people apart: the kind of an account and how it stands to the repository.
    ``drafts`` says what becomes of a review without an event: ``kept`` unsubmitted as on GitHub, ``refused``, or
    ``submitted`` at once.
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
        }
        self.all_reviews.append(review)
        return review

    def add_comment(self, body: str, number: int = 7, *, login: str | None = None) -> dict[str, Any]:
        comment = self._written(number, login, body)
        self.issue_comments.append(comment)
        return comment

    def own(self, item: Mapping[str, Any]) -> bool:
        return bool(item["user"]["login"] == self.viewer)

    def user(self, login: str) -> dict[str, Any]:
        if self.bare:
            return {"login": login}
        kind = "Bot" if login.endswith("[bot]") else "User"
        return {"login": login, "id": 1, "node_id": "U_1", "type": kind, "site_admin": False}

    def at(self, commit: str) -> Files | None:
        return next((pull.commits[commit] for pull in self.pulls.values() if commit in pull.commits), None)

    def _written(self, number: int, login: str | None, body: str) -> dict[str, Any]:
        self.last_id += 1
        return {
            "id": self.last_id,
            "node_id": f"N_{self.last_id}",
            "pull": number,
            "user": self.user(login or self.viewer),
            "body": body,
            **({} if self.bare else {"author_association": "NONE"}),
        }
