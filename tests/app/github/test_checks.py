from __future__ import annotations

from typing import Any

import pytest

from app.errors import GitHubFailed, NotPermitted, NotVisible
from app.events import RepositoryId
from app.github.checks import (
    REVIEW_AGAIN,
    REVIEW_ALL,
    create_check,
    fetch_check,
    find_check,
    pulls_of_commit,
    update_check,
)
from app.github.client import GitHubClient
from tests.app.github.conftest import named
from tests.fakes.github_app import FakeGitHubApp, FakePull
from tests.fakes.github_state import GitHubState
from tests.fakes.server import Reply

SAID: dict[str, Any] = {"title": "Reviewing", "summary": "2 of 8 questions"}


def remarks(count: int, *, first: int = 1) -> list[dict[str, Any]]:
    return [
        {
            "path": "a.py",
            "start_line": line,
            "end_line": line,
            "annotation_level": "warning",
            "message": f"remark {line}",
            "title": "A remark",
        }
        for line in range(first, first + count)
    ]


@pytest.fixture
def head(octo: GitHubState) -> str:
    return octo.pulls[7].head_sha


def test_a_check_goes_from_queued_over_progress_to_its_end(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState, head: str
) -> None:
    number = create_check(client, repository, head, status="queued", external_id="r1", **SAID)
    update_check(client, repository, number, status="in_progress", **SAID)
    update_check(
        client,
        repository,
        number,
        status="completed",
        conclusion="failure",
        annotations=remarks(2),
        actions=(REVIEW_AGAIN, REVIEW_ALL),
        **SAID,
    )

    (check,) = octo.checks
    assert [update.get("status") for update in check["updates"]] == ["queued", "in_progress", "completed"]
    assert (check["name"], check["external_id"], check["conclusion"]) == ("quartet", "r1", "failure")
    assert check["annotations"] == remarks(2)
    assert [action["identifier"] for action in check["actions"]] == ["review", "full"]


@pytest.mark.parametrize("count", [50, 51, 130])
def test_remarks_go_fifty_at_a_time_and_the_end_with_the_last(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState, head: str, count: int
) -> None:
    number = create_check(client, repository, head, status="queued", **SAID)

    update_check(
        client, repository, number, status="completed", conclusion="neutral", annotations=remarks(count), **SAID
    )

    check = octo.checks[0]
    sizes = [len(update["output"].get("annotations", ())) for update in check["updates"][1:]]
    assert check["annotations"] == remarks(count)
    assert max(sizes) == 50
    assert ["conclusion" in update for update in check["updates"]] == [False] * len(sizes) + [True]


def test_a_new_check_takes_any_number_of_remarks(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState, head: str
) -> None:
    create_check(client, repository, head, status="in_progress", annotations=remarks(120), **SAID)

    assert octo.checks[0]["annotations"] == remarks(120)


def test_what_was_sent_before_a_crash_is_not_sent_again(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, octo: GitHubState, head: str
) -> None:
    number = create_check(client, repository, head, status="queued", **SAID)
    end: dict[str, Any] = {"status": "completed", "conclusion": "neutral", "annotations": remarks(120), **SAID}
    hub.fault("PATCH", "check-runs", Reply(status=502), after=1, applied=True)
    with pytest.raises(GitHubFailed):
        update_check(client, repository, number, **end)

    update_check(client, repository, number, **end)
    update_check(client, repository, number, **end)

    assert octo.checks[0]["annotations"] == remarks(120)
    assert octo.checks[0]["conclusion"] == "neutral"


@pytest.mark.parametrize("applied", [True, False])
def test_a_check_is_made_once_though_github_fails(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, octo: GitHubState, applied: bool
) -> None:
    head = octo.pulls[7].head_sha
    create_check(client, repository, head, status="queued", external_id="earlier", **SAID)
    hub.fault("POST", "check-runs", Reply(status=502), applied=applied)

    number = create_check(client, repository, head, status="queued", external_id="r1", **SAID)

    assert [check["external_id"] for check in octo.checks] == ["earlier", "r1"]
    assert octo.checks[1]["id"] == number


def test_progress_is_told_though_github_fails(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, octo: GitHubState, head: str
) -> None:
    number = create_check(client, repository, head, status="queued", **SAID)
    hub.fault("PATCH", "check-runs", Reply(status=502), times=2)

    update_check(client, repository, number, status="in_progress", **SAID)

    assert octo.checks[0]["status"] == "in_progress"


def test_too_much_text_is_cut_off_with_a_word(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState, head: str
) -> None:
    create_check(
        client, repository, head, status="in_progress", title="t" * 999, summary="s" * 99_999, text="x" * 99_999
    )

    output = octo.checks[0]["output"]
    assert [len(output[name]) for name in ("title", "summary", "text")] == [255, 65_535, 65_535]
    assert output["summary"].endswith("(cut off here: GitHub takes no more)")


def test_the_newest_check_of_a_head_is_found(client: GitHubClient, repository: RepositoryId, head: str) -> None:
    assert find_check(client, repository, head) is None

    first = create_check(client, repository, head, status="queued", external_id="one", **SAID)
    other = create_check(client, repository, head, status="queued", external_id="two", **SAID)
    create_check(client, repository, head, status="queued", name="another app's", **SAID)

    assert find_check(client, repository, head) == other
    assert find_check(client, repository, head, external_id="one") == first
    assert find_check(client, repository, head, external_id="three") is None


def test_a_check_of_the_same_name_that_a_workflow_made_is_not_ours(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState, head: str
) -> None:
    ours = create_check(client, repository, head, status="queued", **SAID)
    create_check(client, repository, head, status="queued", **SAID)
    octo.checks[-1]["app"] = {"id": 15368, "slug": "github-actions"}

    assert find_check(client, repository, head) == ours


def test_a_check_is_told_as_it_stands(client: GitHubClient, repository: RepositoryId, head: str) -> None:
    create_check(client, repository, head, status="completed", conclusion="success", annotations=remarks(3), **SAID)

    state = fetch_check(client, repository, head)

    assert state is not None
    assert (state.status, state.conclusion, state.title, state.annotations) == ("completed", "success", "Reviewing", 3)


def test_a_check_that_is_not_there_is_told(client: GitHubClient, repository: RepositoryId) -> None:
    with pytest.raises(NotVisible):
        update_check(client, repository, 1, status="queued", **SAID)


def test_an_app_that_may_not_write_checks_is_told_what_it_lacks(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, head: str
) -> None:
    hub.account.installations[repository.installation].permissions["checks"] = "read"

    with pytest.raises(NotPermitted, match=r"give the App the permission it lacks \(checks=write\)"):
        create_check(client, repository, head, status="queued", **SAID)


@pytest.mark.parametrize("fork", ["", "evil/app"], ids=["a branch", "a fork"])
def test_the_pull_requests_of_a_head_are_found(hub: FakeGitHubApp, fork: str, request: pytest.FixtureRequest) -> None:
    files = {"a.py": "1\n"}
    state = hub.repository(
        "octo/app",
        FakePull(number=7, head_files=files, fork=fork),
        FakePull(number=8, head_files=files, fork=fork, state="closed"),
        FakePull(number=9, head_files={"b.py": "2\n"}, fork=fork),
    )
    open_client = request.getfixturevalue("open_client")

    assert pulls_of_commit(open_client(named(state)), named(state), state.pulls[7].head_sha) == (7,)
    assert pulls_of_commit(open_client(named(state)), named(state), state.pulls[8].head_sha) == ()
