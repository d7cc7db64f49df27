"""What a check run says of a review: green only where something was reviewed, and nothing was found that fails it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.configuration.faults import ConfigFault
from app.repo_config import CONFIG_PATH
from reviewers.diff import Side
from reviewers.findings import Finding, Severity
from reviewers.report.sanitising import inline_code, inline_text
from reviewers.report.visibility import cut, readable
from reviewers.report.wording import attribution, counted, coverage_line, place, skipped_groups, usage_line, verdict
from reviewers.review import Gap, Review

# docs.github.com/en/rest/checks/runs: summary 65,535 characters, a message 64 KB, a title 255.
_LONGEST_SUMMARY = 60_000
_LONGEST_MESSAGE = 16_000
_LONGEST_TITLE = 250
_MOST_LISTED = 100


class Conclusion(StrEnum):
    """How a check run ends, in GitHub's words."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a repository wants of its check.

    Attributes:
        fail_on: Findings from this severity on fail it; None fails it for none.
        incomplete_fails: Whether an unanswered question fails it; otherwise it is neutral.
    """

    fail_on: Severity | None = None
    incomplete_fails: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The end of a check run.

    Attributes:
        conclusion: How it ends.
        title: One line.
        summary: Markdown.
        annotations: As GitHub takes them, the worst first.
        found: Whether it is a failure because of a finding, and not for what is missing.
    """

    conclusion: Conclusion
    title: str
    summary: str
    annotations: tuple[dict[str, Any], ...] = ()
    found: bool = False


def verdict_of(review: Review, policy: Policy, remarks: Sequence[str] = ()) -> Verdict:
    """How the check of a reviewed head ends.

    It is a failure where a finding or a gap is one by the repository's policy; neutral where nothing was looked at, no
    model was asked, or something is missing; and else a success.

    Args:
        review: What was found.
        policy: What the repository wants of its check.
        remarks: Lines for people on how the review came about, such as faults of the organisation's configuration.
    """
    return Verdict(
        conclusion=_conclusion(review, policy),
        title=cut(_title(review), _LONGEST_TITLE),
        summary=cut("\n\n".join((*map(inline_text, remarks), *_summary(review))), _LONGEST_SUMMARY),
        annotations=tuple(_annotation(finding) for finding in review.findings if _can_be_annotated(finding)),
        found=_is_found(review, policy),
    )


def for_some_alone(verdict: Verdict, missing: Sequence[str]) -> Verdict:
    """A verdict of a review that did not ask everybody: what it found counts, its silence is not the others'.

    Args:
        verdict: As the reviewers that were asked make it.
        missing: Names of those that look at this repository and were not asked.
    """
    if verdict.conclusion is not Conclusion.SUCCESS:
        return verdict
    title = cut(f"{verdict.title} · not asked: {', '.join(missing)}", _LONGEST_TITLE)
    return replace(verdict, conclusion=Conclusion.NEUTRAL, title=title)


def _conclusion(review: Review, policy: Policy) -> Conclusion:
    if _is_found(review, policy):
        return Conclusion.FAILURE
    if review.gaps and policy.incomplete_fails:
        return Conclusion.FAILURE
    looked = review.coverage.reviewed_lines > 0 and review.models_asked
    return Conclusion.SUCCESS if looked and not review.gaps else Conclusion.NEUTRAL


def _is_found(review: Review, policy: Policy) -> bool:
    return policy.fail_on is not None and review.worst is not None and review.worst >= policy.fail_on


def _title(review: Review) -> str:
    if not review.coverage.changed_lines:
        return "Nothing to review: no line is changed"
    missing = f" · incomplete: {counted(len(review.gaps), 'unanswered question')}" if review.gaps else ""
    alone = "" if review.models_asked else " · no model was asked"
    return f"{verdict(review)}{missing}{alone}"


def _summary(review: Review) -> Iterator[str]:
    yield f"{coverage_line(review.coverage)}."
    if review.note:
        yield inline_text(review.note)
    if review.findings:
        yield "\n".join(_line(finding) for finding in review.findings[:_MOST_LISTED])
    if review.gaps:
        yield "**Not answered**\n\n" + "\n".join(_gap(gap) for gap in review.gaps[:_MOST_LISTED])
    if groups := skipped_groups(review.coverage):
        yield "**Not reviewed**\n\n" + "\n".join(f"- {inline_text(group.summary)}" for group in groups)
    yield usage_line(review)


def _line(finding: Finding) -> str:
    return f"- **{finding.severity.label}** {inline_text(finding.title)} — {inline_code(place(finding))}"


def _gap(gap: Gap) -> str:
    about = f" ({inline_text(gap.path)})" if gap.path else ""
    return f"- {gap.reviewer}{about}: {inline_text(gap.reason)}"


def _can_be_annotated(finding: Finding) -> bool:
    """GitHub annotates lines of the head; what was removed has none there."""
    return finding.location is not None and finding.location.side is Side.RIGHT


_LEVELS = {
    Severity.CRITICAL: "failure",
    Severity.HIGH: "failure",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}


def _annotation(finding: Finding) -> dict[str, Any]:
    location = finding.location
    assert location is not None  # noqa: S101 - the caller has seen to it
    return {
        "path": location.path,
        "start_line": location.start_line,
        "end_line": location.end_line,
        "annotation_level": _LEVELS[finding.severity],
        "title": cut(readable(finding.title), _LONGEST_TITLE),
        "message": cut(readable(finding.message or finding.title), _LONGEST_MESSAGE),
        "raw_details": attribution(finding),
    }


def verdict_of_faults(faults: Sequence[ConfigFault]) -> Verdict:
    """How the check ends where the repository's configuration cannot be used: neutral, with every fault on its line."""
    lines = "\n".join(
        f"- {inline_code(f'{fault.source}:{fault.line}')} {inline_text(fault.message)}" for fault in faults
    )
    return Verdict(
        conclusion=Conclusion.NEUTRAL,
        title=cut(f"Not reviewed: {faults[0]}", _LONGEST_TITLE),
        summary=f"The configuration cannot be used; nothing was reviewed until it is mended.\n\n{lines}",
        annotations=tuple(
            {
                "path": CONFIG_PATH,
                "start_line": fault.line,
                "end_line": fault.line,
                "annotation_level": "failure",
                "title": "The configuration of Quartet",
                "message": fault.message,
            }
            for fault in faults
            if fault.source == CONFIG_PATH
        ),
    )


def verdict_of_failure(reason: str, policy: Policy) -> Verdict:
    """How the check ends where a review could not be done at all."""
    return Verdict(
        conclusion=Conclusion.FAILURE if policy.incomplete_fails else Conclusion.NEUTRAL,
        title=cut(f"Not reviewed: {reason}", _LONGEST_TITLE),
        summary=f"The review could not be done: {inline_text(reason)}\n\nPress the button to try again.",
    )
