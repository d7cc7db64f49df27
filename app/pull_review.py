"""One turn at a pull request: read, ask what nobody has answered, publish once, and say in the check what happened."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.analytics.outcomes import results_of
from app.configuration.faults import ConfigRejected
from app.errors import HeadMoved, NotPermitted
from app.github.snapshot import Fetched, fetch_snapshot
from app.github.surroundings import with_surroundings
from app.learnings import parse_learnings
from app.left_behind import CLOSED, SUPERSEDED, end_pushed_over
from app.live_check import LiveCheck
from app.recording import recording
from app.repository_settings import with_organisation
from app.review_asking import Asking
from app.review_publishing import PERMISSION, ReviewRun, audible, publish_review, verdict_on
from app.review_wishes import worth_fetching
from app.verdicts import Conclusion, Verdict, verdict_of_faults
from app.votes import heed_votes

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.github.client import GitHubClient
    from app.repo_config import RepoConfig
    from app.services import Services
    from app.store.values import ReviewState
    from app.turn import Turn
    from llm_runtime.analytics.recorder import Recorder
    from reviewers.memory.learnings import Learning
    from reviewers.review import Review

_SETTLING_SECONDS = 5.0
"""Until a push is seen by all of GitHub, so that nobody reviews the old head again and again."""


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """What was wanted is done, or cannot be done."""


@dataclass(frozen=True, slots=True)
class Later:
    """It goes on at another time: nothing of it is lost.

    Attributes:
        seconds: How long to wait.
    """

    seconds: float = 0.0


Ending = Fulfilled | Later


def review_pull(services: Services, repository: RepositoryId, number: int, turn: Turn) -> Ending:
    """Make the review that is wanted.

    Raises:
        TurnLost: Another worker has taken over.
        AppError: It could not be done now; what was answered is remembered.
    """
    with closing(services.github.client(repository, guard=turn.check)) as client:
        fetched = fetch_snapshot(
            client,
            repository.pull(number),
            wanted=worth_fetching,
            guidance=lambda text: _guidance(services, repository, text),
            config_path=services.config_path,
        )
        target = fetched.snapshot.target
        end_pushed_over(services, client, repository, number, wish=turn.wish, head=target.head)
        known = turn.wish.check if turn.wish.head in ("", target.head) else None
        if not fetched.open and turn.wish.reason != "command":
            if known is not None:
                LiveCheck(client, repository, target.head, number=known).end(CLOSED)
            services.witness.ended(CLOSED)
            return Fulfilled()
        try:
            effective = with_organisation(services, repository, fetched.config)
        except ConfigRejected as error:
            verdict = verdict_of_faults(error.faults)
            LiveCheck(client, repository, target.head, number=known).end(verdict)
            services.witness.ended(verdict)
            return Fulfilled()
        config = effective.config
        if config.context.max_tokens:
            fetched = with_surroundings(client, fetched)
        learnings, left_out = parse_learnings(fetched.learnings)
        run = _Run(
            services=services,
            repository=repository,
            turn=turn,
            client=client,
            fetched=fetched,
            config=config,
            check=LiveCheck(client, repository, target.head, number=known, name=config.check.name),
            remarks=tuple(map(str, (*effective.faults, *left_out))),
            learnings=learnings,
        )
        return run.whole()


def _guidance(services: Services, repository: RepositoryId, text: str | None) -> Sequence[str]:
    """Paths of the guidance files; none where the configuration cannot be used, which is told later."""
    try:
        return with_organisation(services, repository, text).config.guidance
    except ConfigRejected:
        return ()


class _Run:
    """The parts of one turn, in the order in which they happen."""

    def __init__(
        self,
        *,
        services: Services,
        repository: RepositoryId,
        turn: Turn,
        client: GitHubClient,
        fetched: Fetched,
        config: RepoConfig,
        check: LiveCheck,
        remarks: tuple[str, ...],
        learnings: tuple[Learning, ...],
    ) -> None:
        self._services, self._repository, self._turn = services, repository, turn
        self._client, self._fetched, self._config, self._check = client, fetched, config, check
        self._number = fetched.pull.number
        self._name = repository.full_name
        self._remarks = remarks
        target = fetched.snapshot.target
        # A number stands for a wish, whoever takes its turn and however often.
        reason = f"{turn.wish.reason} {turn.number_wanted}"
        earlier = services.store.reviews_of(self._name, self._number)
        attempts = list(itertools.takewhile(lambda one: one.reason == reason, earlier))
        if turn.wish.full and not attempts:
            # What was answered before; but not what an earlier attempt at this very wish has paid for.
            services.store.forget_answers(self._name, self._number)
        self._id = services.store.begin_review(
            repository=self._name,
            number=self._number,
            installation=repository.installation,
            head=target.head,
            base=target.base,
            reason=reason,
            check_run=check.number,
        )
        # All attempts at a wish are one review to whoever pays for it.
        first = attempts[-1].id if attempts else self._id
        self._asking = Asking(
            services=services,
            repository=repository,
            turn=turn,
            fetched=fetched,
            config=config,
            check=check,
            learnings=learnings,
            id=self._id,
            first=first,
            begun_at=begun.started_at if (begun := services.store.review(first)) else None,
            spent_usd=services.store.spent(self._name, self._number, first),
        )

    def whole(self) -> Ending:
        """From the plan to the end of the check."""
        services = self._services
        account = self._asking.account
        with recording(services.settings, account, source=services.source, notify=services.say) as recorder:
            ending = self._whole(recorder)
        # The books are closed by now, so the trace is there that the results belong to.
        services.record(results_of(services.store, self._name, self._number))
        return ending

    def _whole(self, recorder: Recorder) -> Ending:
        made = self._asking.make(self._services.store.reviewed(self._name, self._number), recorder)
        # The turn looks once a second by itself; what became known since counts before anything is posted.
        self._turn.check()
        if self._turn.reason_to_stop:
            return self._stopped(made.review, recorder)
        if made.parked_for is not None and self._services.may_park(made.parked_for):
            return self._parked(made.review, made.parked_for, recorder)
        try:
            self._publish(made.review, recorder)
        except HeadMoved:
            # The delivery of that push comes later, or is lost: the wish stands, for the head that is there now.
            self._end(made.review, "superseded", SUPERSEDED, recorder)
            return Later(_SETTLING_SECONDS)
        return Fulfilled()

    def _stopped(self, review: Review, recorder: Recorder) -> Ending:
        """Something newer is wanted, somebody said /cancel, or this worker is to end; what was paid for is kept."""
        match self._turn.reason_to_stop:
            case "superseded":
                self._end(review, "superseded", SUPERSEDED, recorder)
                return Fulfilled()
            case "cancelled":
                cancelled = Verdict(conclusion=Conclusion.CANCELLED, title="Cancelled", summary="")
                self._end(review, "cancelled", cancelled, recorder)
                return Fulfilled()
            case "stopping":
                recorder.finish("parked")
                self._services.store.end_review(self._id, state="parked", cost_usd=review.cost_usd)
                return Later()
            case _:
                self._turn.check()
                return Later()

    def _parked(self, review: Review, seconds: float, recorder: Recorder) -> Ending:
        """The providers' limits leave no room for long: somebody else may have this worker meanwhile."""
        self._check.wait(self._services.now() + seconds, "the models' rate limits have no room before")
        recorder.finish("parked")
        self._services.store.end_review(self._id, state="parked", cost_usd=review.cost_usd)
        return Later(seconds)

    def _publish(self, review: Review, recorder: Recorder) -> None:
        heed_votes(self._services.store, self._client, self._repository, self._number)
        review_run = ReviewRun(
            services=self._services,
            client=self._client,
            fetched=self._fetched,
            config=self._config,
            id=self._id,
            repository=self._name,
            full=self._turn.wish.full,
        )
        self._services.witness.made(audible(review_run, review), self._fetched.snapshot.diff)
        try:
            verdict, line = publish_review(review_run, review, self._remarks)
        except NotPermitted as error:
            if self._client.lacking is None:
                raise
            self._client.lacking(PERMISSION, str(error))
            verdict, line = verdict_on(review_run, review, self._remarks), "reviewed, and nothing is posted"
        self._check.end(verdict)
        self._services.witness.ended(verdict)
        recorder.finish("done", posted=True)
        self._services.store.end_review(
            self._id,
            state="done",
            conclusion=verdict.conclusion.value,
            cost_usd=review.cost_usd,
            coverage=review.coverage,
            gaps=review.gaps,
            note=line,
        )
        self._services.say(f"{self._fetched.pull}: {line}")

    def _end(self, review: Review, state: ReviewState, verdict: Verdict, recorder: Recorder) -> None:
        self._check.end(verdict)
        self._services.witness.ended(verdict)
        recorder.finish(state)
        self._services.store.end_review(
            self._id, state=state, conclusion=verdict.conclusion.value, cost_usd=review.cost_usd, note=verdict.title
        )
