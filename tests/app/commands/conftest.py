"""A repository with the App on it, and everything a job reaches: real but for GitHub and the models' vendors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.comment_answers import answer
from app.events import CommentWritten, RepositoryId
from app.github.addresses import api_address
from app.github.client import GitHubClient
from app.github_access import GitHubAccess
from app.publishing.markers import finding_marker
from app.queue import JobQueue
from app.recording import bookkeeping
from app.services import Services
from app.settings import Settings
from app.store.address import store_url
from app.store.store import Store, open_store
from app.turns import Turns
from reviewers.findings import Finding
from tests.builders import finding, location
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.github_app import FakeGitHubApp, FakePull
from tests.fakes.github_state import GitHubState
from tests.fakes.models import Answer, Answers, Asked, confirms
from tests.fakes.redis_server import own_prefix, redis_server

CODE = "def total(rows):\n    return sum(rows) / len(rows)\n"
FINDING = finding(
    at=location(path="shop.py", start_line=2),
    anchor="    return sum(rows) / len(rows)",
    title="Division by zero",
    message="An empty list has no length.",
)


@dataclass
class Room:
    """``room.says("/cost")`` has a person write a comment and answers it; what comes of it is in ``github``."""

    app: FakeGitHubApp
    github: GitHubState
    services: Services
    client: GitHubClient
    log: list[str] = field(default_factory=list)
    vendor: FakeAnthropic | None = None

    @property
    def repository(self) -> RepositoryId:
        return RepositoryId(installation=self.github.installation, owner="octo", repo="app")

    @property
    def store(self) -> Store:
        return self.services.store

    @property
    def database_url(self) -> str:
        return store_url(self.services.settings)

    @property
    def head(self) -> str:
        return self.github.pulls[7].head_sha

    def event(self, body: str, *, login: str = "mona", bot: bool = False) -> CommentWritten:
        comment = self.github.add_comment(body, login=login)
        return CommentWritten(
            repository=self.repository,
            number=7,
            comment=comment["id"],
            body=body,
            author=login,
            author_is_bot=bot,
        )

    def reply_event(self, first: int, body: str, *, login: str = "mona") -> CommentWritten:
        written = self.github.add_reply(first, body, login=login)
        return CommentWritten(
            repository=self.repository,
            number=7,
            comment=written["id"],
            on_diff=True,
            in_reply_to=first,
            body=body,
            author=login,
        )

    def answer(self, event: CommentWritten) -> str:
        return answer(self.services, self.client, event)

    def says(self, body: str, *, login: str = "mona") -> list[str]:
        """The bot's comments in the conversation that this comment leads to."""
        before = len(self.said)
        self.answer(self.event(body, login=login))
        return self.said[before:]

    def replies(self, first: int, body: str, *, login: str = "mona") -> list[str]:
        """The bot's replies in the thread that this reply leads to."""
        before = len(self.replied)
        self.log.append(self.answer(self.reply_event(first, body, login=login)))
        return self.replied[before:]

    @property
    def said(self) -> list[str]:
        return [item["body"] for item in self.github.issue_comments if self.github.own(item)]

    @property
    def replied(self) -> list[str]:
        return [item["body"] for item in self.github.replies if self.github.own(item)]

    @property
    def reactions(self) -> list[str]:
        return [item["content"] for items in self.github.reactions.values() for item in items]

    def tell(self, *findings: Finding) -> list[int]:
        """Findings are posted, each in a thread of its own; the threads' first comments."""
        review = self.begin()
        comments = [
            {
                "path": "shop.py",
                "line": 2,
                "side": "RIGHT",
                "body": f"**{one.title}**\n\n{finding_marker(one.fingerprint)}",
            }
            for one in findings
        ]
        posted = self.github.add_review(login=self.github.viewer, comments=comments)
        firsts = [posted["id"] * 100 + index for index in range(len(findings))]
        self.store.remember_findings(review, findings)
        told: dict[str, int | None] = {one.fingerprint: first for one, first in zip(findings, firsts, strict=True)}
        self.store.mark_told("octo/app", 7, told)
        return firsts

    def begin(self, head: str = "") -> str:
        return self.store.begin_review(
            repository="octo/app",
            number=7,
            installation=self.github.installation,
            head=head or self.head,
            base="b0",
            reason="push",
        )


Open = Callable[..., Room]


@pytest.fixture
def open_room(tmp_path: Path) -> Iterator[Open]:
    """``open_room(answers, config=…)`` is a room whose models answer so; without answers there is no key for any."""
    with ExitStack() as stack:

        def opened(
            answers: Answers | None = None,
            *,
            config: str = "",
            looks_again: Callable[[Asked], Answer] = confirms,
            **options: Any,
        ) -> Room:
            vendor: FakeAnthropic | None = None
            app = stack.enter_context(FakeGitHubApp(**options))
            files = {"shop.py": "def total(rows):\n    return 0\n", **({".quartet.yml": config} if config else {})}
            pull = FakePull(base_files=files, head_files={**files, "shop.py": CODE})
            roles = {"mona": "write", "reader": "read"}
            github = app.repository("octo/app", pull, collaborators=roles, files=files)
            environment: dict[str, Any] = {}
            if answers is not None:
                vendor = stack.enter_context(FakeAnthropic(answers=answers, looks_again=looks_again))
                environment = {"anthropic_api_key": SecretStr("sk-ant-1234567"), "anthropic_base_url": vendor.base_url}
            settings = Settings(
                github_api_url=app.api_url,
                github_app_id=app.app_id,
                github_app_private_key=SecretStr(app.private_key_pem),
                quartet_state_dir=tmp_path,
                **environment,
            )
            url, prefix = redis_server().url, own_prefix()
            access = stack.enter_context(GitHubAccess(settings, url, say=lambda _: None, prefix=prefix))
            services = Services(
                settings=settings,
                queue=stack.enter_context(closing(JobQueue(url, prefix=prefix))),
                turns=stack.enter_context(closing(Turns(url, prefix=prefix))),
                store=stack.enter_context(open_store(f"sqlite:///{tmp_path / 'quartet.db'}")),
                github=access,
                observers=(),
                record=stack.enter_context(bookkeeping(settings)),
                say=lambda _: None,
            )
            client = GitHubClient(app.token(github), api_address(app.api_url), sleep=lambda _: None)
            stack.callback(client.close)
            return Room(app, github, services, client, vendor=vendor)

        yield opened


@pytest.fixture
def room(open_room: Open) -> Room:
    return open_room()
