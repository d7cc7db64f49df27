"""A review that was made goes out: posted once, with a record before and after, and what is fixed is closed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.github.thread_reading import fetch_threads
from app.github.threads import mark_fixed, mark_withdrawn
from app.publishing.bodies import fingerprints
from app.publishing.markers import told_by
from app.publishing.publish import publish
from app.repo_config import reviewers_of
from app.verdicts import Conclusion, Policy, Verdict, for_some_alone, verdict_of

if TYPE_CHECKING:
    from app.github.client import GitHubClient
    from app.github.snapshot import Fetched
    from app.repo_config import RepoConfig
    from app.services import Services
    from reviewers.review import Review

PERMISSION = "pull-requests: write"
"""What a token needs to post a review, in the words of a workflow."""

_SILENCED = frozenset({"dismissed", "accepted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRun:
    """What a review was made with.

    Attributes:
        services: Everything that a job reaches.
        client: Writes under the installation's token.
        fetched: What was reviewed.
        config: What the repository wants.
        id: The review's name in the store.
        repository: Full name.
        full: Whether everybody was asked again, and so may speak again at a head that was reviewed before.
    """

    services: Services
    client: GitHubClient
    fetched: Fetched
    config: RepoConfig
    id: str
    repository: str
    full: bool = False


def publish_review(run: ReviewRun, review: Review, remarks: Sequence[str]) -> tuple[Verdict, str]:
    """Post what is new, close the threads of what is fixed, and say how the check ends.

    Args:
        run: What it was made with.
        review: All that it has to say.
        remarks: Lines for people on how it came about.

    Returns:
        The end of the check, and what was posted in one line.

    Raises:
        HeadMoved: The pull request has another head by now; nothing was posted.
        TurnLost: Another worker has taken over.
        GitHubError: It could not be posted now; what was, is found by its marks.
    """
    store, number = run.services.store, run.fetched.pull.number
    silenced = _silenced(run)
    store.remember_findings(run.id, review.findings)
    store.publishing_begun(run.id, _digest(review))
    posted = publish(
        run.client,
        run.fetched.pull,
        review,
        run.fetched.snapshot.diff,
        inline_limit=run.config.max_findings,
        dismissed=silenced,
        asked_again=review.reviewers if run.full else (),
        with_comments=True,
    )
    store.mark_told(run.repository, number, posted.told)
    store.publishing_done(run.id, posted.review)
    if posted.review is not None:
        now = datetime.fromtimestamp(run.services.now(), UTC)
        store.pull_reviewed(run.repository, number, now, "quartet", review=run.id)
    if review.fixed:
        _close_fixed(run, review)
    if review.refuted:
        _withdraw_refuted(run, review)
    return verdict_on(run, review, remarks), posted.line


def verdict_on(run: ReviewRun, review: Review, remarks: Sequence[str]) -> Verdict:
    """How the check of a review ends, whether or not it is posted.

    Args:
        run: What it was made with.
        review: All that it has to say.
        remarks: Lines for people on how it came about.

    Raises:
        StoreDown: The database does not answer.
    """
    told = audible(run, review)
    policy = Policy(fail_on=run.config.check.fails_from, incomplete_fails=run.config.check.incomplete_fails)
    verdict = verdict_of(told, policy, remarks)
    missing = [one.name for one in reviewers_of(run.config) if one.name not in review.reviewers]
    if missing and not _was_green(run, review):
        verdict = for_some_alone(verdict, missing)
    return verdict


def audible(run: ReviewRun, review: Review) -> Review:
    """The review without the findings that somebody has dealt with.

    Args:
        run: What it was made with.
        review: All that it has to say.

    Raises:
        StoreDown: The database does not answer.
    """
    silenced = _silenced(run)
    return replace(review, findings=tuple(one for one in review.findings if silenced.isdisjoint(fingerprints(one))))


def _silenced(run: ReviewRun) -> frozenset[str]:
    dispositions = run.services.store.dispositions(run.repository)
    return frozenset(one for one, said in dispositions.items() if said.kind in _SILENCED)


def _was_green(run: ReviewRun, review: Review) -> bool:
    """Whether an earlier review of this head, by everybody that looks, has ended so."""
    earlier = run.services.store.reviews_of(run.repository, run.fetched.pull.number)
    return any(
        one.head == review.target.head and one.state == "done" and one.conclusion == Conclusion.SUCCESS.value
        for one in earlier
    )


def _close_fixed(run: ReviewRun, review: Review) -> None:
    """Close the threads of findings whose code is gone."""
    gone = {identity for finding in review.fixed for identity in fingerprints(finding)}
    standing = {identity for finding in review.findings for identity in fingerprints(finding)}
    for thread in fetch_threads(run.client, run.fetched.pull):
        told = told_by(thread.body)
        # A comment may tell several findings that were merged; it stands until the last of them is gone.
        if thread.own and not thread.resolved and not gone.isdisjoint(told) and standing.isdisjoint(told):
            mark_fixed(run.client, run.fetched.pull, thread, run.fetched.snapshot.target.head)
    run.services.store.mark_fixed(run.repository, run.fetched.pull.number, gone)


def _withdraw_refuted(run: ReviewRun, review: Review) -> None:
    """Take back what was posted before anybody could look a second time, and does not hold.

    Nothing is remembered of it: that nobody fixed it says nothing of who was right.
    """
    refuted = {identity for finding in review.refuted for identity in fingerprints(finding)}
    standing = {identity for finding in review.findings for identity in fingerprints(finding)}
    posted = run.services.store.told_findings(run.repository, run.fetched.pull.number)
    if refuted.isdisjoint({one.id for one in posted if one.fixed_at is None} - standing):
        return
    for thread in fetch_threads(run.client, run.fetched.pull):
        told = told_by(thread.body)
        if thread.own and not thread.resolved and not refuted.isdisjoint(told) and standing.isdisjoint(told):
            mark_withdrawn(run.client, run.fetched.pull, thread)


def _digest(review: Review) -> str:
    return hashlib.sha256("\n".join(sorted(one.fingerprint for one in review.findings)).encode()).hexdigest()
