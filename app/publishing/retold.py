"""A comment of ours from before it told all of its finding in a hidden line; what can be read of it out."""

from __future__ import annotations

import html
import re

from reviewers.findings import Finding, Location, Severity

_HEADLINE = re.compile(r"^\*\*(?P<severity>Critical|High|Medium|Low) · (?P<title>[^\n]+)\*\*$", re.MULTILINE)
_ATTRIBUTION = re.compile(r"^(?P<reviewer>[a-z][a-z0-9-]*)/(?P<rule>[a-z][a-z0-9-]*)(?: · .*)?$", re.MULTILINE)
_MESSAGE_ENDS = re.compile(r"^(?:`{3,}|> |<!-- )", re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BREAK = "\u200b"
_CERTAINTY = 0.5
"""Of a finding whose own is not written down."""


def finding_in(body: str, place: Location) -> Finding | None:
    """The finding that an inline comment tells, without the code that it stands on, or None where none is told.

    Args:
        body: Text of the comment.
        place: Where it stands on the diff.
    """
    headline = _HEADLINE.search(body)
    if headline is None:
        return None
    said = body[headline.end() :]
    # What a model wrote stands above the line that says who found it.
    attributions = tuple(_ATTRIBUTION.finditer(said))
    if not attributions:
        return None
    by = attributions[-1]
    ends = _MESSAGE_ENDS.search(said, 0, by.start())
    return Finding(
        reviewer=by["reviewer"],
        rule=by["rule"],
        severity=Severity.of(headline["severity"]),
        confidence=_CERTAINTY,
        path=place.path,
        location=place,
        title=_plain(headline["title"]),
        message=_plain(said[: ends.start() if ends else by.start()].strip()),
    )


def _plain(markdown: str) -> str:
    """A text as it was before it was made harmless, or nearly; whoever shows it makes it harmless again."""
    return html.unescape(_ESCAPED.sub(r"\1", markdown)).replace(_BREAK, "")
