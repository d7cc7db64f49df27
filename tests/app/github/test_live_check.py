from __future__ import annotations

from contextlib import closing

import pytest

from app.errors import GitHubFailed, NotPermitted
from app.events import RepositoryId
from app.github.addresses import api_address
from app.github.client import GitHubClient
from app.live_check import LiveCheck
from app.verdicts import Conclusion, Verdict
from tests.app.github.test_checks import remarks
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.github_state import GitHubState
from tests.fakes.server import Reply

END = Verdict(conclusion=Conclusion.NEUTRAL, title="Done", summary="", annotations=tuple(remarks(120)))


def looks(hub: FakeGitHubApp) -> int:
    return sum(request.method == "GET" and "/check-runs/" in request.path for request in hub.requests)


@pytest.fixture
def head(octo: GitHubState) -> str:
    return octo.pulls[7].head_sha


def test_a_check_that_was_begun_here_is_ended_without_another_look(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, octo: GitHubState, head: str
) -> None:
    queued = LiveCheck(client, repository, head)
    queued.queue()
    check = LiveCheck(client, repository, head, number=queued.number)
    check.begin(8)

    check.end(END)

    assert looks(hub) == 0
    assert octo.checks[0]["annotations"] == remarks(120)


def test_remarks_that_another_worker_has_left_are_not_sent_again(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, octo: GitHubState, head: str
) -> None:
    died = LiveCheck(client, repository, head)
    died.begin(8)
    hub.fault("PATCH", "check-runs", Reply(status=502), after=1, applied=True)
    with pytest.raises(GitHubFailed):
        died.end(END)
    check = LiveCheck(client, repository, head, number=died.number)
    check.begin(8)

    check.end(END)

    assert looks(hub) > 0
    assert octo.checks[0]["annotations"] == remarks(120)
    assert octo.checks[0]["conclusion"] == "neutral"


def test_an_end_that_failed_is_tried_again_with_a_look(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, octo: GitHubState, head: str
) -> None:
    check = LiveCheck(client, repository, head)
    check.begin(8)
    hub.fault("PATCH", "check-runs", Reply(status=502), after=1, applied=True)
    with pytest.raises(GitHubFailed):
        check.end(END)

    check.end(END)

    assert octo.checks[0]["annotations"] == remarks(120)


def test_a_token_that_may_not_write_checks_ends_the_work_of_an_app(
    hub: FakeGitHubApp, repository: RepositoryId, octo: GitHubState, head: str
) -> None:
    token = hub.token(octo, {"metadata": "read", "checks": "read"})
    with closing(GitHubClient(token, api_address(hub.api_url))) as client, pytest.raises(NotPermitted):
        LiveCheck(client, repository, head).queue()


def test_where_the_work_goes_on_without_checks_the_permission_is_named_and_nothing_more_is_tried(
    hub: FakeGitHubApp, repository: RepositoryId, octo: GitHubState, head: str
) -> None:
    missing: list[tuple[str, str]] = []
    token = hub.token(octo, {"metadata": "read", "checks": "read"})
    with closing(
        GitHubClient(token, api_address(hub.api_url), lacking=lambda what, why: missing.append((what, why)))
    ) as client:
        check = LiveCheck(client, repository, head)
        check.queue()
        sent = len(hub.requests)
        check.end(END)

    ((what, why),) = missing
    assert (what, "checks=write" in why) == ("checks: write", True)
    assert (len(hub.requests), octo.checks) == (sent, [])
