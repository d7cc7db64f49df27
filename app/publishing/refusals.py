"""Comments of which GitHub refuses at least one in; those that it refuses out.

GitHub takes a review whole or not at all and does not say which comment is wrong. So halves are tried as reviews that
are begun and never submitted: nobody sees those, and they are discarded at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import GitHubFailed, GitHubUnreachable, NotPermitted, Unprocessable
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.reviews import PendingReview, create_review, delete_pending, fetch_pending
from app.publishing.draft import InlineComment, comments_on_the_wire
from app.publishing.markers import is_review, review_marker


def refused_comments(
    client: GitHubClient, pull: PullRequestId, comments: Sequence[InlineComment], head: str
) -> tuple[InlineComment, ...]:
    """Those of these comments, not all of which are accepted, that GitHub refuses; about 2·log2(n) writes for one."""

    def find(group: Sequence[InlineComment], *, faulty: bool) -> tuple[InlineComment, ...]:
        if not faulty and _accepted(client, pull, group, head):
            return ()
        if len(group) == 1:
            return (group[0],)
        middle = len(group) // 2
        left = find(group[:middle], faulty=False)
        return left + find(group[middle:], faulty=not left)

    return find(comments, faulty=True) if comments else ()


def discard(client: GitHubClient, pull: PullRequestId, pending: Sequence[PendingReview]) -> None:
    """Discard our unsubmitted reviews, which keep GitHub from taking another.

    Raises:
        NotPermitted: One of them holds remarks that a person has not sent yet.
    """
    for review in pending:
        if not (review.disposable or is_review(review.body)):
            raise NotPermitted(
                f"your account has an unsubmitted review on {pull}, and GitHub takes no second one; "
                "submit or discard it, then run again"
            )
    for review in pending:
        delete_pending(client, pull, review.id)


def _accepted(client: GitHubClient, pull: PullRequestId, group: Sequence[InlineComment], head: str) -> bool:
    # Without an event, so that it stays unsubmitted; with our marker, so that a later run may discard it.
    probe = {"commit_id": head, "body": review_marker(head), "comments": comments_on_the_wire(group)}
    try:
        review = create_review(client, pull, probe)
    except Unprocessable:
        return False
    except (GitHubFailed, GitHubUnreachable):
        discard(client, pull, fetch_pending(client, pull))
        return False
    delete_pending(client, pull, review)
    return True
