"""Payloads of the App's webhook in, by the name of their event; the events they mean, or why there is none, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from app.events import (
    CheckAsked,
    CommentWritten,
    Event,
    InstallationChanged,
    MergeGroupAsked,
    PullRequestChanged,
    PullRequestReviewed,
    RepositoryId,
    RepositoryRenamed,
    ThreadChanged,
)
from app.github import payloads

_PullAction = Literal["opened", "reopened", "synchronize", "ready_for_review", "closed", "labeled"]
_PULL_ACTIONS: tuple[_PullAction, ...] = get_args(_PullAction)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A delivery for which there is nothing to do.

    Attributes:
        reason: Why, in words that hold nothing of the payload.
    """

    reason: str


_Payload = Mapping[str, object]


def _repository(delivery: payloads.InRepository) -> RepositoryId:
    repository = delivery.repository
    return RepositoryId(installation=delivery.installation.id, owner=repository.owner.login, repo=repository.name)


def _pull_request(payload: _Payload) -> Event | Ignored:
    delivery = payloads.PullRequestDelivery.model_validate(payload)
    pull = delivery.pull_request
    action = next(known for known in _PULL_ACTIONS if known == delivery.action)
    return PullRequestChanged(
        repository=_repository(delivery),
        number=pull.number,
        action=action,
        head=pull.head.sha,
        base_ref=pull.base.ref,
        head_ref=pull.head.ref,
        draft=bool(pull.draft),
        author=pull.user.login if pull.user else "",
        author_is_bot=pull.user is not None and pull.user.is_bot,
        labels=tuple(label.name for label in pull.labels),
        label=delivery.label.name if delivery.label else "",
        sender=delivery.sender.login if delivery.sender else "",
        opened_at=pull.created_at,
        closed_at=pull.closed_at,
        merged_at=pull.merged_at,
    )


def _review(payload: _Payload) -> Event | Ignored:
    delivery = payloads.ReviewDelivery.model_validate(payload)
    by, author = delivery.review.user, delivery.pull_request.user
    if by is None or by.is_bot:
        return Ignored("no person reviewed it")
    if author is not None and author.login == by.login:
        return Ignored("its author wrote on it")
    if delivery.review.submitted_at is None:
        return Ignored("nobody says when it was reviewed")
    return PullRequestReviewed(
        repository=_repository(delivery), number=delivery.pull_request.number, at=delivery.review.submitted_at
    )


def _issue_comment(payload: _Payload) -> Event | Ignored:
    delivery = payloads.IssueCommentDelivery.model_validate(payload)
    if delivery.issue.pull_request is None:
        return Ignored("the comment is on an issue, not on a pull request")
    return _comment(_repository(delivery), delivery.issue.number, delivery.comment, on_diff=False)


def _review_comment(payload: _Payload) -> Event | Ignored:
    delivery = payloads.ReviewCommentDelivery.model_validate(payload)
    return _comment(_repository(delivery), delivery.pull_request.number, delivery.comment, on_diff=True)


def _comment(
    repository: RepositoryId, number: int, comment: payloads.Comment, *, on_diff: bool
) -> CommentWritten | Ignored:
    if comment.user is None:
        return Ignored("the account that wrote the comment is gone")
    if comment.user.is_bot:
        return Ignored("a machine wrote the comment")
    return CommentWritten(
        repository=repository,
        number=number,
        comment=comment.id,
        on_diff=on_diff,
        in_reply_to=comment.in_reply_to_id,
        body=comment.body,
        author=comment.user.login,
    )


def _review_thread(payload: _Payload) -> Event | Ignored:
    delivery = payloads.ReviewThreadDelivery.model_validate(payload)
    if delivery.sender is None or delivery.sender.is_bot:
        return Ignored("no person changed the thread")
    return ThreadChanged(
        repository=_repository(delivery),
        number=delivery.pull_request.number,
        comment=delivery.thread.comments[0].id,
        resolved=delivery.action == "resolved",
        sender=delivery.sender.login,
    )


def _check_run(payload: _Payload) -> Event | Ignored:
    delivery = payloads.CheckRunDelivery.model_validate(payload)
    if delivery.action == "rerequested":
        return _check(delivery, delivery.check_run, "review")
    button = delivery.requested_action.identifier if delivery.requested_action else ""
    return _check(delivery, delivery.check_run, button) if button else Ignored("no button of the check is named")


def _check_suite(payload: _Payload) -> Event | Ignored:
    delivery = payloads.CheckSuiteDelivery.model_validate(payload)
    return _check(delivery, delivery.check_suite, "review")


def _check(delivery: payloads.InRepository, check: payloads.Check, action: str) -> CheckAsked:
    here = delivery.repository.id
    # A commit may also be the head of a pull request to another repository, which is none of this installation's.
    numbers = [pull.number for pull in check.pull_requests if not here or pull.base.repo.id in {0, here}]
    return CheckAsked(
        repository=_repository(delivery),
        head=check.head_sha,
        numbers=tuple(numbers),
        action=action,
        sender=delivery.sender.login if delivery.sender else "",
        sender_is_bot=delivery.sender is not None and delivery.sender.is_bot,
    )


def _merge_group(payload: _Payload) -> Event | Ignored:
    delivery = payloads.MergeGroupDelivery.model_validate(payload)
    group = delivery.merge_group
    return MergeGroupAsked(repository=_repository(delivery), head=group.head_sha, head_ref=group.head_ref)


def _installation(payload: _Payload) -> Event | Ignored:
    delivery = payloads.InstallationDelivery.model_validate(payload)
    account = delivery.installation.account
    repositories = (*delivery.repositories, *delivery.repositories_added, *delivery.repositories_removed)
    return InstallationChanged(
        installation=delivery.installation.id,
        account=account.login if account else "",
        action=delivery.action,
        repositories=tuple(repository.full_name for repository in repositories),
    )


def _renamed(payload: _Payload) -> Event | Ignored:
    delivery = payloads.RepositoryDelivery.model_validate(payload)
    repository = _repository(delivery)
    former = delivery.changes.repository.name.former
    return RepositoryRenamed(repository=repository, former=f"{repository.owner}/{former}")


READERS: Mapping[str, Callable[[_Payload], Event | Ignored]] = {
    "check_run": _check_run,
    "check_suite": _check_suite,
    "installation": _installation,
    "installation_repositories": _installation,
    "issue_comment": _issue_comment,
    "merge_group": _merge_group,
    "pull_request": _pull_request,
    "pull_request_review": _review,
    "pull_request_review_comment": _review_comment,
    "pull_request_review_thread": _review_thread,
    "repository": _renamed,
}
"""Each raises pydantic's ``ValidationError`` where a payload does not have the shape of its event."""

ACTIONS: Mapping[str, frozenset[str]] = {
    "check_run": frozenset({"rerequested", "requested_action"}),
    "check_suite": frozenset({"rerequested"}),
    "installation": frozenset({"created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"}),
    "installation_repositories": frozenset({"added", "removed"}),
    # An edit never commands: what was written when somebody's permission was looked up is what counts.
    "issue_comment": frozenset({"created"}),
    "merge_group": frozenset({"checks_requested"}),
    "pull_request": frozenset(_PULL_ACTIONS),
    "pull_request_review": frozenset({"submitted"}),
    "pull_request_review_comment": frozenset({"created"}),
    "pull_request_review_thread": frozenset({"resolved", "unresolved"}),
    "repository": frozenset({"renamed"}),
}
"""The actions of each event that something may be done for."""
