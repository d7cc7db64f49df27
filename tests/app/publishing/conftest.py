"""A pull request, and runs of the bot on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.snapshot import Fetched, fetch_snapshot
from app.publishing.publish import Published, publish
from reviewers.findings import Finding
from reviewers.review import Review
from tests.app.conftest import StartGitHub
from tests.builders import finding, location, review
from tests.fakes.github import FakeGitHub, FakePull

Connect = Callable[..., GitHubClient]
ID = PullRequestId(owner="octo", repo="app", number=7)
LONG = "".join(f"line {number}\n" for number in range(1, 61))
PULL = FakePull(base_files={"a.py": LONG}, head_files={"a.py": LONG.replace("line 3", "LINE 3")})
PROTOCOLS = pytest.mark.parametrize("graphql", [pytest.param(True, id="by GraphQL"), pytest.param(False, id="by REST")])


def at(line: int) -> Finding:
    return finding(at=location(path="a.py", start_line=line), anchor=f"line {line}", title=f"Fault in line {line}")


ELSEWHERE = replace(at(1), location=None, title="Fault elsewhere")


class Run:
    """One ``quartet review --pr --post`` after the other, with the findings given."""

    def __init__(self, client: GitHubClient) -> None:
        self.client = client

    def fetch(self) -> Fetched:
        return fetch_snapshot(self.client, ID)

    def post(
        self,
        *findings: Finding,
        fetched: Fetched | None = None,
        dismissed: Iterable[Finding] = (),
        fixed: Iterable[Finding] = (),
        unchanged: int = 0,
        asked_again: Iterable[str] = (),
        with_comments: bool = False,
    ) -> Published:
        fetched = fetched or self.fetch()
        made = replace(self.review(fetched, findings), fixed=tuple(fixed), unchanged=unchanged)
        return publish(
            self.client,
            fetched.pull,
            made,
            fetched.snapshot.diff,
            dismissed=frozenset(finding.fingerprint for finding in dismissed),
            asked_again=tuple(asked_again),
            with_comments=with_comments,
        )

    def review(self, fetched: Fetched, findings: tuple[Finding, ...]) -> Review:
        return review(*findings, of=fetched.snapshot.target)


@pytest.fixture
def start(start_github: StartGitHub, connect: Connect) -> Callable[..., tuple[FakeGitHub, Run]]:
    def start(pull: FakePull = PULL, **options: Any) -> tuple[FakeGitHub, Run]:
        github = start_github(replace(pull), **options)
        return github, Run(connect(github))

    return start


Start = Callable[..., tuple[FakeGitHub, Run]]
