"""What drills are made of: a world that lasts for several, time that passes in Redis, and the one end they all have."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import redis

from tests.app.whole.world import AFTER, BEFORE, FAULT, Program, World, finds, world
from tests.fakes.github_app import FakePull
from tests.fakes.models import Answer, Asked

LOST_SECONDS = 120
"""What is lost with a worker is found within that time."""

REVIEWERS = 4

_SECONDS = 50.0
_LOOK_SECONDS = 0.1
_FENCE = re.compile(r"\b(?:canary)?[0-9a-f]{24}\b")
_MOMENTS = ("quartet:turns", "quartet:jobs", "rq:scheduled:*", "rq:wip:*", "rq:executions:*")


class Script:
    """The vendor: security finds the fault, and something may happen before a question is answered."""

    def __init__(self) -> None:
        self.event: Callable[[int], object] = lambda _: None
        self._count = itertools.count(1)
        self._answer = finds(FAULT)

    def __call__(self, asked: Asked) -> Answer:
        self.event(next(self._count))
        return self._answer(asked)

    def on_question(self, event: Callable[[int], object]) -> None:
        """Call with 1, 2 and so on before questions are answered, in the thread of each."""
        self._count = itertools.count(1)
        self.event = event


@dataclass(kw_only=True)
class Ground:
    """A world with web and workers, on which one drill after the other is held, each with a pull request of its own.

    ``within`` is what its worker runs in; see ``World.start``.
    """

    held: World
    script: Script
    web: Program
    worker: Program
    within: tuple[str, ...] = ()
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(7))

    def drill(self) -> Drill:
        """One with a web server and a worker that run, and nothing left of the one before."""
        if self.web.process.poll() is not None:
            self.web = self.held.web()
        self.script.on_question(lambda _: None)
        self.held.github.calm()
        if work_left(self.held):
            # The one before has failed.
            self.worker.kill()
            self.held.redis.command("FLUSHALL")
        if self.worker.process.poll() is not None:
            self.worker = self.held.workers(1, within=self.within)
        with self.held.redis.client() as client:
            client.delete("rq:failed:quartet:interactive", "rq:failed:quartet:background", "quartet:resending")
        # Each has all its writes.
        time_passes(self.held, 2)
        number = next(self.numbers)
        after = AFTER.replace("rows =", f"# pull request {number}\nrows =")
        self.held.app.pulls[number] = FakePull(number=number, base_files={"a.py": BEFORE}, head_files={"a.py": after})
        return Drill(ground=self, number=number)


@dataclass(kw_only=True)
class Drill:
    """One pull request, from its opening to the end."""

    ground: Ground
    number: int
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def held(self) -> World:
        return self.ground.held

    def open(self) -> None:
        """Deliver it; the answer is 202."""
        assert self.held.github.opened(self.held.app, self.number) == 202

    def kill_worker(self) -> None:
        """All processes of it, now."""
        self.ground.worker.kill()
        self.over.set()

    def until_killed(self) -> None:
        assert self.over.wait(_SECONDS), f"the moment never came; {self.held.said()}"

    def later(self) -> None:
        """So much time passes that a worker that died is known to be dead; then there is another one."""
        time_passes(self.held, LOST_SECONDS)
        self.ground.worker = self.held.workers(1, within=self.ground.within)

    def questions(self) -> Counter[str]:
        """How often each question about this pull request was asked."""
        mine = [asked for asked in self.held.vendor.asked if f"# pull request {self.number}\n" in asked.prompt]
        return Counter(_FENCE.sub("", f"{asked.system}\n{asked.prompt}") for asked in mine)

    def checks(self) -> list[dict[str, Any]]:
        """Those on the head."""
        head = self.held.app.pulls[self.number].head_sha
        return [check for check in self.held.app.checks if check["head_sha"] == head]

    def wait(self, true: Callable[[], bool], what: str, *, patiently: bool = False, seconds: float = _SECONDS) -> None:
        """Until something is true that Redis, a file or GitHub shows.

        Unless ``patiently``, what waits for its moment need not.
        """
        deadline = time.monotonic() + seconds
        while not true():
            if not patiently:
                hurry(self.held)
            assert time.monotonic() < deadline, f"it never came that {what}: {work_left(self.held)}; {self.held.said()}"
            threading.Event().wait(_LOOK_SECONDS)

    def the_end(self, *, asked_again: int = 0, conclusion: str = "success") -> None:
        """One review, nothing lost, nothing doubled, nothing left to do.

        Args:
            asked_again: Questions that were under way when something failed, and may have been asked twice.
            conclusion: Of the check.
        """
        app = self.held.app
        self.wait(lambda: self.held.reviewed(self.number) and not work_left(self.held), "everything was done")
        reviews = [review for review in app.reviews if review["pull"] == self.number]
        places = [(comment["path"], comment["line"]) for review in reviews for comment in review["comments"]]
        summaries = [comment["body"] for comment in app.issue_comments if comment["pull"] == self.number]
        checks = self.checks()
        questions = self.questions()
        asked_twice = sum(count - 1 for count in questions.values())

        assert places == [("a.py", 31)], f"one review with one comment, not {reviews}"
        assert FAULT["title"] in reviews[0]["comments"][0]["body"]
        assert len(summaries) == 1
        assert FAULT["title"] in summaries[0]
        assert "All 2 changed lines reviewed" in summaries[0] or "All 3 changed lines reviewed" in summaries[0]
        assert {check["status"] for check in checks} == {"completed"}
        assert checks[-1]["conclusion"] == conclusion
        assert FAULT["title"] in checks[-1]["output"]["summary"]
        assert len(questions) == REVIEWERS
        assert asked_twice <= asked_again
        assert not dead_letters(self.held)


@contextmanager
def ground(**settings: str) -> Iterator[Ground]:
    """Web and workers that run."""
    script = Script()
    with world(script, FakePull(number=1), **settings) as held:
        yield Ground(held=held, script=script, web=held.web(), worker=held.workers(1))


def work_left(held: World) -> dict[str, Any]:
    """Jobs that have not ended, and pull requests of which something is wanted.

    A job that a worker has taken is on no list for a moment; it has a status all the time.
    """
    with held.redis.client() as client:
        jobs = {
            str(job): client.hget(f"rq:job:{job.decode()}", "status") for job in client.zrange("quartet:jobs", 0, -1)
        }
        running = {str(key): client.zrange(key, 0, -1) for key in client.keys("rq:wip:*")}
        wanted = {str(pull): b"wanted" for pull in client.zrange("quartet:turns", 0, -1)}
    return {name: found for name, found in {**jobs, **running, **wanted}.items() if found not in (None, [], b"failed")}


def idle(held: World) -> bool:
    """Whether nothing runs, and nothing is due."""
    now = time.time()
    with held.redis.client() as client:
        busy = [key for pattern in ("rq:queue:*", "rq:wip:*") for key in client.keys(pattern)]
        return not busy and not any(client.zcount(key, "-inf", now) for key in client.keys("rq:scheduled:*"))


def dead_letters(held: World) -> list[Any]:
    """Jobs that failed for good."""
    with held.redis.client() as client:
        return [job for key in client.keys("rq:failed:*") for job in client.zrange(key, 0, -1)]


def hurry(held: World) -> None:
    """What waits to be tried again, or for its moment, need wait no longer; who works goes on working."""
    now = time.time()
    with held.redis.client() as client:
        try:
            for key in client.keys("rq:scheduled:*"):
                for job in client.zrangebyscore(key, now, "+inf"):
                    client.zadd(key, {job: int(now) - 1}, xx=True)
            for key in client.keys("quartet:turn:*"):
                if client.hexists(key, "p:due") and not client.hexists(key, "holder"):
                    client.hset(key, "p:due", f"{now - 1:.6f}")
        except redis.BusyLoadingError:
            return


def time_passes(held: World, seconds: int) -> None:
    """Everything that Redis keeps by the clock is older by so much: leases, signs of life, locks, waits."""
    with held.redis.client() as client:
        for pattern in _MOMENTS:
            for key in client.keys(pattern):
                for member in client.zrange(key, 0, -1):
                    client.zincrby(key, -seconds, member)
        for key in client.keys("quartet:turn:*"):
            for name in ("lease", "p:due"):
                if client.hexists(key, name):
                    client.hincrbyfloat(key, name, -seconds)
        for key in client.keys("*"):
            left = client.pttl(key)
            if left > 0:
                client.pexpire(key, max(1, left - seconds * 1000))
