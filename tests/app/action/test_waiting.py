from __future__ import annotations

import signal

from app.action.interruption import interruptible
from tests.app.action.conftest import Runner, Start
from tests.app.action.runners import finding, found
from tests.fakes.models import Answer, Asked, RateLimited
from tests.fakes.server import json_reply


def test_limits_that_leave_no_room_before_the_deadline_end_the_review_with_what_is_there(start_runner: Start) -> None:
    def answers(asked: Asked) -> Answer:
        limited = "Your speciality now: Security" in asked.prompt
        return RateLimited(retry_after=7_200) if limited else found(finding())(asked)

    runner = start_runner(answers=answers)
    runner.variables = {"QUARTET_REVIEW_DEADLINE_SECONDS": "60", "QUARTET_MAX_RETRIES": "0"}

    ended = runner.opened()

    assert (ended.status, ended.outputs["verdict"], ended.outputs["gaps"]) == (0, "neutral", "1"), ended.log
    assert ended.outputs["findings"] == "1"
    assert len(runner.repository.reviews) == 1
    assert "incomplete" in ended.summary


def test_github_s_limit_that_outlasts_the_deadline_ends_with_3(runner: Runner) -> None:
    limited = json_reply({"message": "API rate limit exceeded"}, status=403, headers={"retry-after": "3600"})
    runner.github.fault("GET", r"/pulls/7/files", limited, times=10)
    runner.variables = {"QUARTET_REVIEW_DEADLINE_SECONDS": "60"}

    ended = runner.opened()

    assert (ended.status, ended.outputs["verdict"]) == (3, "failed"), ended.log
    assert "rate limit" in ended.summary


def test_a_rest_ends_when_the_step_is_to_end() -> None:
    with interruptible() as interruption:
        interruption.tell()

        assert interruption.wait(3_600.0)
        assert interruption.happened()


def test_whoever_hears_signals_before_hears_them_again_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible():
        during = signal.getsignal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is before
    assert during is not before
