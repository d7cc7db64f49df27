"""A push without a pull request: the commits that it brought are reviewed in the checkout, and nothing is posted."""

from __future__ import annotations

import functools
from contextlib import ExitStack
from typing import TYPE_CHECKING

from app import wiring
from app.accounts import Account
from app.analytics.brought import brought
from app.configuration.faults import ConfigRejected
from app.errors import Misconfigured, NothingToReview
from app.git import GitRepository
from app.learnings import parse_learnings
from app.local_changes import change_in_repository
from app.recording import recording
from app.repo_config import CONFIG_PATH, effective
from app.review_wishes import NO_KEY, NOT_WANTED, wishes_of
from app.reviewing import prepare, review
from app.tools import run_tools
from app.verdicts import Policy, verdict_of
from llm_runtime.analytics.records import Source

if TYPE_CHECKING:
    from pathlib import Path

    from app.action.interruption import Interruption
    from app.action.occasions import Pushed
    from app.services import Services


class NotCheckedOut(Misconfigured):
    """The commits of a push are not in a checkout."""


def review_range(services: Services, push: Pushed, workspace: Path | None, interruption: Interruption) -> None:
    """Review what a push has brought; its witness is told what comes of it.

    Args:
        services: Everything that a job reaches.
        push: What was pushed; of a new branch all that the default branch does not have.
        workspace: Where the repository is checked out.
        interruption: Ends it before all is answered.

    Raises:
        NotCheckedOut: The commits are not there.
        NothingToReview: They change nothing.
        ConfigRejected: The configuration before the push cannot be used.
        Misconfigured: A reviewer or a model cannot be used.
    """
    repository = _checkout(workspace, push)
    change = change_in_repository(repository, base=push.before or None, head=push.after)
    snapshot = change.snapshot
    if not snapshot.diff.files:
        raise NothingToReview(f"nothing to review: the push to {push.branch} changes no file")
    own = change.config if services.config_path == CONFIG_PATH else _text(repository, snapshot.target.base, services)
    found = services.adjust(effective(None, own, repository_source=services.config_path))
    config = found.config
    learnings, left_out = parse_learnings(change.learnings)
    name = push.repository.full_name
    wishes = wishes_of(
        config, services.settings, learnings=learnings, outcomes=services.store.outcomes(name), no_llm=services.no_llm
    )
    account = Account(
        repository=name,
        review=snapshot.target.name,
        installation=str(push.repository.installation),
        max_cost_per_day=config.max_cost_per_day,
        max_cost_per_month=config.max_cost_per_month,
        head=push.after,
    )
    settings = services.settings
    with ExitStack() as stack:
        recorder = stack.enter_context(recording(settings, account, source=Source.ACTION, notify=services.say))
        company = wiring.Company(
            recorder=recorder, cancellation=interruption.cancellation, observers=services.observers
        )
        llms = functools.cache(
            lambda: stack.enter_context(
                wiring.llms(
                    wishes.connections, settings, wishes.max_cost_usd, account, notify=services.say, company=company
                )
            )
        )
        tools = functools.partial(run_tools, meanwhile=llms)
        prepared = prepare(snapshot, wishes, run_tools=tools, calculator=wiring.calculator())
        made = review(
            prepared,
            llms() if prepared.plan else {},
            on_end=lambda _: None,
            without_models=NOT_WANTED if services.no_llm else NO_KEY,
            cancellation=interruption.cancellation,
            recorder=recorder,
        ).review
        recorder.brought(brought(made, recorder.trace.id))
        recorder.finish("cancelled" if interruption.happened() else "done")
    if interruption.happened():
        return
    services.witness.made(made, snapshot.diff)
    policy = Policy(fail_on=config.check.fails_from, incomplete_fails=config.check.incomplete_fails)
    remarks = tuple(map(str, (*found.faults, *left_out)))
    services.witness.ended(verdict_of(made, policy, remarks))


def _checkout(workspace: Path | None, push: Pushed) -> GitRepository:
    try:
        if workspace is None:
            msg = "GITHUB_WORKSPACE is not set"
            raise NotCheckedOut(msg)
        repository = GitRepository.around(workspace)
        for commit in filter(None, (push.before, push.after)):
            repository.commit(commit)
        if not push.before:
            repository.merge_base(repository.commit(repository.default_branch()), push.after)
    except ConfigRejected:
        raise
    except Misconfigured as error:
        msg = (
            f"{push.branch} has no open pull request, and its commits are not checked out ({error}); open one, or "
            "check out before this step, with fetch-depth: 0"
        )
        raise NotCheckedOut(msg) from error
    return repository


def _text(repository: GitRepository, commit: str, services: Services) -> str | None:
    path = services.config_path
    found = repository.files_at(commit, (path,), max_bytes=1_000_000).get(path)
    return None if found is None else found.decode("utf-8", "replace")
