"""The REST requests that list, write and discard reviews and comments."""

from __future__ import annotations

from collections.abc import Callable

from tests.fakes.github_replies import LONGEST_BODY, page, refused, too_long
from tests.fakes.github_repository import misplaced
from tests.fakes.github_state import GitHubState
from tests.fakes.server import Incoming, Reply, json_reply


def list_reviews(state: GitHubState, request: Incoming, number: str) -> Reply:
    visible = [
        {name: value for name, value in review.items() if name not in {"comments", "pull"}}
        for review in state.all_reviews
        if review["pull"] == int(number) and (review["state"] != "PENDING" or state.own(review))
    ]
    return page(request, visible, url=state.url)


def create_review(state: GitHubState, request: Incoming, number: str) -> Reply:
    pull, body = state.pulls[int(number)], request.json
    comments, event = body.get("comments") or [], body.get("event")
    if any(state.own(review) and review["state"] == "PENDING" for review in state.all_reviews):
        return refused(422, "Unprocessable Entity", "User can only have one pending review per pull request")
    if len(body.get("body") or "") > LONGEST_BODY or any(len(item["body"]) > LONGEST_BODY for item in comments):
        return too_long("PullRequestReview")
    if event and not (body.get("body") or comments):
        return refused(422, "Unprocessable Entity", "Body can't be blank")
    if body.get("commit_id", pull.head_sha) != pull.head_sha:
        return refused(422, "Unprocessable Entity", "commit_id is not part of the pull request")
    wrong = misplaced(comments, pull.changes) + ["Line could not be resolved" for c in comments if state.refuses(c)]
    wrong += ["event is required"] if not event and state.drafts == "refused" else []
    if wrong:
        return refused(422, "Unprocessable Entity", *dict.fromkeys(wrong))
    submitted = event == "COMMENT" or (not event and state.drafts == "submitted")
    outcome = "COMMENTED" if submitted else event or "PENDING"
    review = state.add_review(int(number), body=body.get("body") or "", state=outcome, comments=comments)
    return json_reply({name: value for name, value in review.items() if name not in {"comments", "pull"}})


def delete_review(state: GitHubState, _request: Incoming, _number: str, review_id: str) -> Reply:
    for review in state.all_reviews:
        if review["id"] == int(review_id) and state.own(review):
            if review["state"] != "PENDING":
                return refused(422, "Can not delete a non-pending pull request review")
            state.all_reviews.remove(review)
            return json_reply({"id": review["id"]})
    return refused(404, "Not Found")


def comments_of_review(state: GitHubState, request: Incoming, _number: str, review_id: str) -> Reply:
    found = [review for review in state.all_reviews if review["id"] == int(review_id)]
    return page(request, found[0]["comments"], url=state.url) if found else refused(404, "Not Found", url=state.url)


def list_review_comments(state: GitHubState, request: Incoming, number: str) -> Reply:
    listed = [comment for comment in state.review_comments() if comment["pull"] == int(number)]
    return page(request, listed, url=state.url)


def list_issue_comments(state: GitHubState, request: Incoming, number: str) -> Reply:
    return page(request, [comment for comment in state.issue_comments if comment["pull"] == int(number)], url=state.url)


def create_issue_comment(state: GitHubState, request: Incoming, number: str) -> Reply:
    if state.pulls[int(number)].locked:
        return refused(403, "Unable to create comment because issue is locked.")
    if len(request.json["body"]) > LONGEST_BODY:
        return too_long("IssueComment")
    return json_reply(state.add_comment(request.json["body"], int(number)), status=201)


def edit_issue_comment(state: GitHubState, request: Incoming, comment_id: str) -> Reply:
    for comment in state.issue_comments:
        if comment["id"] == int(comment_id):
            comment["body"] = request.json["body"]
            return json_reply(comment)
    return refused(404, "Not Found")


REVIEWING: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("GET", r"pulls/(\d+)/reviews", list_reviews),
    ("POST", r"pulls/(\d+)/reviews", create_review),
    ("DELETE", r"pulls/(\d+)/reviews/(\d+)", delete_review),
    ("GET", r"pulls/(\d+)/reviews/(\d+)/comments", comments_of_review),
    ("GET", r"pulls/(\d+)/comments", list_review_comments),
    ("GET", r"issues/(\d+)/comments", list_issue_comments),
    ("POST", r"issues/(\d+)/comments", create_issue_comment),
    ("PATCH", r"issues/comments/(\d+)", edit_issue_comment),
)
