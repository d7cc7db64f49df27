"""Writes that happen once: after a failure that leaves it open, GitHub is asked whether it happened.

A POST that was answered with a 5xx, or not at all, may have been done. Sending it again unseen doubles a review.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.errors import GitHubFailed, GitHubUnreachable, NotVisible
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.conversation import fetch_conversation, fetch_own_reviews
from app.github.reviews import create_comment, create_review, edit_comment

_ATTEMPTS = 3
# Until what was written is read everywhere.
_SETTLING_SECONDS = 1.5


def review_once(client: GitHubClient, pull: PullRequestId, body: Mapping[str, Any]) -> int:
    """Post a review whose text no earlier one has; its number."""

    def posted() -> int | None:
        own = fetch_own_reviews(client, pull)
        return next((review.id for review in own if _same(review.body, body["body"])), None)

    return _once(client, lambda: create_review(client, pull, body), posted)


def comment_once(client: GitHubClient, pull: PullRequestId, body: str) -> int:
    """Add a comment whose text no earlier one has; its number."""

    def posted() -> int | None:
        own = fetch_conversation(client, pull).comments
        return next((comment.id for comment in own if _same(comment.body, body)), None)

    return _once(client, lambda: create_comment(client, pull, body), posted)


def edit_or_comment(client: GitHubClient, pull: PullRequestId, comment: int, body: str) -> int:
    """Replace a comment's text, or add it anew where somebody has deleted the comment; its number."""

    def edit() -> int:
        edit_comment(client, pull, comment, body)
        return comment

    try:
        return _once(client, edit, lambda: None)
    except NotVisible:
        return comment_once(client, pull, body)


def _once(client: GitHubClient, write: Callable[[], int], done: Callable[[], int | None]) -> int:
    for _ in range(_ATTEMPTS - 1):
        try:
            return write()
        except (GitHubFailed, GitHubUnreachable):
            client.pause(_SETTLING_SECONDS)
            if (number := done()) is not None:
                return number
    return write()


def _same(one: str, other: str) -> bool:
    # GitHub gives back line ends as a browser sends them.
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
