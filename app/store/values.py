"""What the store gives back, and the words it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from reviewers.findings import Finding
from reviewers.review import Coverage, Gap

DeliveryState = Literal["handled", "ignored", "failed"]
ReviewState = Literal["running", "done", "superseded", "cancelled", "failed", "parked"]
Publishing = Literal["begun", "done"]
FirstReviewBy = Literal["quartet", "person"]
DispositionKind = Literal["dismissed", "accepted", "liked", "fixed", "reopened"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery from GitHub and what became of it.

    Attributes:
        guid: GitHub's name of it, the same when it is sent again.
        event: GitHub's word for what it is about: ``pull_request``.
        action: GitHub's word for what happened, or the empty string.
        repository: Full name in small letters, or None where it is about none.
        number: The pull request, or None.
        installation: GitHub's number of the installation, or None.
        received_at: When it came.
        handled_at: When its job ended.
        state: How it ended.
        detail: Why it was ignored or failed, in one line.
    """

    guid: str
    event: str
    action: str
    repository: str | None
    number: int | None
    installation: int | None
    received_at: datetime
    handled_at: datetime
    state: DeliveryState
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReview:
    """A review that was begun, and how it went.

    Attributes:
        id: Its name in the store.
        repository: Full name in small letters.
        number: The pull request.
        installation: GitHub's number of the installation.
        head: The commit that was looked at.
        base: The commit it was compared with.
        reason: What it was made for: ``push``, ``command`` …
        state: How it went.
        conclusion: The conclusion of its check run, or the empty string.
        started_at: When it was begun.
        ended_at: When it ended, or None.
        cost_usd: Dollars of its calls; None where that is not known.
        coverage: What was looked at; None before it ended.
        gaps: What got no answer.
        note: One line for people.
        check_run: GitHub's number of its check run, or None.
        github_review: GitHub's number of the posted review, or None.
        publishing: None before anything was written to GitHub, ``begun`` from just before the first write, ``done``
            after the last. A review that stays at ``begun`` may have been posted, in whole or in part.
        body_digest: Digest of what was about to be posted, or the empty string.
    """

    id: str
    repository: str
    number: int
    installation: int
    head: str
    base: str
    reason: str
    state: ReviewState
    conclusion: str
    started_at: datetime
    ended_at: datetime | None
    cost_usd: Decimal | None
    coverage: Coverage | None
    gaps: tuple[Gap, ...]
    note: str
    check_run: int | None
    github_review: int | None
    publishing: Publishing | None
    body_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFinding:
    """A finding as a review concluded it, and what became of it.

    Attributes:
        id: Its fingerprint.
        repository: Full name in small letters.
        number: The pull request.
        review: Name of the last review that made it.
        head: The commit that review looked at.
        finding: All of it.
        first_seen_at: When it was made for the first time.
        told_at: When it was first posted, or None.
        fixed_at: When its code was found to be gone, or None.
        comment: GitHub's number of its comment in a thread on the diff, or None.
        model: The model that is credited with it, ``provider/name``: the first of those that had found it when it was
            told. The empty string where tools alone did.
        told_in: Name of the review that told it first, or None.
    """

    id: str
    repository: str
    number: int
    review: str
    head: str
    finding: Finding
    first_seen_at: datetime
    told_at: datetime | None
    fixed_at: datetime | None
    comment: int | None
    model: str = ""
    told_in: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullTimes:
    """When what happened to a pull request; None for what has not, or is not known.

    Attributes:
        number: The pull request.
        opened_at: When it was opened.
        first_review_at: When the first review of somebody else than its author was there.
        first_review_by: Whose it was.
        merged_at: When it was merged.
        closed_at: When it was closed, merged or not.
    """

    number: int
    opened_at: datetime | None = None
    first_review_at: datetime | None = None
    first_review_by: FirstReviewBy | None = None
    merged_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """What a person decided about a finding, for the whole repository.

    Attributes:
        finding: The fingerprint.
        kind: What was decided.
        by: Login of who decided.
        at: When.
        reason: Why, in that person's words, or the empty string.
        number: The pull request where it was said.
        title: The finding's title, for lists.
    """

    finding: str
    kind: DispositionKind
    by: str
    at: datetime
    reason: str
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Who paused the reviews of a pull request, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """What one model has cost one reviewer.

    Attributes:
        reviewer: Who asked; the name of a command where a command did.
        provider: Who served it.
        model: Which model.
        calls: How many exchanges, failed ones included.
        cost_usd: Dollars; None where one of the calls was or may have been billed at a price that is not known.
    """

    reviewer: str
    provider: str
    model: str
    calls: int
    cost_usd: Decimal | None
