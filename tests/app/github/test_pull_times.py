"""When the last pull requests of a repository were opened, reviewed and merged, in one request."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.errors import GraphQLRefused
from app.events import RepositoryId
from app.github.pull_times import fetch_pull_times
from app.store.values import PullTimes
from tests.app.github.conftest import OpenClient
from tests.fakes.github_app import FakeGitHubApp, FakePull
from tests.fakes.github_state import GitHubState


def at(hour: int) -> datetime:
    return datetime(2026, 11, 1, hour, tzinfo=UTC)


def moment(hour: int) -> str:
    return f"2026-11-01T{hour:02}:00:00Z"


@pytest.fixture
def merged(octo: GitHubState) -> FakePull:
    """Pull request 7 was opened at nine and merged at fifteen."""
    pull = octo.pulls[7]
    pull.created_at, pull.merged_at, pull.closed_at = moment(9), moment(15), moment(15)
    pull.state, pull.merged = "closed", True
    return pull


def fetched(open_client: OpenClient, repository: RepositoryId) -> tuple[PullTimes, ...]:
    return fetch_pull_times(open_client(repository), repository)


def test_the_first_person_who_is_not_the_author_counts(
    octo: GitHubState, merged: FakePull, open_client: OpenClient, repository: RepositoryId
) -> None:
    octo.add_review(7, login=merged.author, submitted_at=moment(10))
    octo.add_review(7, login="other[bot]", submitted_at=moment(10))
    octo.add_review(7, login="lisa", submitted_at=moment(13))
    octo.add_review(7, login="hubot", submitted_at=moment(12))

    assert fetched(open_client, repository) == (
        PullTimes(
            number=7,
            opened_at=at(9),
            first_review_at=at(12),
            first_review_by="person",
            merged_at=at(15),
            closed_at=at(15),
        ),
    )


@pytest.mark.usefixtures("merged")
def test_our_own_review_of_an_earlier_installation_is_ours(
    octo: GitHubState, open_client: OpenClient, repository: RepositoryId
) -> None:
    octo.add_review(7, login=octo.viewer, submitted_at=moment(11))

    (told,) = fetched(open_client, repository)
    assert (told.first_review_at, told.first_review_by) == (at(11), "quartet")


@pytest.mark.usefixtures("merged")
def test_one_that_nobody_reviewed_has_no_first_review(open_client: OpenClient, repository: RepositoryId) -> None:
    (told,) = fetched(open_client, repository)
    assert (told.first_review_at, told.first_review_by) == (None, None)


def test_those_that_are_open_are_told_by_deliveries(open_client: OpenClient, repository: RepositoryId) -> None:
    assert fetched(open_client, repository) == ()


def test_a_hundred_are_read_in_one_request_the_newest(
    hub: FakeGitHubApp, octo: GitHubState, open_client: OpenClient, repository: RepositoryId
) -> None:
    for number in range(1, 131):
        day = f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}T09:00:00Z"
        octo.pulls[number] = FakePull(number=number, state="closed", created_at=day, closed_at=day)

    told = fetched(open_client, repository)

    assert {one.number for one in told} == set(range(31, 131))
    assert sum(request.path == "/graphql" for request in hub.requests) == 1


def test_who_may_not_read_pull_requests_is_told_so_and_other_queries_still_work(
    hub: FakeGitHubApp, octo: GitHubState, open_client: OpenClient, repository: RepositoryId
) -> None:
    hub.account.installations[octo.installation].permissions["pull_requests"] = "none"
    client = open_client(repository)

    with pytest.raises(GraphQLRefused, match="does not tell the closed pull requests of octo/app"):
        fetch_pull_times(client, repository)

    assert not client.without_graphql
