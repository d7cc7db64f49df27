"""A draft of whose comments GitHub refuses at least one in; what to leave out of it out.

GitHub takes a review whole or not at all and does not say which comment is wrong. So halves are tried as reviews that
are begun and never submitted: nobody sees those, and they are discarded at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import GitHubFailed, GitHubUnreachable, NotPermitted, Unprocessable
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.conversation import PendingReview, fetch_pending
from app.github.reviews import BegunReview, begin_review, delete_pending
from app.publishing.draft import InlineComment, ReviewDraft, comments_on_the_wire, without
from app.publishing.markers import is_review

_Accepts = Callable[[Sequence[InlineComment]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """What trials showed.

    Attributes:
        left_out: Comments that are not to be posted.
        review: Number of the review that has the others already: this server submits at once what was only begun.
            None on GitHub.
    """

    left_out: tuple[InlineComment, ...]
    review: int | None = None


def sift(client: GitHubClient, pull: PullRequestId, plan: ReviewDraft) -> Sifted:
    """Find the comments that GitHub refuses, in about 2·log2(n) writes for one.

    Every trial is worded as the review that it would be, and the first one that is submitted against our wish is the
    last: it stays the only review, and what it lacks is told in the summary.
    """
    taken: list[tuple[int, Sequence[InlineComment]]] = []

    def accepts(group: Sequence[InlineComment]) -> bool:
        if taken:
            return True
        rest = [comment for comment in plan.inline if comment not in group]
        answered = _try(client, pull, review_on_the_wire(without(plan, rest)))
        if answered is None:
            return False
        if answered.pending:
            delete_pending(client, pull, answered.id)
        else:
            taken.append((answered.id, group))
        return True

    refused = _refused(plan.inline, accepts)
    if not taken:
        return Sifted(left_out=refused)
    ((review, posted),) = taken
    return Sifted(left_out=tuple(comment for comment in plan.inline if comment not in posted), review=review)


def review_on_the_wire(plan: ReviewDraft) -> dict[str, Any]:
    """A review in GitHub's words; without an event it is begun and not submitted."""
    return {
        "commit_id": plan.review.target.head,
        "body": plan.body or "",
        "comments": comments_on_the_wire(plan.inline),
    }


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


def _refused(comments: Sequence[InlineComment], accepts: _Accepts) -> tuple[InlineComment, ...]:
    """Those of these comments, at least one of which is refused, that are refused."""
    if len(comments) <= 1:
        return tuple(comments)
    halves = comments[: len(comments) // 2], comments[len(comments) // 2 :]
    left = () if accepts(halves[0]) else _refused(halves[0], accepts)
    right = () if left and accepts(halves[1]) else _refused(halves[1], accepts)
    return left + right


def _try(client: GitHubClient, pull: PullRequestId, review: dict[str, Any]) -> BegunReview | None:
    try:
        return begin_review(client, pull, review)
    except Unprocessable:
        return None
    except (GitHubFailed, GitHubUnreachable):
        discard(client, pull, fetch_pending(client, pull))
        return None
