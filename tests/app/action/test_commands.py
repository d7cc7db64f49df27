from __future__ import annotations

import pytest

from tests.app.action.conftest import Runner
from tests.fakes import github_payloads


def test_somebody_who_may_write_has_a_comment_answered(runner: Runner) -> None:
    ended = runner.comments("/help")

    assert (ended.status, ended.outputs["verdict"]) == (0, "skipped"), ended.log
    (reply,) = runner.said
    assert "/review" in reply


def test_a_command_for_a_review_is_carried_out_in_the_same_run(runner: Runner) -> None:
    ended = runner.comments("/review bugs")

    assert (ended.status, ended.outputs["findings"]) == (0, "1"), ended.log
    assert len(runner.repository.reviews) == 1
    assert {"Bug hunter"} == {
        line.removeprefix("Your speciality now: ").rstrip(".").split(":")[0].split(".")[0]
        for asked in runner.vendor.asked
        for line in asked.prompt.splitlines()
        if line.startswith("Your speciality now: ")
    }


@pytest.mark.parametrize("command", ["/review", "/pause", "/dismiss 1234567890ab", "/ask why?"])
@pytest.mark.parametrize("login", ["reader", "stranger"])
def test_a_stranger_s_command_asks_no_model_and_changes_nothing(runner: Runner, command: str, login: str) -> None:
    ended = runner.comments(command, login=login)

    assert ended.status == 0, ended.log
    assert runner.vendor.asked == []
    assert runner.repository.reviews == []
    assert runner.said == []
    assert [item["content"] for items in runner.repository.reactions.values() for item in items] == ["-1"]


def test_a_word_on_an_issue_that_is_no_pull_request_is_left_alone(runner: Runner) -> None:
    comment = runner.repository.add_comment("/review", login="mona")
    payload = runner.payload(github_payloads.issue_comment(runner.repository, comment))
    del payload["issue"]["pull_request"]

    ended = runner.run("issue_comment", payload)

    assert (ended.status, ended.outputs["verdict"]) == (0, "skipped")
    assert runner.github.requests == []


def test_a_reply_in_a_thread_is_answered_there(runner: Runner) -> None:
    runner.opened()
    (first,) = runner.repository.review_comments()
    written = runner.repository.add_reply(first["id"], "/explain", login="mona")

    ended = runner.run(
        "pull_request_review_comment",
        runner.payload(github_payloads.review_comment(runner.repository, written)),
        no_llm="true",
    )

    assert ended.status == 0, ended.log
    (reply,) = [item["body"] for item in runner.repository.replies if runner.repository.own(item)]
    assert "empty list" in reply.lower()


def test_a_pause_holds_for_the_next_run_and_resume_ends_it(runner: Runner) -> None:
    runner.comments("/pause")

    paused = runner.opened()
    runner.comments("/resume")
    resumed = runner.opened()

    assert (paused.outputs["verdict"], "paused by mona" in paused.summary) == ("skipped", True)
    assert resumed.outputs["findings"] == "1", resumed.log


def test_a_command_where_nothing_is_to_be_posted_is_said_to_be_unanswered(runner: Runner) -> None:
    ended = runner.comments("/help", post="false")

    assert (ended.status, ended.outputs["verdict"], runner.said) == (0, "skipped", [])
    assert "as the input post says" in ended.log


def test_a_command_that_the_token_may_not_answer_ends_with_2_and_what_it_lacks(runner: Runner) -> None:
    runner.permissions = {"contents": "read", "metadata": "read"}

    ended = runner.comments("/help")

    assert (ended.status, ended.outputs["verdict"]) == (2, "failed"), ended.log
    assert "give the token the permission it lacks" in ended.summary


def test_what_was_answered_is_asked_again_where_the_workflow_wants_all_of_it(runner: Runner) -> None:
    runner.opened()
    asked = len(runner.vendor.asked)

    again, full = runner.opened(), runner.opened(full="true")

    assert (again.status, full.status) == (0, 0), full.log
    assert len(runner.vendor.asked) >= 2 * asked
