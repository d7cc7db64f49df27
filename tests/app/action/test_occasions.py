from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.action.occasions import MOST_BYTES, Asked, Collecting, Pushed, read_numbers, read_occasion
from app.errors import Misconfigured
from app.events import CommentWritten, PullRequestChanged, RepositoryId
from app.github.deliveries import Ignored
from app.github.webhook import WORKFLOW, NotADelivery, parse_in_workflow
from tests.fetch_openapi import WEBHOOKS

_OF_APPS = {"installation", "installation_repositories", "ping"}
"""What only an App gets."""
HERE = RepositoryId(installation=WORKFLOW, owner="octo", repo="app")
THERE: dict[str, Any] = {
    "repository": {"id": 5, "name": "app", "owner": {"login": "octo"}},
    "sender": {"login": "mona"},
}


def file_of(folder: Path, payload: object) -> Path:
    path = folder / "event.json"
    path.write_text(json.dumps(payload), encoding="utf-8")
    return path


def examples() -> list[tuple[str, dict[str, Any]]]:
    described = json.loads(WEBHOOKS.read_text(encoding="utf-8"))
    return [(event["name"], example) for event in described for example in event["examples"]]


@pytest.mark.skipif(not WEBHOOKS.exists(), reason="GitHub's examples are not there (tests/fetch_openapi.py needs npm)")
def test_every_example_that_github_publishes_is_understood_without_an_installation(tmp_path: Path) -> None:
    kinds: set[type] = set()
    for name, example in examples():
        payload = {key: value for key, value in example.items() if key != "installation"}
        if name in _OF_APPS:
            continue
        found = read_occasion(name, file_of(tmp_path, payload))
        where = getattr(found, "repository", None)
        assert where is None or where.installation == WORKFLOW
        kinds.add(type(found))

    assert {PullRequestChanged, CommentWritten, Pushed, Asked, Ignored} <= kinds


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_a_payload_is_it_is_read_or_refused_and_never_raises(payload: object) -> None:
    for name in ("pull_request", "issue_comment", "merge_group", "check_run"):
        assert isinstance(parse_in_workflow(name, payload), Ignored | NotADelivery)


def test_an_installation_that_a_payload_names_is_none_of_a_workflow_s(tmp_path: Path) -> None:
    payload = {"action": "created", "installation": {"id": 11, "account": {"login": "octo"}}, "repositories": []}

    found = read_occasion("installation", file_of(tmp_path, payload))

    assert isinstance(found, Ignored)


@pytest.mark.parametrize(
    ("inputs", "number", "means"),
    [
        pytest.param({"pull-request": "7"}, None, 7, id="as the workflow names it"),
        pytest.param({"pull_request": "#7"}, None, 7, id="with another spelling"),
        pytest.param({"pull-request": ""}, None, None, id="left empty"),
        pytest.param(None, None, None, id="no inputs"),
        pytest.param({"pull-request": "7"}, 8, 8, id="the step's own input counts"),
    ],
)
def test_who_starts_a_workflow_may_name_a_pull_request(
    tmp_path: Path, inputs: dict[str, str] | None, number: int | None, means: int | None
) -> None:
    payload = {"ref": "refs/heads/topic/a", "inputs": inputs, **THERE}

    found = read_occasion("workflow_dispatch", file_of(tmp_path, payload), number=number)

    assert found == Asked(repository=HERE, number=means, branch="topic/a")


@pytest.mark.parametrize("text", ["seven", "-1", "0", "7; rm -rf /", "9" * 30, "７"])
def test_a_number_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Misconfigured, match="pull-request is no number"):
        read_occasion("workflow_dispatch", file_of(tmp_path, {"inputs": {"pull-request": text}, **THERE}))


def test_a_new_branch_has_no_commit_before(tmp_path: Path) -> None:
    payload = {"ref": "refs/heads/topic", "before": "0" * 40, "after": "a" * 40, "deleted": False, **THERE}

    found = read_occasion("push", file_of(tmp_path, payload))

    assert found == Pushed(repository=HERE, before="", after="a" * 40, branch="topic", sender="mona")


def test_a_workflow_that_ran_for_a_pull_request_names_its_commit(tmp_path: Path) -> None:
    run = {"event": "pull_request", "conclusion": "success", "head_sha": "a" * 40, "head_repository": {"id": 9}}

    found = read_occasion("workflow_run", file_of(tmp_path, {"action": "completed", "workflow_run": run, **THERE}))

    assert found == Collecting(repository=HERE, repository_id=5, head="a" * 40, head_repository_id=9)


@pytest.mark.parametrize("event", ["", "push"])
def test_without_an_event_it_says_what_is_missing(event: str) -> None:
    with pytest.raises(Misconfigured, match="GITHUB_EVENT_PATH"):
        read_occasion(event, None)


def test_a_payload_larger_than_github_sends_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)

    with pytest.raises(Misconfigured, match="cannot be read"):
        read_occasion("pull_request", path)


def test_only_a_pull_request_is_collected(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="only the event pull_request"):
        read_numbers("push", file_of(tmp_path, {}))


def test_what_is_collected_is_two_numbers_of_the_event(tmp_path: Path) -> None:
    assert read_numbers("pull_request", file_of(tmp_path, {"pull_request": {"number": 7}, **THERE})) == (7, 5)
