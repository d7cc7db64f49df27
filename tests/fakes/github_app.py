"""GitHub as an App sees it: several installations and repositories, tokens, permissions, checks, threads, webhooks.

    with FakeGitHubApp(webhook_url=f"{web}/webhooks/github") as github:
        octo = github.install("octo")                                   # an Installation: id, permissions, suspended
        app = github.repository("octo/app", FakePull(...), collaborators={"mona": "write"})   # a GitHubState
        github.opened(app, 7)                                           # delivers; the status of the answer
        github.push(app, 7, {"a.py": "..."})                            # new head, synchronize
        github.comment(app, 7, "/review security", login="mona")        # issue_comment created
        github.reply(app, comment_id, "not a bug", login="mona")        # pull_request_review_comment created
        github.resolve(app, comment_id, login="mona")                   # pull_request_review_thread resolved
        github.rerun(app, app.checks[-1])                               # check_run rerequested, or with button="…"
        github.deliver("installation", github_payloads.installation(octo.id, "octo", "deleted"))

What the App needs: ``github.app_id``, ``private_key_pem``, ``webhook_secret``, ``api_url``.
What a test reads: ``app.reviews`` (each with ``comments``), ``app.issue_comments``, ``app.review_comments()``
(with ids), ``app.replies``, ``app.checks`` (each with ``updates``, ``annotations``, ``actions``), ``app.threads``,
``app.minimized``,
``app.reactions[("issue" | "review", comment)]``, ``github.deliveries``, ``requests``, ``writes``, ``spent``,
``tokens_given``. What it changes: ``github.fault(method, path, reply, times=…)``, ``before(…)``, ``expire_tokens()``,
``token_seconds``, ``uninstall(octo)``, ``writes_per_minute``, ``clock`` (what GitHub's own clock says), ``manifests``,
``octo.suspended``, ``octo.permissions``. A repository ``octo/.github`` with ``files`` is the organisation's.

Rules kept: JWTs are verified (RS256, iss, iat, exp) and refused in GitHub's words; a token expires, sees its own
repositories alone (others are 404) and does what its permissions allow (403 "Resource not accessible by integration");
resolving needs contents: write; failed deliveries are listed and sent again with the same GUID; ETags answer 304.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes import github_hooks, github_payloads
from tests.fakes.github_app_server import AppServer
from tests.fakes.github_apps import Installation, pem, private_key
from tests.fakes.github_repository import FakePull, Files
from tests.fakes.github_state import GitHubState

__all__ = ["FakeGitHubApp", "FakePull", "Installation"]

WEBHOOK_SECRET = "It's a Secret to Everybody"


class FakeGitHubApp(AppServer):
    """See the module."""

    def __init__(
        self,
        *,
        app_id: int = 4711,
        slug: str = "quartet",
        webhook_url: str = "",
        webhook_secret: str = WEBHOOK_SECRET,
        clock: Callable[[], float] = time.time,
        graphql: bool = True,
    ) -> None:
        super().__init__(app_id, slug, clock)
        self.graphql, self.webhook_url, self.webhook_secret = graphql, webhook_url, webhook_secret

    @property
    def private_key_pem(self) -> str:
        return pem(private_key())

    @property
    def tokens_given(self) -> int:
        return sum(1 for request in self.requests if request.path.endswith("/access_tokens"))

    @property
    def token_seconds(self) -> float:
        return self.account.token_seconds

    @token_seconds.setter
    def token_seconds(self, seconds: float) -> None:
        self.account.token_seconds = seconds

    def install(self, account: str, *, permissions: Mapping[str, str] | None = None) -> Installation:
        """Install the App on an account; repositories of that account are given to it as they are made."""
        number = 50_000_000 + len(self.account.installations) + 1
        installation = Installation(id=number, account=account)
        installation.permissions |= dict(permissions or {})
        self.account.installations[number] = installation
        return installation

    def uninstall(self, installation: Installation) -> None:
        del self.account.installations[installation.id]

    def repository(
        self,
        name: str,
        *pulls: FakePull,
        collaborators: Mapping[str, str] | None = None,
        files: Files | None = None,
        given: bool = True,
    ) -> GitHubState:
        """A repository. ``files`` are those of its default branch; without ``given`` the App is not installed on it."""
        account = name.partition("/")[0]
        owners = [item for item in self.account.installations.values() if item.account == account]
        installation = (owners[0] if owners else self.install(account)) if given else None
        state = GitHubState(
            pulls={pull.number: pull for pull in pulls},
            repository=name,
            viewer=f"{self.slug}[bot]",
            refuses=lambda _: False,
            url=self.url,
            api_url=self.api_url,
            files=files,
            collaborators=dict(collaborators or {}),
            app_id=self.app_id,
            installation=installation.id if installation else 0,
        )
        if installation:
            installation.repositories.add(name)
        self.states[name] = state
        return state

    def expire_tokens(self) -> None:
        """All that were given so far are worth nothing by now."""
        with self.lock:
            self.account.expire_tokens()

    def token(self, state: GitHubState, permissions: Mapping[str, str] | None = None) -> str:
        """A token for one repository, without asking for it."""
        installation = self.account.installations[state.installation]
        return self.account.grant(installation, {state.repository}, permissions or installation.permissions)

    def deliver(
        self, event: str, payload: Mapping[str, Any], *, guid: str = "", url: str = "", secret: str | None = None
    ) -> int:
        """Sign and post one delivery; the status of the answer, 0 where nobody answers within ten seconds."""
        body = json.dumps(payload).encode()
        return self.post_delivery(event, body, guid or github_hooks.new_guid(), url=url, secret=secret)

    def opened(self, state: GitHubState, number: int = 7, **rest: Any) -> int:
        return self.deliver("pull_request", github_payloads.pull_request(state, "opened", number), **rest)

    def push(self, state: GitHubState, number: int, head_files: Files, **rest: Any) -> int:
        with self.lock:
            state.push(number, head_files)
        return self.deliver("pull_request", github_payloads.pull_request(state, "synchronize", number), **rest)

    def comment(self, state: GitHubState, number: int, body: str, *, login: str = "mona", **rest: Any) -> int:
        with self.lock:
            comment = state.add_comment(body, number, login=login)
        return self.deliver("issue_comment", github_payloads.issue_comment(state, comment), **rest)

    def reply(self, state: GitHubState, comment: int, body: str, *, login: str = "mona", **rest: Any) -> int:
        with self.lock:
            written = state.add_reply(comment, body, login=login)
        return self.deliver("pull_request_review_comment", github_payloads.review_comment(state, written), **rest)

    def resolve(self, state: GitHubState, comment: int, *, login: str = "mona", resolved: bool = True) -> int:
        with self.lock:
            state.threads.setdefault(comment, {})["resolved"] = resolved
            first = state.review_comment(comment)
        assert first is not None, "there is no such comment"
        action = "resolved" if resolved else "unresolved"
        return self.deliver(
            "pull_request_review_thread", github_payloads.review_thread(state, first, action, sender=login)
        )

    def rerun(self, state: GitHubState, check: Mapping[str, Any], *, login: str = "mona", button: str = "") -> int:
        action = "requested_action" if button else "rerequested"
        return self.deliver("check_run", github_payloads.check_run(state, check, action, button=button, sender=login))
