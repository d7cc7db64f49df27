"""A review and what is already on the pull request in; what is to be posted out, without asking anybody.

A reviewer speaks once per head: what it says later about the same commit is not news about the commit but noise of the
model, so only reviewers that had a gap before may add to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from app.publishing.bodies import comment_body, fingerprints, review_body, summary_body
from app.publishing.markers import Posted
from reviewers.diff import Diff, FileDiff
from reviewers.findings import Finding, Location
from reviewers.review import Review

INLINE_LIMIT = 10
# GitHub documents no maximum; reviews with more comments than this fail now and then.
MOST_COMMENTS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineComment:
    """A comment on lines of the diff.

    Attributes:
        finding: What it tells.
        location: Lines within one hunk, under the path that the file has now.
        body: Its Markdown.
    """

    finding: Finding
    location: Location
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDraft:
    """What is to be posted.

    Attributes:
        review: All that the run has to say.
        posted: What was told before.
        inline: New findings, each with its comment.
        aside: New findings without one: not on the diff, beyond the limit, or refused by GitHub.
        known: Findings that were told before and are still open.
        spoken: Reviewers that have had their say at this head, this run included.
        dismissed: Findings that somebody dismissed, which ``review`` is without.
    """

    review: Review
    posted: Posted
    inline: tuple[InlineComment, ...] = ()
    aside: tuple[Finding, ...] = ()
    known: tuple[Finding, ...] = ()
    spoken: frozenset[str] = frozenset()
    dismissed: tuple[Finding, ...] = ()

    @property
    def new(self) -> tuple[Finding, ...]:
        """Findings that are told for the first time, the worst first."""
        return self._ranked({comment.finding for comment in self.inline} | set(self.aside))

    @property
    def told(self) -> tuple[str, ...]:
        """Fingerprints of the findings that are open and told once this is posted, before or now."""
        return tuple(identity for finding in (*self.new, *self.known) for identity in fingerprints(finding))

    @property
    def body(self) -> str | None:
        """Markdown of the review, or None where there is nothing new and so no review."""
        if not self.new:
            return None
        return review_body(self.review, new=self.new, aside=self.aside, known=len(self.known), spoken=self.spoken)

    @property
    def summary(self) -> str | None:
        """Markdown of the summary comment, or None where it is left as it is, or not needed.

        A clean change needs none. One of which nothing was reviewed does: silence would look like approval.
        """
        said_something = self.review.findings or self.review.gaps or self.review.coverage.nothing
        if self.posted.summary is None and not said_something:
            return None
        said = self.posted.summary is not None and self.posted.summarised
        same_head = self.posted.head == self.review.target.head
        # What is dismissed goes from the table at once; publishing leaves a summary alone that says it already.
        if said and same_head and not (self.new or self.dismissed) and self.spoken <= self.posted.spoken:
            return None
        shown = self._ranked({*self.new, *self.known})
        commented = {identity for comment in self.inline for identity in fingerprints(comment.finding)}
        commented |= self.posted.commented
        in_full = tuple(finding for finding in shown if commented.isdisjoint(fingerprints(finding)))
        return summary_body(
            self.review,
            shown=shown,
            aside=in_full,
            spoken=self.spoken,
            posted=self.posted,
            dismissed=self.dismissed,
        )

    def _ranked(self, findings: Collection[Finding]) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.review.findings if finding in findings)


def draft(
    review: Review,
    diff: Diff,
    posted: Posted,
    *,
    inline_limit: int = INLINE_LIMIT,
    dismissed: Collection[str] = (),
    asked_again: Collection[str] = (),
) -> ReviewDraft:
    """Decide what of a review is news, and where each piece of it goes.

    Args:
        review: Findings ranked, the worst first.
        diff: What GitHub will place the comments on.
        posted: What our own account said before.
        inline_limit: Comments at most, and never more than ``MOST_COMMENTS``.
        dismissed: Fingerprints of what nobody wants to hear of any more.
        asked_again: Reviewers that somebody asked for a second opinion on the same head, so that they may add to it.
    """
    silenced = frozenset(dismissed)
    left_out = tuple(finding for finding in review.findings if not silenced.isdisjoint(fingerprints(finding)))
    review = replace(review, findings=tuple(finding for finding in review.findings if finding not in left_out))
    before = posted.spoken if posted.head == review.target.head else frozenset[str]()
    silent = before.difference(asked_again)
    told = frozenset(posted.fingerprints)
    known = tuple(finding for finding in review.findings if not told.isdisjoint(fingerprints(finding)))
    new = [finding for finding in review.findings if finding not in known and not silent.issuperset(finding.reviewers)]
    placed = [(finding, location) for finding in new if (location := _commentable(finding, diff)) is not None]
    inline = tuple(
        InlineComment(finding=finding, location=location, body=comment_body(finding))
        for finding, location in placed[: min(inline_limit, MOST_COMMENTS)]
    )
    commented = [comment.finding for comment in inline]
    return ReviewDraft(
        review=review,
        posted=posted,
        inline=inline,
        aside=tuple(finding for finding in new if finding not in commented),
        known=known,
        spoken=before | _completed(review),
        dismissed=left_out,
    )


def without(draft: ReviewDraft, refused: Collection[InlineComment]) -> ReviewDraft:
    """The same draft with these comments moved aside, so that their findings are told in the summary."""
    moved = tuple(comment.finding for comment in refused)
    kept = tuple(comment for comment in draft.inline if comment not in refused)
    return replace(draft, inline=kept, aside=(*moved, *draft.aside))


def comments_on_the_wire(comments: Iterable[InlineComment]) -> list[dict[str, Any]]:
    """The ``comments`` of a review, in GitHub's words; a single line has no start, or GitHub refuses it."""
    wire = []
    for comment in comments:
        place = comment.location
        on_wire = {"path": place.path, "body": comment.body, "line": place.end_line, "side": place.side.value}
        if place.start_line != place.end_line:
            on_wire |= {"start_line": place.start_line, "start_side": place.side.value}
        wire.append(on_wire)
    return wire


def _completed(review: Review) -> frozenset[str]:
    """Reviewers that got an answer to everything they asked; evidence alone is not a reviewer's say."""
    if not review.models_asked:
        return frozenset()
    return frozenset(review.reviewers) - {gap.reviewer for gap in review.gaps}


def _commentable(finding: Finding, diff: Diff) -> Location | None:
    """The finding's place under the file's present path, if all its lines stand in one hunk on one side."""
    location = finding.location
    if location is None or location.start_line > location.end_line:
        return None
    for file in diff.of(location.path):
        if _in_one_hunk(location, file):
            return replace(location, path=file.path)
    return None


def _in_one_hunk(location: Location, file: FileDiff) -> bool:
    wanted = {location.start_line, location.end_line}
    return any(wanted <= {line.number(location.side) for line in hunk.lines} for hunk in file.hunks)
