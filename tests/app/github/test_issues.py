"""An issue of ours is written once, found by its marker, and edited in place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.errors import NotPermitted
from app.events import RepositoryId
from app.github.client import GitHubClient
from app.github.issues import Written, write_issue
from app.publishing.markers import Marker
from tests.app.github.conftest import OpenClient
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.github_issues import add_issue
from tests.fakes.github_state import GitHubState

MARKER = Marker("month", {"of": "2026-11"})
LINE = "<!-- quartet:month of=2026-11 -->"
SINCE = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def client(open_client: OpenClient, repository: RepositoryId, octo: GitHubState) -> GitHubClient:
    return open_client(repository, login=octo.viewer)


def write(client: GitHubClient, repository: RepositoryId, text: str = "new") -> Written:
    return write_issue(
        client, repository, title=f"Title of {text}", body=f"{text}\n\n{LINE}", marker=MARKER, since=SINCE
    )


def texts(octo: GitHubState) -> list[str]:
    return [issue["body"].split("\n")[0] for issue in octo.issues]


def test_it_is_written_where_there_is_none(client: GitHubClient, repository: RepositoryId, octo: GitHubState) -> None:
    written = write(client, repository)

    (issue,) = octo.issues
    assert written == Written(issue["number"], issue["html_url"], is_new=True)
    assert (issue["title"], issue["body"]) == ("Title of new", f"new\n\n{LINE}")


def test_it_is_edited_where_it_is_there_also_when_somebody_closed_it(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState
) -> None:
    write(client, repository, "first")
    octo.issues[0]["state"] = "closed"

    again = write(client, repository, "second")

    assert not again.is_new
    assert texts(octo) == ["second"]
    assert octo.issues[0]["state"] == "closed"


@pytest.mark.parametrize(
    ("body", "login"),
    [
        pytest.param(f"mine\n\n{LINE}", "stranger", id="what somebody else wrote with our marker"),
        pytest.param("mine\n\n<!-- quartet:month of=2026-10 -->", "", id="another month's"),
        pytest.param(f"mine\n\n{LINE}\n\nand more", "", id="where the marker is only quoted"),
    ],
)
def test_what_is_not_it_is_left_alone(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState, body: str, login: str
) -> None:
    add_issue(octo, "Other", body, login=login)

    assert write(client, repository).is_new
    assert texts(octo) == ["mine", "new"]


def test_a_pull_request_that_quotes_the_marker_is_no_issue(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState
) -> None:
    octo.pulls[7].body, octo.pulls[7].author = LINE, octo.viewer

    assert write(client, repository).is_new


def test_it_is_found_among_hundreds_and_nobody_reads_on_beyond_its_time(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, octo: GitHubState
) -> None:
    for day in range(1, 31):
        for number in range(20):
            # Old ones that were talked about since are listed as well.
            old = add_issue(octo, f"Old {number}", "talk", login="mona", at=f"2026-09-{day:02}T09:00:00Z")
            old["updated_at"] = "2026-11-20T09:00:00Z"
    add_issue(octo, "It", f"it\n\n{LINE}", at="2026-11-02T09:00:00Z")
    for number in range(150):
        add_issue(octo, f"New {number}", "talk", login="mona", at="2026-11-20T09:00:00Z")

    assert not write(client, repository).is_new

    assert sum(request.path.endswith("/issues") and request.method == "GET" for request in hub.requests) == 2


def test_of_two_that_were_written_at_once_the_first_goes_on(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState
) -> None:
    add_issue(octo, "A", f"a\n\n{LINE}", at="2026-11-02T09:00:00Z")
    add_issue(octo, "B", f"b\n\n{LINE}", at="2026-11-03T09:00:00Z")

    write(client, repository)

    assert texts(octo) == ["new", "b"]


def test_who_may_not_write_issues_is_told_so(
    hub: FakeGitHubApp, octo: GitHubState, open_client: OpenClient, repository: RepositoryId
) -> None:
    hub.account.installations[octo.installation].permissions |= {"issues": "read", "pull_requests": "read"}

    with pytest.raises(NotPermitted):
        write(open_client(repository, login=octo.viewer), repository)
