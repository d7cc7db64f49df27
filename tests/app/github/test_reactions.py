from __future__ import annotations

import pytest

from app.errors import NotVisible
from app.events import RepositoryId
from app.github.client import GitHubClient
from app.github.reactions import react, unreact
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.github_state import GitHubState
from tests.fakes.server import Reply

PLACES = pytest.mark.parametrize("on_diff", [False, True], ids=["in the conversation", "on the diff"])


def written(octo: GitHubState, on_diff: bool) -> int:
    if on_diff:
        octo.add_review(login="mona", comments=[{"path": "a.py", "line": 2, "side": "RIGHT", "body": "/ask why"}])
        return int(octo.review_comments()[-1]["id"])
    return int(octo.add_comment("/review", login="mona")["id"])


def given(octo: GitHubState, comment: int, on_diff: bool) -> list[str]:
    return [item["content"] for item in octo.reactions.get(("review" if on_diff else "issue", comment), [])]


@PLACES
def test_the_same_reaction_twice_is_one(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState, on_diff: bool
) -> None:
    comment = written(octo, on_diff)

    numbers = {react(client, repository, comment, on_diff, "eyes") for _ in range(2)}
    react(client, repository, comment, on_diff, "rocket")

    assert len(numbers) == 1
    assert given(octo, comment, on_diff) == ["eyes", "rocket"]


@PLACES
def test_a_reaction_is_taken_away_and_only_ours(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState, on_diff: bool
) -> None:
    comment = written(octo, on_diff)
    kind = "review" if on_diff else "issue"
    octo.reactions[kind, comment] = [{"id": 1, "content": "eyes", "user": octo.user("mona")}]
    react(client, repository, comment, on_diff, "eyes")

    unreact(client, repository, comment, on_diff, "eyes")

    assert [item["user"]["login"] for item in octo.reactions[kind, comment]] == ["mona"]


@PLACES
def test_a_reaction_comes_and_goes_though_github_fails(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, octo: GitHubState, on_diff: bool
) -> None:
    comment = written(octo, on_diff)
    hub.fault("POST", "reactions", Reply(status=502), applied=True)
    hub.fault("DELETE", "reactions", Reply(status=502), applied=True)

    react(client, repository, comment, on_diff, "eyes")
    assert given(octo, comment, on_diff) == ["eyes"]
    unreact(client, repository, comment, on_diff, "eyes")

    assert given(octo, comment, on_diff) == []


def test_a_comment_that_is_gone_is_told_and_needs_nothing_taken_away(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState
) -> None:
    with pytest.raises(NotVisible):
        react(client, repository, 1, False, "eyes")

    unreact(client, repository, 1, False, "eyes")


def test_numbers_of_the_two_kinds_are_not_mixed_up(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState
) -> None:
    comment = written(octo, on_diff=False)

    with pytest.raises(NotVisible):
        react(client, repository, comment, True, "eyes")
