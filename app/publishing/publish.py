"""A review in; what was posted of it out: one review with its comments and the one summary, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from app.errors import GitHubError, HeadMoved, PostFailed, Unprocessable
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.conversation import PendingReview, fetch_conversation, fetch_own_reviews, fetch_pending
from app.github.threads import fetch_threads
from app.publishing.draft import INLINE_LIMIT, ReviewDraft, draft, without
from app.publishing.markers import Posted, is_summary, read_posted, told_by
from app.publishing.once import comment_once, edit_or_comment, review_once
from app.publishing.refusals import discard, review_on_the_wire, sift
from reviewers.diff import Diff
from reviewers.findings import Finding
from reviewers.review import Review

# So few comments are tried without each of them; with more of them, halving takes fewer writes. Whether a server
# without GraphQL keeps a review unsubmitted is not known, so there it is worth more.
_FEW = range(2, 7)
_FEW_BY_REST = range(2, INLINE_LIMIT + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was posted.

    Attributes:
        review: Number of the review, or None where nothing was new.
        comments: How many comments it has on the diff.
        aside: New findings that stand in the summary instead.
        refused: Those of them that GitHub refused to place.
        summary: Number of the summary comment that was written, or None where it was not needed or stayed as it was.
        told: Fingerprints of the findings that are open and told, now or before, each with the number of its comment
            on the diff; None where it has none, or where nobody asked for the numbers.
    """

    review: int | None = None
    comments: int = 0
    aside: tuple[Finding, ...] = ()
    refused: tuple[Finding, ...] = ()
    summary: int | None = None
    told: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """What happened, for the user."""
        if self.review is None:
            return "nothing new to post" if self.summary is None else "nothing new to post; the summary is up to date"
        comments = "1 comment" if self.comments == 1 else f"{self.comments} comments"
        aside = f" and {len(self.aside)} more in the summary" if self.aside else ""
        refused = f" ({len(self.refused)} of them because GitHub refused their place)" if self.refused else ""
        return f"posted one review with {comments}{aside}{refused}"


def publish(
    client: GitHubClient,
    pull: PullRequestId,
    review: Review,
    diff: Diff,
    *,
    inline_limit: int = INLINE_LIMIT,
    dismissed: Collection[str] = (),
    asked_again: Collection[str] = (),
    with_comments: bool = False,
) -> Published:
    """Post what is new in a review, as at most one review and one summary comment.

    Args:
        client: Whose account speaks.
        pull: As ``Fetched.pull`` names it.
        review: Made at ``review.target.head``.
        diff: What was reviewed.
        inline_limit: Comments on the diff at most; further findings go into the summary.
        dismissed: Fingerprints of findings that are not to be told; the summary counts them apart.
        asked_again: Reviewers that somebody asked for a second opinion; else each speaks once per head.
        with_comments: Whether to ask for the numbers of the comments, which takes a request more.

    Raises:
        HeadMoved: The pull request has another head by now; nothing was posted.
        PostFailed: Posting stopped half-way; it says what was posted.
        GitHubError: Another of its subclasses; nothing was posted.
    """
    drafting = partial(
        draft, review, diff, inline_limit=inline_limit, dismissed=dismissed, asked_again=frozenset(asked_again)
    )
    published, told = _publish(client, pull, review, drafting)
    numbers = _numbers(client, pull) if with_comments and told else {}
    return replace(published, told={identity: numbers.get(identity) for identity in told})


