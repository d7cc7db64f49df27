from __future__ import annotations

import pytest

from app.errors import GitHubFailed
from app.events import RepositoryId
from app.github.organisation import fetch_org_config
from tests.app.github.conftest import OpenClient
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.server import Reply, json_reply

CONFIG = "language: Deutsch 🦊\n"


def test_the_configuration_of_an_organisation_is_read(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId
) -> None:
    hub.repository("octo/.github", files={".quartet.yml": CONFIG})

    assert fetch_org_config(open_client, repository) == CONFIG


def test_that_of_another_organisation_is_not(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId
) -> None:
    hub.repository("acme/.github", files={".quartet.yml": CONFIG})

    assert fetch_org_config(open_client, repository) is None


@pytest.mark.parametrize("given", [True, False], ids=["without the file", "on which the App is not installed"])
def test_a_repository_that_does_not_tell_sets_nothing(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId, given: bool
) -> None:
    hub.repository("octo/.github", files={"README.md": "x"} if given else {".quartet.yml": CONFIG}, given=given)

    assert fetch_org_config(open_client, repository) is None


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param([{"type": "file"}], id="a folder"),
        pytest.param({"type": "symlink", "target": "/etc/passwd"}, id="a link"),
        pytest.param({"type": "file", "size": 9_000_000, "content": "eA==", "encoding": "base64"}, id="too large"),
        pytest.param({"type": "file", "size": 2, "content": "AAA=", "encoding": "base64"}, id="no text"),
    ],
)
def test_what_is_no_file_of_text_sets_nothing(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId, answer: object
) -> None:
    hub.repository("octo/.github", files={".quartet.yml": CONFIG})
    hub.fault("GET", "contents", json_reply(answer))

    assert fetch_org_config(open_client, repository) is None


def test_a_github_that_fails_to_say_is_an_error(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId
) -> None:
    hub.repository("octo/.github", files={".quartet.yml": CONFIG})
    hub.fault("GET", "contents", Reply(status=502), times=9)

    with pytest.raises(GitHubFailed):
        fetch_org_config(open_client, repository)
