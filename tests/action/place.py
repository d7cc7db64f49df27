"""A repository with the Action in its workflow, beside a GitHub and a model of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.action.linked import linking_python
from tests.action.runner import Job, Runner
from tests.fakes import github_payloads
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.github_app import FakeGitHubApp, FakePull
from tests.fakes.github_state import GitHubState
from tests.fakes.models import Answer, Asked, says

KEY = "sk-ant-0123456789abcdef"
BEFORE, AFTER = "def total(rows):\n    return 0\n", "def total(rows):\n    return sum(rows) / len(rows)\n"
REMARK = {
    "path": "shop.py",
    "quote": "return sum(rows) / len(rows)",
    "line": 2,
    "removed": False,
    "rule": "logic-error",
    "severity": "high",
    "confidence": 0.95,
    "title": "An empty list divides by zero",
    "message": "The length of an empty list is zero.",
    "suggestion": None,
    "evidence": [],
}
RIGHTS = {"contents": "read", "pull_requests": "write", "checks": "write", "metadata": "read"}


def answer(asked: Asked) -> Answer:
    ours = "Your speciality now: Bug hunter" in asked.prompt
    return says({"findings": [REMARK] if ours else [], "dropped_evidence": []})


@dataclass
class Place:
    """A repository with the Action in its workflow."""

    runner: Runner
    github: FakeGitHubApp
    repository: GitHubState
    vendor: FakeAnthropic
    python: Path

    def run(self, event_name: str, event: dict[str, Any], **inputs: str) -> Job:
        event = {name: value for name, value in event.items() if name != "installation"}
        said = {
            "anthropic-api-key": KEY,
            "anthropic-base-url": self.vendor.base_url,
            "python": str(self.python),
            **{name.replace("_", "-"): value for name, value in inputs.items()},
        }
        return self.runner.action(said, event_name, event, token=self.github.token(self.repository, RIGHTS))

    def opened(self, **inputs: str) -> Job:
        return self.run("pull_request", github_payloads.pull_request(self.repository, "opened"), **inputs)

    def comments(self, body: str) -> Job:
        comment = self.repository.add_comment(body, login="mona")
        return self.run("issue_comment", github_payloads.issue_comment(self.repository, comment))


@contextmanager
def placed(runner: Runner, folder: Path) -> Iterator[Place]:
    """Such a repository, with a change that divides by zero."""
    with FakeGitHubApp() as github, FakeAnthropic(answer) as vendor:
        change = FakePull(base_files={"shop.py": BEFORE}, head_files={"shop.py": AFTER})
        state = github.repository("octo/app", change, collaborators={"mona": "write"}, files={"shop.py": BEFORE})
        runner.variables |= {
            "GITHUB_API_URL": github.api_url,
            "GITHUB_GRAPHQL_URL": f"{github.api_url}/graphql",
            "GITHUB_REPOSITORY": "octo/app",
            "NO_PROXY": "127.0.0.1,localhost",
            "QUARTET_SECONDS_BETWEEN_WRITES": "0.01",
        }
        yield Place(runner, github, state, vendor, linking_python(folder / "python"))
