"""What happens to machines and their processes while a review is made."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Container

import pytest

from tests.app.processes import pause
from tests.app.whole.drilling import LOST_SECONDS, REVIEWERS, Drill, Ground, time_passes
from tests.app.whole.world import in_session

pytestmark = pytest.mark.timeout(240)

_SECONDS = 50.0


def hold_models(
    drill: Drill, questions: Container[int] = range(1, REVIEWERS + 1)
) -> tuple[threading.Event, threading.Event]:
    """Answers to the questions that come as the first, the second … wait: (one has come, they may be answered)."""
    come, go = threading.Event(), threading.Event()

    def event(count: int) -> None:
        if count in questions:
            come.set()
            assert go.wait(_SECONDS), "nobody let it be answered"

    drill.ground.script.on_question(event)
    return come, go


def test_a_web_server_that_is_killed_after_its_202_has_lost_nothing(field: Ground) -> None:
    drill = field.drill()
    field.worker.stop()

    drill.open()
    field.web.kill()
    field.worker = drill.held.workers(1)

    drill.the_end()


def test_a_delivery_to_a_web_server_that_was_away_is_sent_again(field: Ground) -> None:
    drill, github = field.drill(), field.held.github
    field.worker.stop()
    field.web.stop()
    assert github.opened(drill.held.app, drill.number) == 0

    field.web = drill.held.web()
    field.worker = drill.held.workers(1)

    drill.the_end()
    assert [delivery.redelivery for delivery in github.deliveries[-2:]] == [False, True]


def test_a_web_server_that_is_restarted_knows_the_deliveries_of_the_one_before(field: Ground) -> None:
    drill, github = field.drill(), field.held.github
    guid = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
    assert github.opened(drill.held.app, drill.number, guid=guid) == 202
    drill.the_end()
    posted = len(github.writes)

    assert field.web.stop() == 0
    field.web = drill.held.web()
    assert github.opened(drill.held.app, drill.number, guid=guid) in (200, 202)

    drill.the_end()
    assert len(github.writes) == posted


def test_a_redis_that_is_killed_and_started_again_in_a_review_has_lost_nothing(field: Ground) -> None:
    drill = field.drill()
    come, go = hold_models(drill)
    drill.open()
    assert come.wait(_SECONDS)

    drill.held.redis.kill()
    drill.held.redis.start()
    go.set()

    drill.the_end()


def test_a_redis_that_is_away_while_a_review_is_posted_has_lost_nothing(field: Ground) -> None:
    drill, redis = field.drill(), field.held.redis
    drill.held.github.before("POST", r"/pulls/\d+/reviews$", redis.kill)
    drill.held.github.after("POST", r"/pulls/\d+/reviews$", drill.over.set)
    drill.open()
    drill.until_killed()

    redis.start()

    drill.the_end()


def test_deliveries_that_meet_no_redis_are_refused_and_come_again(field: Ground) -> None:
    drill, github = field.drill(), field.held.github
    field.worker.stop()
    drill.held.redis.kill()
    assert github.opened(drill.held.app, drill.number) == 503

    drill.held.redis.start()
    field.worker = drill.held.workers(1)

    drill.the_end()


def test_workers_that_are_told_to_stop_hand_back_what_they_cannot_end_and_nothing_is_asked_twice(field: Ground) -> None:
    drill = field.drill()
    come, go = hold_models(drill, {REVIEWERS})
    stopping = field.worker
    drill.open()
    assert come.wait(_SECONDS)

    field.worker = drill.held.workers(1)
    assert stopping.stop() == 0
    drill.wait(lambda: drill.held.reviewed(drill.number), "the other one goes on at once", seconds=15)
    go.set()
    # RQ's job of the worker that was killed at the end of its grace is taken off its list, and finds nothing to do.
    time_passes(drill.held, LOST_SECONDS)

    drill.the_end(asked_again=1)


def test_workers_that_are_told_to_stop_end_what_ends_within_their_grace(field: Ground) -> None:
    drill = field.drill()
    come, go = hold_models(drill)
    drill.open()
    assert come.wait(_SECONDS)

    field.worker.process.terminate()
    go.set()
    assert field.worker.process.wait(_SECONDS) == 0
    assert drill.held.reviewed(drill.number)
    field.worker = drill.held.workers(1)

    drill.the_end()


def test_a_worker_that_was_paused_beyond_its_lease_posts_nothing_when_it_goes_on(field: Ground) -> None:
    drill = field.drill()
    come, go = hold_models(drill)
    drill.open()
    assert come.wait(_SECONDS)

    stopped = field.worker
    paused = in_session(stopped.process.pid)
    for pid in paused:
        pause(pid)
    go.set()
    time_passes(drill.held, LOST_SECONDS)
    field.worker = drill.held.workers(1)
    drill.the_end(asked_again=REVIEWERS)
    posted = list(drill.held.github.writes)
    for pid in paused:
        os.kill(pid, signal.SIGCONT)
    assert stopped.stop() == 0

    drill.the_end(asked_again=REVIEWERS)
    assert drill.held.github.writes == posted


def test_another_machine_goes_on_within_two_minutes_after_one_has_failed(field: Ground) -> None:
    """In real time: nothing is hurried."""
    drill = field.drill()
    come, go = hold_models(drill)
    drill.open()
    assert come.wait(_SECONDS)
    other = drill.held.workers(1)
    field.worker.kill()
    go.set()
    field.worker = other

    drill.held.github.until(lambda: drill.held.reviewed(drill.number), "the review was made by another", LOST_SECONDS)

    drill.the_end(asked_again=REVIEWERS)
