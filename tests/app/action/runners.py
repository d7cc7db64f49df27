"""A runner of workflows: an event file, the runner's files and variables, and ``quartet action run`` as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.app.action.runner_files import outputs_in
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.github_app import FakeGitHubApp, FakePull
from tests.fakes.github_state import GitHubState
from tests.fakes.models import Answer, Answers, Asked, says

QUARTET = (sys.executable, "-P", "-c", "from app.cli.main import entry_point; entry_point()")
TOP = Path(__file__).parents[3]
SECONDS = 60.0
WORKFLOW = {"contents": "read", "pull_requests": "write", "checks": "write", "metadata": "read"}
"""What the docs ask for."""

BASE = "def total(rows):\n    return 0\n"
CODE = "def total(rows):\n    return sum(rows) / len(rows)\n"
QUOTE = "    return sum(rows) / len(rows)"
KEY = "sk-ant-0123456789abcdef"


def finding(**changes: Any) -> dict[str, Any]:
    """As a model words it."""
    return {
        "path": "shop.py",
        "quote": QUOTE.strip(),
        "line": 2,
        "removed": False,
        "rule": "logic-error",
        "severity": "high",
        "confidence": 0.95,
        "title": "An empty list divides by zero",
        "message": "The length of an empty list is zero.",
        "suggestion": None,
        "evidence": [],
    } | changes


def found(*remarks: dict[str, Any]) -> Callable[[Asked], Answer]:
    """The bug hunter finds these, and the others nothing."""
    return lambda asked: says(
        {
            "findings": list(remarks) if "Your speciality now: Bug hunter" in asked.prompt else [],
            "dropped_evidence": [],
        }
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """How a step ended."""

    status: int
    log: str
    outputs: Mapping[str, str]
    summary: str
    out: Path


@dataclass
class Steps:
    """Steps of workflows in one repository, each a process; inputs are given by name."""

    github: FakeGitHubApp
    repository: GitHubState
    vendor: FakeAnthropic
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    permissions: Mapping[str, str] = field(default_factory=lambda: dict(WORKFLOW))
    runs: int = 0

    def environment(self, event: str, payload: object, **inputs: str) -> dict[str, str]:
        """Of one step; the state directory is the same for all of them, as a cache makes it."""
        self.runs += 1
        folder = self.folder / f"run-{self.runs}"
        folder.mkdir()
        path = folder / "event.json"
        text = payload if isinstance(payload, str) else json.dumps(payload)
        path.write_text(text, encoding="utf-8")
        for name in ("output", "summary"):
            (folder / name).touch()
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "COVERAGE_PROCESS_START"}}
        said = {
            "github_token": self.github.token(self.repository, self.permissions),
            "anthropic_api_key": KEY,
            "anthropic_base_url": self.vendor.base_url,
            **inputs,
        }
        return {
            **kept,
            "PYTHONPATH": str(TOP),
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_GRAPHQL_URL": f"{self.github.api_url}/graphql",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_REPOSITORY": "octo/app",
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "RUNNER_TEMP": str(folder),
            "QUARTET_STATE_DIR": str(self.folder / "state"),
            **{f"QUARTET_INPUT_{name.upper()}": value for name, value in said.items()},
        }

    def start(self, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        """The step, running."""
        return subprocess.Popen(
            (*QUARTET, "action", "run"),
            env=environment,
            cwd=environment["RUNNER_TEMP"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ended(self, process: subprocess.Popen[str], environment: Mapping[str, str], *signals: signal.Signals) -> Ended:
        """The end of a step that was started."""
        with process:
            for what in signals:
                process.send_signal(what)
            log, _ = process.communicate(timeout=SECONDS)
        return self.end_of(process.returncode, log, environment)

    @staticmethod
    def end_of(status: int, log: str, environment: Mapping[str, str]) -> Ended:
        """How a step ended, with the files that it wrote."""
        folder = Path(environment["RUNNER_TEMP"])
        return Ended(
            status,
            log,
            outputs_in(folder / "output"),
            (folder / "summary").read_text(encoding="utf-8"),
            folder / "quartet",
        )

    def payload(self, made: Mapping[str, Any]) -> dict[str, Any]:
        """An event as a workflow gets it: without the installation of an App."""
        return {name: value for name, value in made.items() if name != "installation"}


def opened_steps(stack: ExitStack, folder: Path, config: str, answers: Answers | None, **pull: Any) -> Steps:
    """A repository with one pull request, and models that answer so; by default they find that it divides by zero."""
    github = stack.enter_context(FakeGitHubApp())
    files = {"shop.py": BASE, **({".quartet.yml": config} if config else {})}
    change = FakePull(base_files=files, head_files={**files, "shop.py": CODE}, **pull)
    people = {"mona": "write", "reader": "read"}
    state = github.repository("octo/app", change, collaborators=people, files=files)
    vendor = stack.enter_context(FakeAnthropic(answers if answers is not None else found(finding())))
    return Steps(github, state, vendor, folder)
