"""What is done for an event, with everything that it takes at hand; how it ended comes out."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from app.action.collected import read_collected
from app.action.ending import Ending, ending_of, failed
from app.action.occasions import Asked, Collecting, Pushed
from app.action.outcome import CANCELLED, SKIPPED
from app.action.pull_finding import change_of, collected_change, pull_of_branch
from app.action.pushed_range import NotCheckedOut, review_range
from app.action.recollecting import recollect
from app.action.turn_taking import TurnTaking
from app.errors import NothingToReview, NotPermitted
from app.events import CommentWritten, InstallationChanged, MergeGroupAsked
from app.github.deliveries import Ignored
from app.left_behind import end_parked, end_waiting
from app.responses import about, respond
from app.verdicts import Conclusion, Verdict
from app.wishes import Wish

if TYPE_CHECKING:
    from app.action.inputs import Inputs
    from app.action.interruption import Interruption
    from app.action.occasions import Occasion
    from app.action.outcome import Outcome
    from app.action.runner import Runner
    from app.events import Event, RepositoryId
    from app.services import Services

STOPPED = Ending(
    word=CANCELLED,
    line="stopped by the runner before the review was done; nothing of it is posted, and what was answered is kept",
    status=3,
)
"""The end of a step that was cancelled."""

_CANCELLED = Verdict(conclusion=Conclusion.CANCELLED, title="The workflow was cancelled", summary="")


class Work:
    """What is done for an event.

    Args:
        services: Everything that a job reaches.
        inputs: What the workflow says.
        runner: What the runner tells.
        outcome: Is told what becomes of reviews.
        interruption: Ends it.
        until: Seconds since 1970 after which nothing new is begun.
    """

    def __init__(
        self,
        services: Services,
        *,
        inputs: Inputs,
        runner: Runner,
        outcome: Outcome,
        interruption: Interruption,
        until: float,
    ) -> None:
        self._services, self._inputs, self._runner = services, inputs, runner
        self._outcome, self._interruption, self._until = outcome, interruption, until
        self._at_work: tuple[RepositoryId, int] | None = None

    def done(self, occasion: Occasion) -> Ending:
        """Do it, and how it ended."""
        services = self._services
        match occasion:
            case Ignored():
                return Ending(word=SKIPPED, line=f"nothing to do: {occasion.reason}")
            case Asked():
                return self._asked(occasion)
            case Pushed():
                return self._pushed(occasion)
            case Collecting():
                collected = read_collected(self._runner.quartet_collected)
                name = occasion.repository.full_name
                known = services.store.last_review(name, collected.pull_request) is not None
                return self._event(collected_change(services.github, occasion, collected, known=known))
            case _:
                return self._event(occasion)

    def _asked(self, asked: Asked) -> Ending:
        number = asked.number or pull_of_branch(self._services.github, asked.repository, asked.branch)
        if number is None:
            where = f"{asked.branch} has no open pull request" if asked.branch else "a tag has no pull request"
            return Ending(word=SKIPPED, line=f"nothing to do: {where}; name one with the input pull-request")
        self._recollect(asked.repository, number)
        self._services.want(asked.repository, number, Wish(reason="rerun", full=self._inputs.full))
        return self._turns(asked.repository, number, "")

    def _pushed(self, push: Pushed) -> Ending:
        number = self._inputs.pull_request or pull_of_branch(self._services.github, push.repository, push.branch)
        if number is not None:
            return self._event(change_of(self._services.github, push.repository, number))
        try:
            review_range(self._services, push, self._runner.github_workspace, self._interruption)
        except (NotCheckedOut, NothingToReview) as error:
            return Ending(word=SKIPPED, line=f"nothing to do: {error}")
        if self._interruption.happened():
            return STOPPED
        return ending_of(self._outcome, self._inputs, "")

    def _event(self, event: Event) -> Ending:
        services, (_, number, _) = self._services, about(event)
        if isinstance(event, InstallationChanged):
            return Ending(word=SKIPPED, line="nothing to do: this is an event of an App, not of a workflow")
        if number is not None:
            self._recollect(event.repository, number, event if isinstance(event, CommentWritten) else None)
        try:
            line = respond(services, event)
        except NotPermitted as error:
            if self._inputs.post:
                raise
            return Ending(word=SKIPPED, line=str(error))
        if number is None:
            word = Conclusion.NEUTRAL.value if isinstance(event, MergeGroupAsked) else SKIPPED
            return Ending(word=word, line=line)
        if self._inputs.full and services.turns.state(event.repository, number).due is not None:
            services.want(event.repository, number, Wish(reason="rerun", full=True))
        return self._turns(event.repository, number, line)

    def _recollect(self, repository: RepositoryId, number: int, answering: CommentWritten | None = None) -> None:
        """Bring back what a cache that was lost has known."""
        self._outcome.number = number
        with closing(self._services.github.client(repository)) as client:
            recollect(self._services, client, repository, number, answering=answering)

    def _turns(self, repository: RepositoryId, number: int, line: str) -> Ending:
        self._at_work = (repository, number)
        taking = TurnTaking(self._services, wait=self._interruption.wait, until=self._until)
        if not taking.take_all(repository, number):
            self.withdraw()
            return STOPPED
        if taking.failure is not None:
            return failed(taking.failure)
        return ending_of(self._outcome, self._inputs, line)

    def withdraw(self) -> None:
        """End the check of what nobody goes on with; any thread may call it.

        Raises:
            GitHubError: It could not be ended.
        """
        if self._at_work is None:
            return
        services, (repository, number) = self._services, self._at_work
        state = services.turns.state(repository, number)
        services.turns.cancel(repository, number)
        with closing(services.github.client(repository)) as client:
            end_waiting(client, repository, state, _CANCELLED)
            end_parked(services, client, repository, number, state=state, verdict=_CANCELLED)
