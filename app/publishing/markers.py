"""Hidden lines in what is posted: how a second run recognises what the first one said.

They stand at the very start or the very end of a text, and only there they are read: code that a comment quotes stands
in the middle, so a pull request cannot write one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote

SUMMARY = "<!-- quartet:summary -->"
_PATTERN = r"<!-- quartet:(?P<kind>[a-z]+)(?P<fields>(?: [a-z]+=[^\s<>]*)*) -->"
_ANY = r"<!-- quartet:[a-z]+(?: [a-z]+=[^\s<>]*)* -->\s*"
_MARKER = re.compile(_PATTERN)
_FIELD = re.compile(r"([a-z]+)=([^\s<>]*)")
_LEADING = re.compile(rf"(?:{_ANY})+")
_TRAILING = re.compile(rf"(?:{_ANY})+\Z")
# The oldest are forgotten first. A thousand take 17 KB of the 64 that a comment has.
MOST_REMEMBERED = 1_000

Decided = Literal["dismissed", "paused"]


@dataclass(frozen=True, slots=True)
class Marker:
    """One hidden line: ``<!-- quartet:KIND name=value … -->``."""

    kind: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What our own account said on a pull request before.

    Attributes:
        fingerprints: Of the findings that were told, in the order of telling.
        commented: Those of them that have a comment on the diff.
        head: The head that was reviewed last, or the empty string.
        spoken: Reviewers that looked at all of ``head`` and had their say.
        summary: Text of the summary comment, or None where there is none.
        summarised: Whether the summary knows of everything that was told; if not, a run broke off before its summary.
    """

    fingerprints: tuple[str, ...] = ()
    commented: frozenset[str] = frozenset()
    head: str = ""
    spoken: frozenset[str] = frozenset()
    summary: str | None = None
    summarised: bool = True


def read_posted(remarks: Iterable[str], summary: str | None, reviews: Iterable[str] = ()) -> Posted:
    """What the bodies of our own texts say of what was told.

    Args:
        remarks: Our comments on the diff.
        summary: The summary comment.
        reviews: Our reviews, oldest first; needed only where a run may have broken off between review and summary.
    """
    commented = [identity for body in remarks for identity in _told(markers_of(body))]
    in_summary = markers_of(summary or "")
    in_reviews = [marker for body in reviews for marker in markers_of(body)]
    reviewed = [marker for marker in (*in_summary, *in_reviews) if marker.kind == "reviewed"] or [Marker("reviewed")]
    summarised = dict.fromkeys(_told(in_summary))
    told = dict.fromkeys((*summarised, *_told(in_reviews), *commented))
    return Posted(
        fingerprints=tuple(told),
        commented=frozenset(commented),
        head=reviewed[-1].fields.get("head", ""),
        spoken=frozenset(_listed(reviewed[-1], "reviewers")),
        summary=summary,
        summarised=told.keys() <= summarised.keys(),
    )


def markers_of(body: str) -> tuple[Marker, ...]:
    """The markers at the start and the end of a text."""
    text = body.strip()
    leading = _LEADING.match(text)
    rest = text[leading.end() :] if leading else text
    trailing = _TRAILING.search(rest)
    runs = (run.group() for run in (leading, trailing) if run)
    return tuple(
        Marker(match["kind"], dict(_FIELD.findall(match["fields"]))) for run in runs for match in _MARKER.finditer(run)
    )


def finding_marker(fingerprint: str) -> str:
    """On every inline comment, one for each fingerprint that it tells."""
    return f"<!-- quartet:finding id={fingerprint} -->"


def review_marker(head: str) -> str:
    """On every review."""
    return f"<!-- quartet:review head={head} -->"


def batch_marker(fingerprints: Iterable[str]) -> str:
    """On every review: which findings it tells, so that two at the same head are never taken for one."""
    digest = hashlib.sha256(",".join(sorted(fingerprints)).encode()).hexdigest()
    return f"<!-- quartet:batch id={digest[:16]} -->"


def reviewed_marker(head: str, reviewers: Iterable[str]) -> str:
    """On every review and in the summary: who has spoken at this head."""
    return f"<!-- quartet:reviewed head={head} reviewers={','.join(sorted(reviewers))} -->"


def told_marker(fingerprints: Iterable[str]) -> str:
    """On every review, what it tells; in the summary, what was ever told, so that a deleted comment stays deleted."""
    return f"<!-- quartet:told ids={','.join(tuple(fingerprints)[-MOST_REMEMBERED:])} -->"


def decided_marker(kind: Decided, *, by: str, ids: Iterable[str] = (), reason: str = "") -> str:
    """On a reply of ours: what was decided by the comment that it answers.

    Args:
        kind: ``dismissed`` a finding, or ``paused`` the reviews of the pull request.
        by: Login of who decided.
        ids: Every fingerprint of the finding.
        reason: Why, in that person's words.
    """
    # A dash is written as a number, for two of them may end a comment in some readers of HTML.
    why = quote(reason.encode("utf-8", "replace"), safe="").replace("-", "%2D")
    named = f" ids={','.join(sorted(ids))}" if kind == "dismissed" else ""
    return f"<!-- quartet:decided kind={kind}{named} by={quote(by, safe='[]')} reason={why} -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reply of ours says that was decided; whether it counts is for the comment to say that it answers.

    Attributes:
        kind: ``dismissed`` or ``paused``.
        ids: Fingerprints of the finding that it is about.
        by: Login of who decided.
        reason: Why, or the empty string.
    """

    kind: Decided
    ids: tuple[str, ...]
    by: str
    reason: str


def decisions_by(body: str) -> tuple[Decision, ...]:
    """What a text of ours says that was decided; what is malformed says nothing."""
    return tuple(
        Decision(
            kind="paused" if marker.fields["kind"] == "paused" else "dismissed",
            ids=tuple(_listed(marker, "ids")),
            by=unquote(marker.fields.get("by", "")),
            reason=unquote(marker.fields.get("reason", "")),
        )
        for marker in markers_of(body)
        if marker.kind == "decided" and marker.fields.get("kind") in ("dismissed", "paused")
    )


def told_by(body: str) -> frozenset[str]:
    """Fingerprints of the findings that a text of ours tells."""
    return frozenset(_told(markers_of(body)))


def is_summary(body: str) -> bool:
    """Whether a comment is a summary of ours, provided that it is by our own account.

    The marker is the first thing in it: where others write under the same account, as workflows do, what they repeat of
    a stranger's words stands at the end more often.
    """
    return body.lstrip().startswith(SUMMARY)


def is_review(body: str) -> bool:
    """Whether a review is one of ours, provided that it is by our own account."""
    return any(marker.kind == "review" for marker in markers_of(body))


def _told(markers: Iterable[Marker]) -> Iterator[str]:
    for marker in markers:
        if marker.kind == "told":
            yield from _listed(marker, "ids")
        elif marker.kind == "finding" and marker.fields.get("id"):
            yield marker.fields["id"]


def _listed(marker: Marker, name: str) -> list[str]:
    return [item for item in marker.fields.get(name, "").split(",") if item]
