"""kill -9 of the workers, with everything that they have started, around each call to the outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.app.whole.drilling import REVIEWERS, Drill, Ground
from tests.fakes.github_replies import refused

pytestmark = pytest.mark.timeout(180)


@dataclass(frozen=True, slots=True)
class Call:
    """A call to GitHub: the first such request after ``others`` of its kind."""

    method: str
    path: str
    others: int = 0


CALLS = {
    "token": Call("POST", "/access_tokens$"),
    "check that waits": Call("POST", "/check-runs$"),
    "pull request": Call("GET", r"/pulls/\d+$"),
    "files": Call("GET", r"/pulls/\d+/files$"),
    "contents": Call("POST", "/graphql$"),
    "review": Call("POST", r"/pulls/\d+/reviews$"),
    "summary": Call("POST", r"/issues/\d+/comments$"),
    "check that is completed": Call("PATCH", r"/check-runs/\d+$", others=1),
}


def before(drill: Drill, call: Call) -> None:
    """Killed while GitHub has the request, which it does not do."""
    github = drill.held.github
    github.fault(call.method, call.path, refused(502, "Bad Gateway"), after=call.others)
    _at(github.before, call, drill.kill_worker)


def during(drill: Drill, call: Call) -> None:
    """Killed while GitHub has the request, which it does."""
    _at(drill.held.github.before, call, drill.kill_worker)


def after(drill: Drill, call: Call) -> None:
    """Killed as the answer is out."""
    _at(drill.held.github.after, call, drill.kill_worker)


def _at(register: Callable[..., Any], call: Call, event: Callable[[], object]) -> None:
    """The event after so many others."""
    for _ in range(call.others):
        event = partial(register, call.method, call.path, event)
    register(call.method, call.path, event)


@pytest.mark.parametrize("moment", [before, during, after], ids=lambda moment: moment.__name__)
@pytest.mark.parametrize("call", CALLS)
def test_a_worker_killed_around_a_call_to_github_costs_nothing(
    field: Ground, call: str, moment: Callable[[Drill, Call], None]
) -> None:
    drill = field.drill()
    drill.held.github.expire_tokens()
    moment(drill, CALLS[call])

    drill.open()
    drill.until_killed()
    drill.later()

    drill.the_end()


@pytest.mark.parametrize("question", range(1, REVIEWERS + 1))
def test_a_worker_killed_while_models_answer_asks_again_only_what_was_under_way(field: Ground, question: int) -> None:
    drill = field.drill()
    field.script.on_question(lambda count: drill.kill_worker() if count == question else None)

    drill.open()
    drill.until_killed()
    drill.later()

    drill.the_end(asked_again=REVIEWERS)
