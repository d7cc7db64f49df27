"""What an event leads to: a review that is wanted, a command that is answered, something to remember; in one line."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, assert_never

from app.analytics.history import note_times, queue_histories
from app.analytics.outcomes import results_of, results_of_findings
from app.configuration.faults import ConfigRejected
from app.events import (
    CheckAsked,
    CommentWritten,
    Event,
    InstallationChanged,
    MergeGroupAsked,
    PullRequestChanged,
    PullRequestReviewed,
    RepositoryRenamed,
    ThreadChanged,
)
from app.github.checks import NAME, REVIEW_ALL, pulls_of_commit
from app.github.permissions import may_write
from app.left_behind import CLOSED, SUPERSEDED, end_parked, end_waiting
from app.live_check import LiveCheck
from app.repo_config import wants_review
from app.repository_settings import read_effective
from app.verdicts import Conclusion, Verdict, verdict_of_faults
from app.votes import heed_votes
from app.wishes import Reason, Wish

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.services import Services

_REASONS: dict[str, Reason] = {"synchronize": "push", "labeled": "label"}


def respond(services: Services, event: Event) -> str:
    """Do what an event asks for; doing it twice is as good as once.

    Returns:
        What was done, or why nothing, in one line.

    Raises:
        AppError: It could not be done now.
    """
    name, _, installation = about(event)
    if name is not None and not services.store.belongs(name, installation):
        return "uninstalled meanwhile; nothing is kept of it"
    return _done(services, event)


def about(event: Event) -> tuple[str | None, int | None, int]:
    """Full name of the repository, number of the pull request, and the installation that an event is about."""
    if isinstance(event, InstallationChanged):
        return None, None, event.installation
    number = getattr(event, "number", None)
    return event.repository.full_name, number, event.repository.installation


def _done(services: Services, event: Event) -> str:
    match event:
        case PullRequestChanged():
            note_times(services.store, event)
            return _pull_request(services, event)
        case CommentWritten():
            return _comment(services, event)
        case ThreadChanged():
            return _thread(services, event)
        case CheckAsked():
            return _check(services, event)
        case MergeGroupAsked():
            return _merge_group(services, event)
        case PullRequestReviewed() | InstallationChanged() | RepositoryRenamed():
            return _noted(services, event)
        case _:
            assert_never(event)


def _pull_request(services: Services, event: PullRequestChanged) -> str:
    repository, number = event.repository, event.number
    if event.action == "closed":
        state = services.turns.state(repository, number)
        stopped = services.turns.cancel(repository, number)
        with closing(services.github.client(repository)) as client:
            end_waiting(client, repository, state, CLOSED)
            end_parked(services, client, repository, number, state=state, verdict=CLOSED)
            if heed_votes(services.store, client, repository, number):
                services.record(results_of(services.store, repository.full_name, number))
        return "closed; its review is stopped" if stopped else "closed; nothing was wanted of it"
    with closing(services.github.client(repository)) as client:
        try:
            config = read_effective(services, client, repository, event.base_ref).config
        except ConfigRejected as error:
            verdict = verdict_of_faults(error.faults)
            LiveCheck(client, repository, event.head).end(verdict)
            services.witness.ended(verdict)
            return f"not reviewed: {error}"
        check = LiveCheck(client, repository, event.head, name=config.check.name)
        decision = wants_review(config, event)
        if not decision.yes:
            if event.action != "labeled":
                check.end(_skipped(decision.reason))
            return f"not reviewed: {decision.reason}"
        if (pause := services.store.paused(repository.full_name, number)) is not None:
            reason = f"paused by {pause.by}; /resume goes on"
            check.end(_skipped(reason))
            return f"not reviewed: {reason}"
        end_waiting(client, repository, services.turns.state(repository, number), SUPERSEDED, but=event.head)
        check.queue()
    wish = Wish(reason=_REASONS.get(event.action, "opened"), check=check.number, head=event.head)
    patience = services.settings.quartet_debounce_seconds if wish.reason == "push" else 0.0
    services.want(repository, number, wish, after_seconds=patience)
    return "a review is wanted"


def _comment(services: Services, event: CommentWritten) -> str:
    from app.comment_answers import answer  # noqa: PLC0415 - most jobs are no commands

    with closing(services.github.client(event.repository)) as client:
        return answer(services, client, event)


def _thread(services: Services, event: ThreadChanged) -> str:
    """A person who resolves a thread has dealt with it; who opens it again has not.

    It decides for the repository, as ``/dismiss`` does, so it takes the same permission. GitHub lets the author of a
    pull request resolve its threads, too.
    """
    if event.sender_is_bot:
        return "a machine did that"
    name = event.repository.full_name
    told = services.store.told_findings(name, event.number)
    finding = next((one for one in told if one.comment == event.comment), None)
    if finding is None:
        return "the thread is none of ours"
    if not _may_write(services, event.repository, event.sender):
        return f"{event.sender or 'nobody'} may not decide that"
    ids = {finding.id, *finding.finding.aliases}
    decided = services.store.dispositions(name).get(finding.id)
    if event.resolved and decided is None:
        services.store.dispose(
            name,
            ids,
            kind="accepted",
            by=event.sender,
            reason="thread resolved",
            number=event.number,
            title=finding.finding.title,
        )
        services.record(results_of_findings(services.store, name, ids))
        return f"{finding.id} is dealt with"
    if not event.resolved and decided is not None and decided.kind == "accepted":
        services.store.undo(name, ids)
        services.record(results_of_findings(services.store, name, ids))
        return f"{finding.id} is open again"
    return f"nothing new about {finding.id}"


def _check(services: Services, event: CheckAsked) -> str:
    if event.sender_is_bot:
        return "a machine did that"
    if not _may_write(services, event.repository, event.sender):
        return f"{event.sender or 'nobody'} may not ask for a review"
    numbers = event.numbers
    if not numbers:
        # GitHub names no pull requests of forks.
        with closing(services.github.client(event.repository)) as client:
            numbers = pulls_of_commit(client, event.repository, event.head)
    for number in numbers:
        services.want(event.repository, number, Wish(reason="rerun", full=event.action == REVIEW_ALL.identifier))
    return f"reviews wanted: {len(numbers)}"


def _may_write(services: Services, repository: RepositoryId, login: str) -> bool:
    with closing(services.github.client(repository)) as client:
        return may_write(client, repository, login)


def _merge_group(services: Services, event: MergeGroupAsked) -> str:
    """A merge queue waits for every check that is required; what it combines was reviewed one by one."""
    with closing(services.github.client(event.repository)) as client:
        try:
            name = read_effective(services, client, event.repository).config.check.name
        except ConfigRejected:
            name = NAME
        LiveCheck(client, event.repository, event.head, name=name).end(
            Verdict(
                conclusion=Conclusion.NEUTRAL,
                title="Reviewed one by one, before they came into the queue",
                summary="A merge group holds pull requests that have had their reviews; it is not reviewed again.",
            )
        )
    return "a merge group is not reviewed again"


def _noted(services: Services, event: PullRequestReviewed | InstallationChanged | RepositoryRenamed) -> str:
    """What is remembered goes with the repositories that it is of."""
    if isinstance(event, PullRequestReviewed):
        services.store.pull_reviewed(event.repository.full_name, event.number, event.at, "person")
        return "a person has reviewed it; it is noted when"
    if isinstance(event, RepositoryRenamed):
        services.store.rename(event.former, event.repository.full_name, event.repository.installation)
        return f"what was known of {event.former} goes by its new name"
    if event.action == "deleted":
        services.store.forget_installation(event.installation)
        return "uninstalled; what was known of it is deleted"
    if event.action == "removed":
        for name in event.repositories:
            services.store.forget_repository(name, event.installation)
        return f"{len(event.repositories)} repositories were removed; what was known of them is deleted"
    if event.action in ("created", "added"):
        queue_histories(services.queue, event.installation, event.repositories)
    return f"noted: {event.action}"


def _skipped(reason: str) -> Verdict:
    return Verdict(conclusion=Conclusion.SKIPPED, title=f"Not reviewed: {reason}", summary="")
