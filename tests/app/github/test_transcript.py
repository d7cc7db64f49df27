from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.errors import NotGitHub
from app.events import RepositoryId
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.transcript import Said, fetch_transcript
from reviewers.diff import Side
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.github_state import GitHubState
from tests.fakes.server import json_reply

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
REMARK = {"path": "a.py", "line": 2, "side": "RIGHT", "body": "Why TWO?"}
BOTH = pytest.mark.parametrize("graphql", [True, False], ids=["by GraphQL", "by REST"])


@pytest.fixture
def pull(repository: RepositoryId) -> PullRequestId:
    return repository.pull(7)


@BOTH
def test_everybody_is_heard_in_the_order_of_speaking(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, octo: GitHubState, graphql: bool
) -> None:
    hub.graphql = graphql
    spoken = [octo.add_comment("one", login="mona"), octo.add_comment("two"), octo.add_comment("3", login="x[bot]")]

    transcript = fetch_transcript(client, pull)

    numbers = [one["id"] for one in spoken]
    assert transcript.comments == (
        Said(comment=numbers[0], author="mona", own=False, by_bot=False, body="one", at=AT),
        Said(comment=numbers[1], author="quartet[bot]", own=True, by_bot=True, body="two", at=AT),
        Said(comment=numbers[2], author="x[bot]", own=False, by_bot=True, body="3", at=AT),
    )
    assert transcript.talks == ()


@BOTH
def test_a_thread_is_told_with_its_place_and_its_replies(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, octo: GitHubState, graphql: bool
) -> None:
    hub.graphql = graphql
    octo.add_review(comments=[{**REMARK, "start_line": 1, "start_side": "RIGHT"}])
    first = octo.review_comments()[-1]["id"]
    octo.add_reply(first, "Because.", login="mona")

    (talk,) = fetch_transcript(client, pull).talks

    assert (talk.path, talk.start_line, talk.end_line, talk.side) == ("a.py", 1, 2, Side.RIGHT)
    assert (talk.head, talk.first.comment, talk.first.own) == (octo.pulls[7].head_sha, first, True)
    assert [(one.author, one.body) for one in talk.said] == [("quartet[bot]", "Why TWO?"), ("mona", "Because.")]


def test_a_thread_whose_line_is_gone_is_told_with_the_line_that_it_was_begun_on(
    client: GitHubClient, pull: PullRequestId, octo: GitHubState
) -> None:
    octo.add_review(comments=[{**REMARK, "start_line": 1, "start_side": "RIGHT"}])
    octo.push(7, {"a.py": "one\ntwo\nTHREE\n"})

    (talk,) = fetch_transcript(client, pull).talks

    assert (talk.start_line, talk.end_line) == (1, 2)


def test_it_is_told_who_resolved_a_thread(client: GitHubClient, pull: PullRequestId, octo: GitHubState) -> None:
    octo.add_review(comments=[REMARK, REMARK])
    first, second = (one["id"] for one in octo.review_comments())
    octo.threads[second] = {"resolved": True, "resolved_by": "mona"}

    told = {talk.first.comment: (talk.resolved, talk.resolved_by) for talk in fetch_transcript(client, pull).talks}

    assert told == {first: (False, ""), second: (True, "mona")}


def test_by_rest_it_is_not_known_what_is_resolved(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, octo: GitHubState
) -> None:
    hub.graphql = False
    octo.add_review(comments=[REMARK])

    (talk,) = fetch_transcript(client, pull).talks

    assert talk.resolved is None


def test_another_server_is_told_from_github(
    hub: FakeGitHubApp, client: GitHubClient, pull: PullRequestId, octo: GitHubState
) -> None:
    hub.graphql = False
    octo.add_comment("one")
    hub.fault("GET", r"/issues/7/comments", json_reply([{"id": 1}]))

    with pytest.raises(NotGitHub, match="GITHUB_API_URL"):
        fetch_transcript(client, pull)


def test_what_is_left_out_is_not_said(client: GitHubClient, pull: PullRequestId, octo: GitHubState) -> None:
    spoken = octo.add_comment("one", login="mona")["id"]
    octo.add_review(comments=[REMARK, {**REMARK, "body": "And here?"}])
    first, second = (one["id"] for one in octo.review_comments())
    reply = octo.add_reply(first, "Because.", login="mona")["id"]
    whole = fetch_transcript(client, pull)

    assert whole.without(spoken, on_diff=False).comments == ()
    assert whole.without(spoken, on_diff=True) == whole
    assert [len(talk.said) for talk in whole.without(reply, on_diff=True).talks] == [1, 1]
    assert [talk.first.comment for talk in whole.without(first, on_diff=True).talks] == [second]
