"""A runner of workflows whose steps run in this process, or as a process of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from tests.app.action.runners import Ended, Steps, opened_steps
from tests.fakes import github_payloads
from tests.fakes.models import Answers


@dataclass(kw_only=True)
class Runner(Steps):
    """``runner.run("pull_request", payload)`` is a step of a workflow; its inputs are given by name."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, event: str, payload: object, **inputs: str) -> Ended:
        """One step, from its beginning to its end, in this process."""
        environment = self.environment(event, payload, **inputs)
        with self.monkeypatch.context() as patch:
            for name in os.environ:
                if name.startswith(("GITHUB_", "RUNNER_", "QUARTET_")):
                    patch.delenv(name)
            for name, value in (environment | self.variables).items():
                patch.setenv(name, value)
            patch.chdir(environment["RUNNER_TEMP"])
            self.capsys.readouterr()
            status = main(["action", "run"])
            said = self.capsys.readouterr()
        return self.end_of(status, said.out + said.err, environment)

    def opened(self, **inputs: str) -> Ended:
        """The step of a pull request that was opened."""
        made = github_payloads.pull_request(self.repository, "opened")
        return self.run("pull_request", self.payload(made), **inputs)

    def comments(self, body: str, *, login: str = "mona", **inputs: str) -> Ended:
        """The step of a comment in the conversation."""
        comment = self.repository.add_comment(body, login=login)
        return self.run(
            "issue_comment", self.payload(github_payloads.issue_comment(self.repository, comment)), **inputs
        )

    @property
    def said(self) -> list[str]:
        """Our comments in the conversation."""
        return [item["body"] for item in self.repository.issue_comments if self.repository.own(item)]


Start = Callable[..., Runner]


@pytest.fixture
def start_runner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Start]:
    """``start_runner(config=…, answers=…)`` is a runner for one repository."""
    with ExitStack() as stack:

        def start(*, config: str = "", answers: Answers | None = None, **pull: Any) -> Runner:
            steps = opened_steps(stack, tmp_path, config, answers, **pull)
            known = {field.name: getattr(steps, field.name) for field in fields(steps)}
            return Runner(**known, monkeypatch=monkeypatch, capsys=capsys)

        yield start


@pytest.fixture
def runner(start_runner: Start) -> Runner:
    return start_runner()
