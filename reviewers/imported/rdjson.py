"""Reviewdog's diagnostics in, as one document (rdjson) or one a line (rdjsonl); what they say out.

The format: https://github.com/reviewdog/reviewdog/blob/master/proto/rdf/reviewdog.proto.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reviewers.findings import Severity
from reviewers.imported.report import Entry, dicts, line_range, part, text


def entries(document: Mapping[str, object]) -> Iterator[Entry]:
    """The diagnostics of one document."""
    name = text(part(document, "source").get("name"))
    yield from entries_of(dicts(document.get("diagnostics")), tool=name, severity=document.get("severity"))


def entries_of(
    diagnostics: Iterable[Mapping[str, object]], *, tool: str = "", severity: object = None
) -> Iterator[Entry]:
    """Diagnostics one by one.

    Args:
        diagnostics: As they were read.
        tool: Who said those that do not say who did.
        severity: Of those that have none.
    """
    for each in diagnostics:
        place = part(each, "location")
        lines = line_range(part(place, "range", "start").get("line"), part(place, "range", "end").get("line"))
        if lines is None:
            continue
        yield Entry(
            tool=text(part(each, "source").get("name")) or tool,
            code=text(part(each, "code").get("value")),
            path=text(place.get("path")),
            start_line=lines[0],
            end_line=lines[1],
            message=text(each.get("message")),
            severity=_LEVELS.get(each.get("severity") or severity, Severity.MEDIUM),
        )


_LEVELS: Mapping[object, Severity] = {
    "ERROR": Severity.HIGH,
    "WARNING": Severity.MEDIUM,
    "INFO": Severity.LOW,
    # Protocol Buffers' numbers of the same words.
    1: Severity.HIGH,
    2: Severity.MEDIUM,
    3: Severity.LOW,
}
