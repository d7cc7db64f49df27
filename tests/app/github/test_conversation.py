from __future__ import annotations

from collections.abc import Callable

import pytest

from app.errors import GitHubRateLimited, NotGitHub
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.conversation import fetch_conversation, fetch_own_reviews
from app.github.reviews import create_comment
from tests.app.conftest import StartGitHub
from tests.fakes.github import FakePull, rate_limited
from tests.fakes.server import json_reply

Connect = Callable[..., GitHubClient]
ID = PullRequestId(owner="octo", repo="app", number=7)
MARKED = "<!-- quartet:summary -->\ntext"


def test_a_conversation_that_graphql_does_not_tell_is_read_by_rest(start_github: StartGitHub, connect: Connect) -> None:
    github = start_github(FakePull(), viewer="mona")
    github.add_comment(MARKED)
    github.fault("POST", "/graphql", json_reply({"data": {"repository": {"pullRequest": None}}}))

    conversation = fetch_conversation(connect(github), ID)

    assert [comment.body for comment in conversation.comments] == [MARKED]
    assert conversation.head == github.pulls[7].head_sha


def test_an_account_that_cannot_be_asked_for_because_of_a_limit_is_not_guessed(
    start_github: StartGitHub, connect: Connect
) -> None:
    github = start_github(FakePull(), graphql=False)
    github.add_comment(MARKED)
    github.fault("GET", "/user", rate_limited())

    with pytest.raises(GitHubRateLimited):
        fetch_conversation(connect(github), ID)


def test_people_who_may_write_are_believed_where_the_account_is_not_known(
    start_github: StartGitHub, connect: Connect
) -> None:
    github = start_github(FakePull(), graphql=False)
    github.add_comment(MARKED, login="mona")["author_association"] = "MEMBER"
    github.add_comment(MARKED, login="mallory")

    conversation = fetch_conversation(connect(github), ID)

    assert len(conversation.comments) == 1


def test_there_are_no_own_reviews_where_none_is_marked(start_github: StartGitHub, connect: Connect) -> None:
    github = start_github(FakePull())
    github.add_review(body="nice")

    assert fetch_own_reviews(connect(github), ID) == ()


def test_a_written_comment_has_a_number(start_github: StartGitHub, connect: Connect) -> None:
    github = start_github(FakePull())
    github.fault("POST", "/comments", json_reply({"ok": True}))

    with pytest.raises(NotGitHub, match="what answers for a comment on octo/app#7 is not GitHub's API"):
        create_comment(connect(github), ID, "text")
