from __future__ import annotations

from typing import Any

import pytest

from app.errors import GraphQLRefused, NotPermitted, NotVisible
from app.events import RepositoryId
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.threads import (
    edit_remark,
    fetch_threads,
    fixed,
    mark_fixed,
    minimise,
    not_fixed,
    reply,
    resolve,
    unresolve,
)
from app.publishing.markers import finding_marker, markers_of
from tests.app.github.conftest import named
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.github_replies import refused
from tests.fakes.github_state import GitHubState
from tests.fakes.server import Reply, json_reply

OURS = f"Name reaches the query.\n\n{finding_marker('abc123')}"


@pytest.fixture
def pull(repository: RepositoryId) -> PullRequestId:
    return repository.pull(7)


@pytest.fixture
def comment(octo: GitHubState) -> int:
    """A remark of ours on line 2."""
    octo.add_review(comments=[{"path": "a.py", "line": 2, "side": "RIGHT", "body": OURS}])
    return int(octo.review_comments()[-1]["id"])


@pytest.fixture
def granted(hub: FakeGitHubApp, repository: RepositoryId) -> None:
    """The owner lets the App write contents."""
    hub.account.installations[repository.installation].permissions["contents"] = "write"


BOTH = pytest.mark.parametrize("graphql", [True, False], ids=["by GraphQL", "by REST"])


@BOTH
def test_threads_are_told_with_who_said_what(
    hub: FakeGitHubApp, client: GitHubClient, octo: GitHubState, comment: int, graphql: bool
) -> None:
    hub.graphql = graphql
    pull = named(octo).pull(7)
    octo.add_review(login="lisa", comments=[{"path": "a.py", "line": 2, "side": "RIGHT", "body": "Nice!"}])
    octo.add_reply(comment, "Not a bug, because …", login="mona")
    octo.add_reply(comment, "You are right.")

    ours, other = fetch_threads(client, pull)

    assert (ours.comment, ours.body, ours.own) == (comment, OURS, True)
    assert [(item.author, item.body, item.own) for item in ours.replies] == [
        ("mona", "Not a bug, because …", False),
        ("quartet[bot]", "You are right.", True),
    ]
    assert (other.body, other.own, other.replies) == ("Nice!", False, ())


@BOTH
def test_another_bot_is_not_us(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, octo: GitHubState, graphql: bool
) -> None:
    hub.graphql = graphql
    octo.add_review(login="evil[bot]", comments=[{"path": "a.py", "line": 2, "side": "RIGHT", "body": OURS}])

    (thread,) = fetch_threads(client, pull)

    assert not thread.own


def test_more_threads_than_a_page_are_all_told(client: GitHubClient, pull: PullRequestId, octo: GitHubState) -> None:
    said = [{"path": "a.py", "line": 2, "side": "RIGHT", "body": f"remark {number}"} for number in range(120)]
    octo.add_review(comments=said)

    threads = fetch_threads(client, pull)

    assert [thread.body for thread in threads] == [f"remark {number}" for number in range(120)]


def test_a_thread_whose_code_has_changed_is_outdated(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, octo: GitHubState, comment: int
) -> None:
    assert [thread.outdated for thread in fetch_threads(client, pull)] == [False]
    octo.push(7, {"a.py": "one\n2\nthree\n"})

    assert [thread.outdated for thread in fetch_threads(client, pull)] == [True]


def test_a_graphql_that_answers_something_else_is_left_for_rest(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, comment: int
) -> None:
    hub.fault("POST", "/graphql", json_reply({"data": {"repository": {"pullRequest": {"reviewThreads": None}}}}))

    (thread,) = fetch_threads(client, pull)

    assert (thread.id, thread.comment, thread.own) == ("", comment, True)


def test_an_answer_stands_in_its_thread(
    client: GitHubClient, pull: PullRequestId, octo: GitHubState, comment: int
) -> None:
    number = reply(client, pull, comment, "Looked again: …")

    (written,) = octo.replies
    assert (written["id"], written["in_reply_to_id"], written["body"]) == (number, comment, "Looked again: …")


def test_an_answer_to_what_was_deleted_is_told(client: GitHubClient, pull: PullRequestId) -> None:
    with pytest.raises(NotVisible):
        reply(client, pull, 1, "Looked again")


def test_a_remark_is_edited_though_github_fails(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, octo: GitHubState, comment: int
) -> None:
    hub.fault("PATCH", "pulls/comments", Reply(status=502), applied=True)

    edit_remark(client, pull, comment, "Other words")

    assert [item["body"] for item in octo.review_comments()] == ["Other words"]


@pytest.mark.usefixtures("granted")
def test_a_thread_is_resolved_and_opened_again_where_the_app_may_write_contents(
    client: GitHubClient, pull: PullRequestId, octo: GitHubState, comment: int
) -> None:
    (thread,) = fetch_threads(client, pull)

    resolve(client, thread)
    assert fetch_threads(client, pull)[0].resolved
    unresolve(client, thread)

    assert not fetch_threads(client, pull)[0].resolved


