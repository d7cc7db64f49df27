from __future__ import annotations

import pytest

from tests.app.action.conftest import Runner
from tests.fakes.server import Reply, json_reply


@pytest.fixture(autouse=True)
def _without_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.github.sending._BACKOFF_SECONDS", (0.0,))
    monkeypatch.setattr("app.action.turn_taking._PAUSES", (0.0, 0.0))


NOT_GITHUB = [
    pytest.param(json_reply({"message": "Resource not accessible"}, status=403), id="refused"),
    pytest.param(json_reply({"message": "Not Found"}, status=404), id="not visible"),
    pytest.param(json_reply(None), id="null"),
    pytest.param(json_reply([None, 3]), id="a list"),
    pytest.param(json_reply({"head": None}), id="without a head"),
    pytest.param(Reply(status=200, body=b"<html>::error::gotcha"), id="a page"),
]


@pytest.mark.parametrize("reply", NOT_GITHUB)
def test_a_pull_request_that_cannot_be_read_leaves_no_check_open(runner: Runner, reply: Reply) -> None:
    runner.github.fault("GET", r"/pulls/7$", reply, times=1000)

    ended = runner.opened()

    assert (ended.status, ended.outputs["verdict"]) == (2, "failed"), ended.log
    assert [check["conclusion"] for check in runner.repository.checks] == ["neutral"]
    assert "internal error" not in ended.log
    assert "gotcha" not in ended.log


@pytest.mark.parametrize("reply", NOT_GITHUB)
def test_a_command_that_github_keeps_from_being_carried_out_is_told_with_the_reason(
    runner: Runner, reply: Reply
) -> None:
    runner.github.fault("GET", r"/pulls/7$", reply, times=1000)

    ended = runner.comments("/review")

    assert "/review was not carried out: " in ended.log
    assert any(cure in ended.summary for cure in ("check GITHUB_API_URL", "check the input github-token", "permission"))
    assert "check GITHUB" in runner.said[0] or "permission" in runner.said[0]
