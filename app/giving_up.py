"""The end of a review that cannot be made: said in the check, so that nobody waits for it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from app.configuration.faults import ConfigRejected
from app.configuration.keys import Check
from app.errors import GitHubError
from app.github.pull_ends import head_and_base
from app.live_check import LiveCheck
from app.repository_settings import read_effective
from app.verdicts import Conclusion, Policy, verdict_of_failure

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.github.client import GitHubClient
    from app.services import Services
    from app.turn import Turn
    from app.wishes import Wish


def give_up(services: Services, repository: RepositoryId, number: int, turn: Turn, reason: str) -> None:
    """Say in the check that a review cannot be done; where even that fails, the log has to do."""
    with closing(services.github.client(repository)) as client:
        try:
            _end_check(services, client, repository, number, wish=turn.wish, reason=reason)
        except GitHubError as error:
            services.say(f"{repository.full_name}#{number}: the check could not be ended: {error}")
    last = services.store.last_review(repository.full_name, number, state="running")
    if last is not None:
        services.store.end_review(last.id, state="failed", conclusion=Conclusion.NEUTRAL.value, note=reason)


def _end_check(
    services: Services, client: GitHubClient, repository: RepositoryId, number: int, *, wish: Wish, reason: str
) -> None:
    try:
        head, base_ref = head_and_base(client, repository.pull(number))
    except GitHubError:
        if wish.check is None or not wish.head:
            raise
        # What the pull request is now cannot be read; the check that was begun for it is known all the same.
        LiveCheck(client, repository, wish.head, number=wish.check).end(verdict_of_failure(reason, Policy()))
        return
    known = wish.check if wish.head in ("", head) else None
    wanted = _check_of(services, client, repository, base_ref)
    verdict = verdict_of_failure(reason, Policy(incomplete_fails=wanted.incomplete_fails))
    LiveCheck(client, repository, head, number=known, name=wanted.name).end(verdict)


def _check_of(services: Services, client: GitHubClient, repository: RepositoryId, base_ref: str) -> Check:
    """What the repository wants of its check; where its configuration cannot be used, the usual."""
    try:
        return read_effective(services, client, repository, base_ref).config.check
    except ConfigRejected:
        return Check()
