"""The bytes of a report in, its entries out: the format is known by what stands in it, not by the file's name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from reviewers.errors import ReportUnreadable
from reviewers.imported import checkstyle, rdjson, sarif
from reviewers.imported.report import Entry, dicts

MOST_BYTES = 20_000_000
"""Of one file; GitHub takes SARIF of ten, compressed."""

MOST_ENTRIES = 100_000
"""Of one file: a tool that says more has been run on something else than code."""


def entries_in(data: bytes) -> tuple[Entry, ...]:
    """What a report says.

    Args:
        data: SARIF 2.1.0, checkstyle's XML, rdjson or rdjsonl, in UTF-8.

    Raises:
        ReportUnreadable: It is none of them, broken, or too large.
    """
    if len(data) > MOST_BYTES:
        raise ReportUnreadable(f"it is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise ReportUnreadable("it is not UTF-8") from error
    found = checkstyle.entries(text) if text.startswith("<") else _of_json(text)
    entries = tuple(islice(found, MOST_ENTRIES + 1))
    if len(entries) > MOST_ENTRIES:
        raise ReportUnreadable(f"it has more than {MOST_ENTRIES:,} results")
    return entries


_NONE_OF_THEM = "it is neither SARIF 2.1.0, checkstyle XML nor rdjson"


def _of_json(text: str) -> Iterator[Entry]:
    document = _document(text)
    if isinstance(document, dict) and "runs" in document:
        version = document.get("version")
        if version != _SARIF:
            raise ReportUnreadable(f"it is SARIF of version {str(version)[:20]}, not {_SARIF}")
        return sarif.entries(document)
    if isinstance(document, dict) and "diagnostics" in document:
        return rdjson.entries(document)
    lines = [document] if isinstance(document, dict) else [_document(line) for line in text.split("\n") if line.strip()]
    if not lines or not all(isinstance(line, dict) and "location" in line for line in lines):
        raise ReportUnreadable(_NONE_OF_THEM)
    return rdjson.entries_of(dicts(lines))


_SARIF = "2.1.0"


def _document(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
    except RecursionError as error:
        raise ReportUnreadable("it is nested too deeply") from error
