"""A finding in, the hidden line that tells all of it out, and back: what GitHub remembers where a database is lost.

The text of a comment is for people: made harmless, cut, and without the code that the finding is known by. So all of it
stands once more at the comment's end, as JSON that a person can read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from app.github.redaction import redact
from app.store.finding_data import finding_to_data
from reviewers.findings import Finding
from reviewers.firewall.secrets import SECRET_RULE, masked, without_named
from reviewers.report.visibility import cut

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from app.publishing.markers import Marker

KIND = "about"

LONGEST = 6_000
"""Characters of a hidden line; a usual one has 600 to 1,000."""

_SHORT_TITLE = 300
_SHORT_MESSAGE = 600
_PLAIN = '{}[]":,/._\\'
"""Beside letters and digits: no blank and no angle bracket, which end a marker, and nothing that calls a person."""

_ALWAYS = frozenset({"reviewer", "rule", "severity", "confidence", "path", "title", "message"})


def about_marker(finding: Finding) -> str:
    """All of a finding as one hidden line, or the empty string where even the least of it is too long.

    What is long goes first: who voted how, what a second look said, most of the message, the code. A suggestion is
    never in it, nor code that a secret stands in, as far as its form, its name or the finding itself tells.
    """
    lines = (f"<!-- quartet:{KIND} id={finding.fingerprint} finding={_written(one)} -->" for one in _shorter(finding))
    return next((line for line in lines if len(line) <= LONGEST), "")


def about(markers: Iterable[Marker]) -> Mapping[str, Finding]:
    """The findings that hidden lines of our own account tell, by the id that they were told under.

    Its fingerprint is that id where the line holds the code that it stands on. What is malformed tells nothing.
    """
    found: dict[str, Finding] = {}
    for marker in markers:
        told = _read(marker.fields.get("finding", "")) if marker.kind == KIND else None
        if told is not None and marker.fields.get("id"):
            found[marker.fields["id"]] = told
    return found


def _shorter(finding: Finding) -> Iterator[Finding]:
    whole = replace(finding, suggestion=None, anchor="" if _has_secret(finding) else finding.anchor)
    yield whole
    bare = replace(whole, votes=(), verification=None, dissent=())
    yield bare
    terse = replace(bare, message=cut(bare.message, _SHORT_MESSAGE), title=cut(bare.title, _SHORT_TITLE))
    yield terse
    yield replace(terse, anchor="", evidence=())


def _has_secret(finding: Finding) -> bool:
    code = finding.anchor
    harmless = "\n".join(map(without_named, masked(redact(code)).split("\n")))
    return finding.rule == SECRET_RULE or harmless != code


def _written(finding: Finding) -> str:
    data = {name: value for name, value in finding_to_data(finding).items() if value or name in _ALWAYS}
    # A dash is written as a number, for two of them may end a comment in some readers of HTML.
    return quote(json.dumps(data, separators=(",", ":")), safe=_PLAIN).replace("-", "%2D")


def _read(text: str) -> Finding | None:
    if not text or len(text) > LONGEST:
        return None
    try:
        found = _adapter().validate_json(unquote(text))
    except ValueError:  # pydantic's own is one
        return None
    return found if _is_sound(found) else None


def _is_sound(finding: Finding) -> bool:
    at = finding.location
    placed = at is None or 0 < at.start_line <= at.end_line
    return placed and 0 <= finding.confidence <= 1 and bool(finding.reviewer and finding.rule and finding.title)


@cache
def _adapter() -> TypeAdapter[Finding]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - a review on the command line posts nothing

    return TypeAdapter(Finding)
