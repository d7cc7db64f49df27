"""Checks that nobody would end any more: of a head that has been pushed over, of a pull request that was closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.live_check import LiveCheck
from app.verdicts import Conclusion, Verdict

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.github.client import GitHubClient
    from app.services import Services
    from app.turns import PullState
    from app.wishes import Wish

SUPERSEDED = Verdict(conclusion=Conclusion.CANCELLED, title="A newer push is reviewed instead", summary="")
CLOSED = Verdict(conclusion=Conclusion.CANCELLED, title="The pull request was closed", summary="")
_UNFINISHED = frozenset({"running", "parked"})


def end_pushed_over(
    services: Services, client: GitHubClient, repository: RepositoryId, number: int, *, wish: Wish, head: str
) -> None:
    """End the checks on other heads: that of the wish, and that of a review which has not come to its end.

    Args:
        services: Where reviews are remembered.
        client: Writes under the installation's token.
        repository: Where.
        number: The pull request.
        wish: What is wanted; perhaps of a head that is not there any more.
        head: The one that is reviewed now.
    """
    if wish.check is not None and wish.head not in ("", head):
        LiveCheck(client, repository, wish.head, number=wish.check).end(SUPERSEDED)
    last = services.store.last_review(repository.full_name, number)
    if last is None or last.state not in _UNFINISHED or last.head == head or last.check_run is None:
        return
    if last.check_run != wish.check:
        LiveCheck(client, repository, last.head, number=last.check_run).end(SUPERSEDED)
    services.store.end_review(
        last.id,
        state="superseded",
        conclusion=SUPERSEDED.conclusion.value,
        cost_usd=last.cost_usd,
        note=SUPERSEDED.title,
    )


def end_waiting(
    client: GitHubClient, repository: RepositoryId, state: PullState, verdict: Verdict, *, but: str = ""
) -> None:
    """End the check of what waits to be reviewed, and will not be.

    Args:
        client: Writes under the installation's token.
        repository: Where.
        state: Of its pull request: what waits.
        verdict: How the check ends.
        but: A head whose check is left as it is.
    """
    wish = state.wish
    if wish is None or state.due is None or wish.check is None or wish.head in ("", but):
        return
    LiveCheck(client, repository, wish.head, number=wish.check).end(verdict)


def end_parked(
    services: Services,
    client: GitHubClient,
    repository: RepositoryId,
    number: int,
    *,
    state: PullState,
    verdict: Verdict,
) -> None:
    """End a review that was begun, that nobody works on, and that nobody will go on with.

    Args:
        services: Where reviews are remembered.
        client: Writes under the installation's token.
        repository: Where.
        number: The pull request.
        state: Of it, before it was cancelled.
        verdict: How the check ends.
    """
    last = services.store.last_review(repository.full_name, number)
    if state.held_until is not None or last is None or last.state not in _UNFINISHED:
        return
    if last.check_run is not None:
        LiveCheck(client, repository, last.head, number=last.check_run).end(verdict)
    services.store.end_review(
        last.id, state="cancelled", conclusion=verdict.conclusion.value, cost_usd=last.cost_usd, note=verdict.title
    )