def _publish(
    client: GitHubClient, pull: PullRequestId, review: Review, drafting: Callable[[Posted], ReviewDraft]
) -> tuple[Published, Collection[str]]:
    """What was posted, and the fingerprints of what is open and told."""
    conversation = fetch_conversation(client, pull)
    _check_head(conversation.head, review)
    summary = next((comment for comment in conversation.comments if is_summary(comment.body)), None)
    posted = read_posted(conversation.remarks, summary.body if summary else None)
    plan = drafting(posted)
    if _may_be_told(plan):
        own = [told.body for told in fetch_own_reviews(client, pull)]
        posted = read_posted(conversation.remarks, posted.summary, own)
        plan = drafting(posted)
    published = Published()
    if plan.body is not None:
        plan, published = _post_review(client, pull, plan, conversation.pending)
    text = plan.summary
    if text is None or (summary is not None and text == summary.body):
        return published, plan.told
    try:
        number = edit_or_comment(client, pull, summary.id, text) if summary else comment_once(client, pull, text)
    except GitHubError as error:
        if published.review is None:
            raise
        raise PostFailed(f"{published.line}, but not the summary: {error}", status=error.status) from error
    return replace(published, summary=number), plan.told


def _numbers(client: GitHubClient, pull: PullRequestId) -> Mapping[str, int]:
    """For each fingerprint that a comment of ours on the diff tells, the comment's number."""
    own = (thread for thread in fetch_threads(client, pull) if thread.own)
    return {identity: thread.comment for thread in own for identity in told_by(thread.body)}


def _may_be_told(plan: ReviewDraft) -> bool:
    """Whether a run may have ended between its review and its summary, so that only the review says what it told.

    A comment that the summary does not know betrays such a run; one that had no comment to post leaves no other trace.
    """
    at_this_head = plan.posted.summary is not None and plan.posted.head == plan.review.target.head
    return bool(plan.new) and (not plan.posted.summarised or not (plan.inline or at_this_head))


def _post_review(
    client: GitHubClient, pull: PullRequestId, plan: ReviewDraft, pending: Sequence[PendingReview]
) -> tuple[ReviewDraft, Published]:
    discard(client, pull, pending)
    drafted = plan.inline
    plan, number = _placed(client, pull, plan)
    refused = tuple(comment.finding for comment in drafted if comment not in plan.inline)
    return plan, Published(review=number, comments=len(plan.inline), aside=plan.aside, refused=refused)


def _placed(client: GitHubClient, pull: PullRequestId, plan: ReviewDraft) -> tuple[ReviewDraft, int]:
    """As much of a draft as GitHub takes in one review, and the review's number."""
    for candidate in _candidates(client, pull, plan):
        if (number := _accepted(client, pull, candidate)) is not None:
            return candidate, number
    if len(plan.inline) > _FEW.start:  # of two, both are refused by now
        sifted = sift(client, pull, plan)
        plan = without(plan, sifted.left_out)
        number = sifted.review if sifted.review is not None else _accepted(client, pull, plan)
        if number is not None:
            return plan, number
    bare = without(plan, plan.inline)
    try:
        return bare, review_once(client, pull, _submitted(bare))
    except Unprocessable as error:
        raise PostFailed(f"nothing was posted: {error}", status=error.status) from error


def _candidates(client: GitHubClient, pull: PullRequestId, plan: ReviewDraft) -> Iterator[ReviewDraft]:
    """What to try in turn: the draft, the draft with nothing in its way, and a short one without each of its comments.

    One refused comment is the usual case, and each of these trials is the review itself if it is taken.
    """
    yield plan
    _check_head(fetch_conversation(client, pull).head, plan.review)
    if pending := fetch_pending(client, pull):
        discard(client, pull, pending)
        yield plan
    if len(plan.inline) in (_FEW_BY_REST if client.rest_alone else _FEW):
        for comment in plan.inline:
            yield without(plan, (comment,))


def _accepted(client: GitHubClient, pull: PullRequestId, plan: ReviewDraft) -> int | None:
    try:
        return review_once(client, pull, _submitted(plan))
    except Unprocessable:
        return None


def _submitted(plan: ReviewDraft) -> dict[str, Any]:
    return {**review_on_the_wire(plan), "event": "COMMENT"}


def _check_head(head: str, review: Review) -> None:
    reviewed = review.target.head
    if head != reviewed:
        raise HeadMoved(
            f"the head moved from {reviewed[:12]} to {head[:12]} while reviewing; nothing was posted; run again"
        )