def test_resolving_without_that_is_refused_and_graphql_still_trusted(
    client: GitHubClient, pull: PullRequestId, comment: int
) -> None:
    (thread,) = fetch_threads(client, pull)

    with pytest.raises(NotPermitted):
        resolve(client, thread)

    assert not client.rest_alone


@pytest.mark.usefixtures("granted")
def test_what_is_fixed_is_resolved_and_its_text_left_alone(
    client: GitHubClient, pull: PullRequestId, octo: GitHubState, comment: int
) -> None:
    (thread,) = fetch_threads(client, pull)

    assert mark_fixed(client, pull, thread, "0123456789abcdef")

    assert octo.threads[comment]["resolved"]
    assert octo.review_comments()[0]["body"] == OURS
    assert octo.minimized == {}


def test_what_is_fixed_is_told_and_hidden_where_it_cannot_be_resolved(
    client: GitHubClient, pull: PullRequestId, octo: GitHubState, comment: int
) -> None:
    (thread,) = fetch_threads(client, pull)

    assert not mark_fixed(client, pull, thread, "0123456789abcdef")

    body = octo.review_comments()[0]["body"]
    assert body == f"✅ Fixed in 0123456789ab\n\n{OURS}"
    assert [marker.fields for marker in markers_of(body)] == [{"id": "abc123"}]
    assert octo.minimized == {f"PRRC_{comment}": "RESOLVED"}


def test_marking_twice_writes_once(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, octo: GitHubState, comment: int
) -> None:
    mark_fixed(client, pull, fetch_threads(client, pull)[0], "0123456789abcdef")
    (marked,) = fetch_threads(client, pull)
    before = list(hub.writes)

    mark_fixed(client, pull, marked, "fedcba9876543210")

    assert marked.minimised
    assert hub.writes == before
    assert octo.review_comments()[0]["body"].count("✅ Fixed in") == 1


def test_what_is_fixed_is_told_where_graphql_does_not_answer(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, octo: GitHubState, comment: int
) -> None:
    hub.graphql = False
    (thread,) = fetch_threads(client, pull)

    assert not mark_fixed(client, pull, thread, "0123456789abcdef")

    assert octo.review_comments()[0]["body"].startswith("✅ Fixed in 0123456789ab\n\n")


def test_a_thread_that_a_person_resolved_is_left_alone(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, octo: GitHubState, comment: int
) -> None:
    octo.threads[comment]["resolved"] = True
    (thread,) = fetch_threads(client, pull)

    assert mark_fixed(client, pull, thread, "0123456789abcdef")

    assert hub.writes == ["POST /app/installations/50000001/access_tokens"]


def test_what_was_deleted_cannot_be_hidden(client: GitHubClient) -> None:
    with pytest.raises(NotVisible):
        minimise(client, "PRRC_1", "OUTDATED")


@pytest.mark.parametrize(
    "reply_given",
    [
        pytest.param(json_reply({"errors": [{"type": "SERVICE_UNAVAILABLE"}]}), id="another error"),
        pytest.param(json_reply({"data": None}), id="no data"),
        pytest.param(json_reply([]), id="a list"),
    ],
)
def test_a_mutation_that_is_refused_for_another_reason_is_told(
    hub: FakeGitHubApp, client: GitHubClient, reply_given: Reply
) -> None:
    hub.fault("POST", "/graphql", reply_given)

    with pytest.raises(GraphQLRefused):
        minimise(client, "PRRC_1", "OUTDATED")


def test_a_token_that_may_not_hide_leaves_the_words(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, octo: GitHubState, comment: int
) -> None:
    (thread,) = fetch_threads(client, pull)
    forbidden: dict[str, Any] = {"errors": [{"type": "FORBIDDEN", "message": "no"}], "data": {"x": None}}
    hub.fault("POST", "/graphql", json_reply(forbidden), times=2)

    assert not mark_fixed(client, pull, thread, "0123456789abcdef")
    assert octo.review_comments()[0]["body"].startswith("✅ Fixed in")


def test_a_fault_while_editing_is_not_hidden(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, comment: int
) -> None:
    (thread,) = fetch_threads(client, pull)
    hub.fault("PATCH", "pulls/comments", refused(404, "Not Found"))

    with pytest.raises(NotVisible):
        mark_fixed(client, pull, thread, "0123456789abcdef")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("Words.", id="words alone"),
        pytest.param(OURS, id="a hidden line at the end"),
        pytest.param(f"{finding_marker('abc')}\nWords.", id="a hidden line at the start"),
        pytest.param(f"{finding_marker('abc')}", id="nothing but a hidden line"),
        pytest.param("", id="nothing"),
    ],
)
def test_that_something_is_fixed_is_said_once_and_can_be_taken_back(body: str) -> None:
    said = fixed(body, "0123456789abcdef")

    assert said.count("✅ Fixed in 0123456789ab") == 1
    assert fixed(said, "fedcba9876543210") == said
    assert markers_of(said) == markers_of(body)
    assert not_fixed(said) == body
    assert not_fixed(body) == body
