"""One running App for many tests: each is an account of its own, with an installation and the repository ``…/app``."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from app.events import RepositoryId
from app.job_names import jobs_key
from app.queue import JobQueue
from app.turns import PullState, Turns
from tests.app.whole.world import AFTER, BEFORE, FAULT, World, finds, world
from tests.fakes.github_app import FakePull
from tests.fakes.github_repository import Files
from tests.fakes.github_state import GitHubState
from tests.fakes.models import Answer, Asked

SECONDS = 50.0
_NAMES = itertools.count(1)


@dataclass(kw_only=True)
class Gate:
    """Holds answers of the vendor back until it is opened; ``arrived`` counts who stands before it."""

    tell: Callable[[], None]
    arrived: int = 0
    opened: threading.Event = field(default_factory=threading.Event)

    def before(self, answer: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        def held(asked: Asked) -> Answer:
            self.arrived += 1
            self.tell()
            assert self.opened.wait(SECONDS), "nobody opened the gate"
            return answer(asked)

        return held


@dataclass(kw_only=True)
class House:
    """A world whose vendor answers each tenant by its own script, which is found by the title of its pull requests."""

    held: World
    scripts: dict[str, Callable[[Asked], Answer]]

    @property
    def store_url(self) -> str:
        return f"sqlite:///{self.held.environment['QUARTET_STATE_DIR']}/quartet.db"

    def tenant(
        self,
        *pulls: FakePull,
        answers: Callable[[Asked], Answer] | None = None,
        files: Files | None = None,
        organisation: Files | None = None,
        permissions: Mapping[str, str] | None = None,
        collaborators: Mapping[str, str] | None = None,
    ) -> Tenant:
        """A new account; without ``pulls`` it has pull request 7, in which ``FAULT`` is to be found."""
        name, github = f"tenant{next(_NAMES)}", self.held.github
        pulls = pulls or (pull(),)
        for one in pulls:
            one.title = f"{one.title} [{name}]"
        self.scripts[f"[{name}]"] = finds(FAULT) if answers is None else answers
        github.install(name, permissions=permissions)
        app = github.repository(
            f"{name}/app", *pulls, collaborators=collaborators or {"mona": "write", "hubot": "read"}, files=files
        )
        if organisation is not None:
            github.repository(f"{name}/.github", files=organisation)
        return Tenant(house=self, name=name, app=app)


@dataclass(kw_only=True)
class Tenant:
    """What a test sees of its account."""

    house: House
    name: str
    app: GitHubState

    @property
    def github(self) -> Any:
        return self.house.held.github

    @property
    def asked(self) -> list[Asked]:
        """What the models were asked about this account's pull requests."""
        return [one for one in self.house.held.vendor.asked if f"[{self.name}]" in one.prompt]

    @property
    def repository(self) -> RepositoryId:
        return RepositoryId(installation=self.app.installation, owner=self.name, repo="app")

    def script(self, answers: Callable[[Asked], Answer]) -> None:
        self.house.scripts[f"[{self.name}]"] = answers

    def gate(self, answers: Callable[[Asked], Answer] | None = None) -> Gate:
        """From now on answers are held back."""
        gate = Gate(tell=self.house.held.vendor.tell)
        self.script(gate.before(answers or finds(FAULT)))
        return gate

    def once(self, event: Callable[[], object], answers: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        """Answers, just before the first of which something happens."""
        events = [event]

        def answer(asked: Asked) -> Answer:
            with self.github.lock:
                if events:
                    events.pop()()
            return answers(asked)

        return answer

    def until_asked(self, gate: Gate, questions: int = 1) -> None:
        self.house.held.vendor.until(lambda: gate.arrived >= questions, f"{questions} questions are asked")

    def checks(self, head: str = "", number: int = 7) -> list[dict[str, Any]]:
        """The check runs on a commit, by default the head, in the order in which they were made."""
        wanted = head or self.app.pulls[number].head_sha
        return [check for check in self.app.checks if check["head_sha"] == wanted]

    def check(self, number: int = 7) -> dict[str, Any]:
        """The newest check run on the head."""
        return self.checks(number=number)[-1]

    def until_checked(self, number: int = 7) -> dict[str, Any]:
        """The check of the head, when it has ended."""

        def ended() -> bool:
            return any(check["status"] == "completed" for check in self.checks(number=number)[-1:])

        self.github.until(ended, f"the check of {self.name}/app#{number} has ended")
        return self.check(number)

    def until_checked_again(self, act: Callable[[], object], number: int = 7) -> dict[str, Any]:
        """The newest check of the head, after something was done that leads to another end of one."""

        def ends() -> int:
            return sum(
                update.get("status") == "completed"
                for check in self.checks(number=number)
                for update in check["updates"]
            )

        before = ends()
        act()
        self.github.until(lambda: ends() > before, f"a check of {self.name}/app#{number} has ended again")
        return self.check(number)

    def state(self, number: int = 7) -> PullState:
        with closing(Turns(self.house.held.redis.url)) as turns:
            return turns.state(self.repository, number)

    def until_state(self, true: Callable[[PullState], bool], what: str, number: int = 7) -> None:
        """Wait for something that Redis knows of a pull request."""
        self._until(lambda: true(self.state(number)), what)

    def until_noticed(self, number: int = 7) -> None:
        """Wait until whoever works on a pull request has looked what has become of it.

        Of two looks the answer to the first has been taken note of when the second comes.
        """
        looks = 0
        with self.house.held.redis.client() as client, client.monitor() as commands:
            for command in commands.listen():
                looks += f"{self.name}/app#{number}" in command["command"] and " keep " in command["command"]
                if looks == 2:
                    return

    def until_quiet(self) -> None:
        """Wait until no job waits or runs any more, so that what is there by then is all there will be."""
        server = self.house.held.redis
        with server.client() as client, closing(JobQueue(server.url)) as queue:

            def quiet() -> bool:
                # Between one list of RQ's and the next a job is on none; what it says of itself holds all the time.
                jobs = client.zrange(jobs_key("quartet"), 0, -1)
                told = {client.hget(b"rq:job:" + job, "status") for job in jobs}
                # A job that has ended since may have made another.
                return told <= {None, b"finished"} and jobs == client.zrange(jobs_key("quartet"), 0, -1)

            self._until(quiet, "all jobs have ended")
            assert queue.dead_letters() == ()

    def _until(self, true: Callable[[], bool], what: str) -> None:
        server = self.house.held.redis
        server.command("CONFIG", "SET", "notify-keyspace-events", "KEA")
        with server.client() as client, client.pubsub() as news:
            news.psubscribe("__keyspace@0__:*")
            ends = time.monotonic() + SECONDS
            while not true():
                assert time.monotonic() < ends, f"it never came that {what}: {self.house.held.said()}"
                news.get_message(timeout=1.0)

    def open(self, number: int = 7) -> None:
        assert self.github.opened(self.app, number) == 202

    def send(self, event: str, payload: Mapping[str, Any]) -> None:
        assert self.github.deliver(event, payload) == 202

    def push(self, files: Files, number: int = 7) -> None:
        assert self.github.push(self.app, number, files) == 202


def pull(number: int = 7, base: Files | None = None, head: Files | None = None, **rest: Any) -> FakePull:
    """A pull request, by default one in which ``FAULT`` is to be found."""
    return FakePull(number=number, base_files=base or {"a.py": BEFORE}, head_files=head or {"a.py": AFTER}, **rest)


@contextmanager
def house(**settings: str) -> Iterator[House]:
    """Web and two workers, and nobody lives there yet."""
    scripts: dict[str, Callable[[Asked], Answer]] = {}

    def answers(asked: Asked) -> Answer:
        return next(script for mark, script in scripts.items() if mark in asked.prompt)(asked)

    with world(answers, **settings) as held:
        workers = held.start("worker", "--processes", "2")
        held.web()
        workers.wait_for("ready")
        yield House(held=held, scripts=scripts)
