"""What is to be said on a pull request in; reviews, comments and the summary written on GitHub out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import NotGitHub, NotPermitted, NotVisible
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.seals import sealed


@dataclass(frozen=True, slots=True)
class BegunReview:
    """A review that was sent without an event.

    Attributes:
        id: GitHub's number.
        pending: Whether it waits to be submitted, as it should; some servers that are not GitHub submit it at once.
    """

    id: int
    pending: bool


def create_review(client: GitHubClient, pull: PullRequestId, body: Mapping[str, Any]) -> int:
    """Post a review; its number.

    Raises:
        Unprocessable: GitHub refuses it whole, for whichever reason.
        GitHubFailed: It may have been posted all the same.
        GitHubUnreachable: It may have been posted all the same.
        GitHubError: Another of its subclasses.
    """
    return int(_post_review(client, pull, body)["id"])


def begin_review(client: GitHubClient, pull: PullRequestId, body: Mapping[str, Any]) -> BegunReview:
    """Begin a review without submitting it. It raises what ``create_review`` does."""
    written = _post_review(client, pull, body)
    return BegunReview(id=int(written["id"]), pending=written.get("state") == "PENDING")


def delete_pending(client: GitHubClient, pull: PullRequestId, review: int) -> None:
    """Discard an unsubmitted review."""
    client.write("DELETE", f"{pull.path}/reviews/{review}", about=f"an unsubmitted review on {pull}")


def create_comment(client: GitHubClient, pull: PullRequestId, body: str) -> int:
    """Add to the conversation; the comment's number. It raises what ``create_review`` does."""
    text = {"body": signed(client, pull, body)}
    return int(_post(client, f"{pull.issue_path}/comments", text, f"a comment on {pull}")["id"])


def edit_comment(client: GitHubClient, pull: PullRequestId, comment: int, body: str) -> None:
    """Replace the text of a comment in the conversation.

    Raises:
        NotVisible: Somebody deleted it.
        GitHubError: Another of its subclasses.
    """
    path = f"{pull.repository_path}/issues/comments/{comment}"
    client.write("PATCH", path, {"body": signed(client, pull, body)}, about=f"a comment on {pull}")


def _post_review(client: GitHubClient, pull: PullRequestId, body: Mapping[str, Any]) -> Mapping[str, Any]:
    comments = [{**comment, "body": signed(client, pull, comment["body"])} for comment in body["comments"]]
    review = {**body, "body": signed(client, pull, body["body"]), "comments": comments}
    return _post(client, f"{pull.path}/reviews", review, f"a review on {pull}")


def _post(client: GitHubClient, path: str, body: Mapping[str, Any], about: str) -> Mapping[str, Any]:
    try:
        written = client.write("POST", path, body, about=about)
    except NotVisible as error:  # it was there when it was read, so what lacks is a permission
        needed = "pull-requests: write and issues: write"
        raise NotPermitted(f"this token may read but not post {about}; give it {needed}", status=404) from error
    if not isinstance(written, dict) or not isinstance(written.get("id"), int):
        raise NotGitHub(f"what answers for {about} is not GitHub's API; check GITHUB_API_URL")
    return written


def signed(client: GitHubClient, pull: PullRequestId, text: str) -> str:
    """A text with a seal where the server does not say who wrote what."""
    return sealed(text, pull, client.digest) if client.rest_alone else text
