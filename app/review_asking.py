"""What nobody has answered is asked, at the cost of the repository; each answer is remembered as it comes."""

from __future__ import annotations

import functools
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from app import wiring
from app.accounts import Account
from app.review_wishes import NO_KEY, NOT_WANTED, wishes_of
from app.reviewing import Made, Prepared, prepare, review
from app.tools import run_tools
from app.verifying import Watch
from llm_runtime.scheduling.ledger import Priority
from reviewers.incremental import findings_of, hunks_of, reviewer_key

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.github.snapshot import Fetched
    from app.live_check import LiveCheck
    from app.repo_config import RepoConfig
    from app.reviewing import Wishes
    from app.services import Services
    from app.turn import Turn
    from llm_runtime.analytics.recorder import Recorder
    from llm_runtime.llm import LLM
    from reviewers.findings import Finding
    from reviewers.incremental import Reviewed
    from reviewers.memory.learnings import Learning
    from reviewers.panel import Outcome


@dataclass(slots=True, kw_only=True)
class Asking:
    """One attempt at a review, as far as models are asked and what they answer is kept.

    Attributes:
        services: Everything that a job reaches.
        repository: Where the pull request is.
        turn: Tells when to stop.
        fetched: What is reviewed.
        config: What the repository wants.
        check: Shows how far it is.
        learnings: What people decided about findings before.
        id: The attempt's name in the store.
        first: That of the first attempt at the same wish: to whoever pays, they are one review.
        begun_at: When that began, in UTC.
        spent_usd: Dollars of the earlier attempts.
    """

    services: Services
    repository: RepositoryId
    turn: Turn
    fetched: Fetched
    config: RepoConfig
    check: LiveCheck
    learnings: tuple[Learning, ...]
    id: str
    first: str
    begun_at: datetime | None
    spent_usd: Decimal
    _answered: int = field(default=0, init=False)

    @property
    def name(self) -> str:
        """Full name of the repository."""
        return self.repository.full_name

    @property
    def number(self) -> int:
        """Of the pull request."""
        return self.fetched.pull.number

    @property
    def account(self) -> Account:
        """Whose money is spent, and on what."""
        times = self.services.store.pull_times(self.name, self.number)
        return Account(
            repository=self.name,
            review=self.fetched.snapshot.target.name,
            installation=str(self.repository.installation),
            max_cost_per_day=self.config.max_cost_per_day,
            max_cost_per_month=self.config.max_cost_per_month,
            job=self.first,
            lasting=True,
            number=self.number,
            head=self.fetched.snapshot.target.head,
            begun_at=self.begun_at,
            opened_at=times.opened_at if times else None,
        )

    def make(self, reviewed: Reviewed, recorder: Recorder) -> Made:
        """Plan what nobody has answered, and ask it.

        Args:
            reviewed: What was answered before.
            recorder: Keeps the books.
        """
        settings, snapshot = self.services.settings, self.fetched.snapshot
        wishes = wishes_of(
            self.config,
            settings,
            names=self.turn.wish.reviewers,
            learnings=self.learnings,
            outcomes=self.services.store.outcomes(self.name),
            no_llm=self.services.no_llm,
        )
        with ExitStack() as stack:
            # Opening the connections takes as long as the tools do, and on another core.
            llms = functools.cache(lambda: stack.enter_context(self._llms(wishes, recorder)))
            prepared = prepare(
                snapshot,
                wishes,
                run_tools=functools.partial(run_tools, meanwhile=llms),
                calculator=wiring.calculator(),
                reviewed=reviewed,
            )
            questions = len(prepared.plan.tasks) if prepared.plan else 0
            if questions:
                self.check.begin(questions)
                if self.check.number is not None:
                    self.services.store.check_begun(self.id, self.check.number)
            # What an earlier attempt has spent may leave money for the second look that it did not come to.
            asking = questions or (prepared.plan and self.spent_usd)
            with self.turn.leavable(lambda: self.services.queue_review(self.repository, self.number)):
                return review(
                    prepared,
                    llms() if asking else {},
                    on_end=lambda outcome: self._remember(outcome, prepared, questions),
                    without_models=NOT_WANTED if self.services.no_llm else NO_KEY,
                    cancellation=self.turn.cancellation,
                    stopped=lambda: self.turn.reason_to_stop,
                    watch=Watch(on_verdicts=self._remember_verdicts),
                    earlier_usd=self.spent_usd,
                    recorder=recorder,
                )

    def _llms(self, wishes: Wishes, recorder: Recorder) -> AbstractContextManager[dict[str, LLM]]:
        """For each reviewer's name the LLM that answers it, at the cost of this repository."""
        by_hand = self.turn.wish.reason in ("command", "rerun")
        services = self.services
        company = wiring.Company(
            priority=Priority.INTERACTIVE if by_hand else Priority.BACKGROUND,
            cancellation=self.turn.cancellation,
            observers=services.observers,
            recorder=recorder,
        )
        return wiring.llms(
            wishes.connections,
            services.settings,
            wishes.max_cost_usd,
            self.account,
            notify=services.say,
            company=company,
        )

    def _remember(self, outcome: Outcome, prepared: Prepared, questions: int) -> None:
        if outcome.answered is not None:
            self.services.store.remember_answer(
                self.name,
                self.number,
                reviewer_key(outcome.task.reviewer, prepared.wishes.house_rules),
                hunks_of(outcome),
                findings_of(outcome, prepared.snapshot),
                review=self.id,
            )
        self._answered += 1
        if not self.turn.reason_to_stop:
            self.check.progress(self._answered, questions)

    def _remember_verdicts(self, findings: tuple[Finding, ...]) -> None:
        """Keep what second looks said, so that no later run asks for it again."""
        if findings:
            self.services.store.remember_answer(self.name, self.number, "verification", (), findings, review=self.id)
