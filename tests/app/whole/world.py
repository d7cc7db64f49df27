"""The whole App as its users meet it: GitHub and vendors on loopback, web and workers in processes, a real Redis."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.github_app import FakeGitHubApp, FakePull
from tests.fakes.github_state import GitHubState
from tests.fakes.models import Answer, Answers, Asked, says
from tests.fakes.openai import FakeOpenAI
from tests.fakes.redis_server import RedisServer, own_redis

_PROGRAM = (sys.executable, "-P", "-c", "from app.cli.main import entry_point; entry_point()")
_SECONDS = 50.0
BEFORE = "".join(f"line {number}\n" for number in range(1, 61))
AFTER = BEFORE.replace("line 30\n", "rows = db.execute('select ' + name)\n")
FAULT: dict[str, Any] = {
    "rule": "injection",
    "severity": "high",
    "confidence": 0.9,
    "path": "a.py",
    "quote": "rows = db.execute('select ' + name)",
    "title": "A name reaches the query",
    "message": "A name with a quote in it changes the query. Bind it.",
}


def finds(*faults: Mapping[str, Any]) -> Callable[[Asked], Answer]:
    """Security finds these where it is asked about their quotes, and nobody else finds anything."""

    def answer(asked: Asked) -> Answer:
        told = [
            dict(fault) for fault in faults if "security" in asked.prompt.lower() and fault["quote"] in asked.prompt
        ]
        return says({"findings": told})

    return answer


def in_session(leader: int) -> list[int]:
    """The processes that a program has started, itself among them, whatever groups they are in by now."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, _, _, session = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[:4]
            if int(session) == leader and state not in "ZX":
                found.append(int(stat.parent.name))
    return found


@dataclass(kw_only=True)
class Program:
    """A process group of the App, and what it said."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)
    reader: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                with self.news:
                    self.said.append(line)
                    self.news.notify_all()

    def wait_for(self, words: str, *, after: int = 0) -> str:
        """A line with these words, said after so many other lines."""
        with self.news:
            found = self.news.wait_for(lambda: any(words in line for line in self.said[after:]), _SECONDS)
        assert found, f"it never said {words!r}, but: {''.join(self.said)}"
        return next(line for line in self.said[after:] if words in line)

    def kill(self) -> None:
        """It and all that it has started, as when the machine fails: nobody gets the time to say goodbye."""
        while processes := in_session(self.process.pid):
            for pid in processes:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os.sched_yield()
        self.process.wait(_SECONDS)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(_SECONDS)


@dataclass(kw_only=True)
class World:
    """Everything; ``app`` is the repository ``octo/app`` with pull request 7."""

    github: FakeGitHubApp
    vendor: FakeOpenAI
    redis: RedisServer
    environment: dict[str, str]
    app: GitHubState
    programs: list[Program] = field(default_factory=list)

    def start(self, *command: str, within: tuple[str, ...] = (), **environment: str) -> Program:
        """``quartet COMMAND``; ``within`` is another program and its arguments, which becomes this one in the end."""
        process = subprocess.Popen(
            (*within, *_PROGRAM, *command),
            env={**self.environment, **environment},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        program = Program(process=process)
        self.programs.append(program)
        return program

    def web(self) -> Program:
        program = self.start("web", "--port", "0", "--workers", "1")
        found = re.search(r"http://127\.0\.0\.1:\d+", program.wait_for("http://127.0.0.1:"))
        assert found
        self.github.webhook_url = f"{found[0]}/webhooks/github"
        return program

    def up(self) -> Program:
        """Everything by one command, Redis included."""
        program = self.start("up", "--port", "0")
        found = re.search(r"http://127\.0\.0\.1:\d+", program.wait_for("/webhooks/github"))
        assert found
        self.github.webhook_url = f"{found[0]}/webhooks/github"
        return program

    def workers(self, processes: int = 2, *, within: tuple[str, ...] = (), **environment: str) -> Program:
        program = self.start("worker", "--processes", str(processes), within=within, **environment)
        program.wait_for("ready")
        return program

    @property
    def check(self) -> dict[str, Any]:
        """The newest check run on the head of pull request 7."""
        head = self.app.pulls[7].head_sha
        return [check for check in self.app.checks if check["head_sha"] == head][-1]

    def reviewed(self, number: int = 7) -> bool:
        """Whether the head of a pull request has a check that has ended."""
        head = self.app.pulls[number].head_sha
        return any(check["head_sha"] == head and check["status"] == "completed" for check in self.app.checks)

    def until_reviewed(self, number: int = 7, *, seconds: float = _SECONDS) -> None:
        self.github.until(lambda: self.reviewed(number), f"the check of #{number} has ended", seconds)

    def said(self) -> str:
        return "".join(line for program in self.programs for line in program.said)


@contextmanager
def world(answers: Answers | None = None, *pulls: FakePull, **settings: str) -> Iterator[World]:
    """GitHub, a vendor and Redis, with nothing of the App running yet."""
    with ExitStack() as stack:
        github = stack.enter_context(FakeGitHubApp())
        vendor = stack.enter_context(FakeOpenAI(finds(FAULT) if answers is None else answers))
        redis = stack.enter_context(own_redis("--appendonly", "yes", "--appendfsync", "always"))
        state = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quartet-world-")))
        pulls = pulls or (FakePull(base_files={"a.py": BEFORE}, head_files={"a.py": AFTER}),)
        app = github.repository("octo/app", *pulls, collaborators={"mona": "write", "hubot": "read"})
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        kept |= {name: value for name, value in os.environ.items() if name.startswith(("COVERAGE", "COV_"))}
        held = World(
            github=github,
            vendor=vendor,
            redis=redis,
            app=app,
            environment={
                **kept,
                "PYTHONPATH": str(Path(__file__).parents[3]),
                "GITHUB_APP_ID": str(github.app_id),
                "GITHUB_APP_PRIVATE_KEY": github.private_key_pem,
                "GITHUB_WEBHOOK_SECRET": github.webhook_secret,
                "GITHUB_API_URL": github.api_url,
                "OPENAI_API_KEY": "any-key",
                "OPENAI_BASE_URL": vendor.base_url,
                "QUARTET_MODELS": "openai/gpt-6.1-sol",
                "QUARTET_LIMITS": "openai: rpm=none tpm=none otpm=none",
                "QUARTET_DEBOUNCE_SECONDS": "0",
                "QUARTET_GRACE_SECONDS": "10",
                "REDIS_URL": redis.url,
                "QUARTET_STATE_DIR": str(state),
                **settings,
            },
        )
        try:
            yield held
        finally:
            for program in held.programs:
                if program.process.poll() is None:
                    program.kill()
                program.reader.join(_SECONDS)
