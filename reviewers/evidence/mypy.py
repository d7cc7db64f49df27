"""Python read by mypy, where the base of the repository sets it up: calls, returns and values that do not fit.

Each file is checked by itself: what it imports is unknown, except for the standard library, and an unknown value fits
everywhere. So what mypy still says follows from the file alone. Kinds of error that a missing import can bring about,
or that are a matter of how strictly one writes types, are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from reviewers.diff import FileDiff
from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence_source import (
    EvidenceSource,
    Job,
    Piece,
    Printed,
    Reading,
    Remark,
    in_test_data,
    suffix,
)
from reviewers.findings import Severity
from reviewers.meaning import Meaning
from reviewers.mypy_settings import mypy_settings
from reviewers.pieces import whole_piece
from reviewers.snapshot import PullRequestSnapshot


def wants(path: str) -> bool:
    """Python files, but for what tests read."""
    return suffix(path) in {".py", ".pyi"} and "{{" not in path and not in_test_data(path)


def pieces(file: FileDiff, text: str | None) -> tuple[Piece, ...]:
    """The whole file where it is known: what a name is stands elsewhere in it."""
    whole = whole_piece(file, text, f"module{suffix(file.path)}")
    return (whole,) if whole and len(whole.text) <= _MOST_CHARACTERS else ()


def beside(file: FileDiff, snapshot: PullRequestSnapshot) -> Mapping[str, str] | None:
    """What the repository asks of mypy for that file; None where it does not."""
    settings = mypy_settings(snapshot.settings, file.path)
    return None if settings is None else {"settings.json": json.dumps(asdict(settings), sort_keys=True)}


def parse(printed: Printed, pieces: Mapping[str, Piece]) -> Reading:
    """What ``reviewers.type_checker`` prints: a line of JSON for each error."""
    try:
        return Reading(remarks=tuple(_remarks(printed.output, pieces)))
    except (ValueError, KeyError, TypeError) as error:
        raise ToolAnswerUnreadable(str(error)) from error


_MOST_CHARACTERS = 500_000

_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
_TABLE: tuple[tuple[str, Severity, float, str], ...] = (
    ("wrong-argument", _HIGH, 0.85, "call-arg str-format str-unpack"),
    ("wrong-argument", _MEDIUM, 0.75, "call-overload typeddict-unknown-key"),
    ("type-confusion", _MEDIUM, 0.75, "arg-type return-value operator index"),
    ("none-dereference", _MEDIUM, 0.7, "union-attr"),
    ("undefined-name", _HIGH, 0.8, "attr-defined used-before-def"),
    ("logic-error", _MEDIUM, 0.75, "return"),
    ("wrong-comparison", _MEDIUM, 0.8, "truthy-function"),
    ("concurrency", _HIGH, 0.9, "unused-coroutine"),
    ("unused-result", _MEDIUM, 0.75, "func-returns-value"),
    ("api-misuse", _HIGH, 0.85, "abstract"),
)
_RULES = {
    code: Meaning(reviewer="bugs", rule=rule, cwe=None, severity=severity, confidence=confidence)
    for rule, severity, confidence, codes in _TABLE
    for code in codes.split()
}


def _remarks(output: str, pieces: Mapping[str, Piece]) -> Iterator[Remark]:
    for row in output.splitlines():
        each = json.loads(row)
        meaning = _RULES.get(each["code"])
        if meaning is None or each["severity"] != "error" or each["file"] not in pieces:
            continue
        yield Remark(
            place=each["file"],
            code=each["code"],
            start_line=each["line"],
            end_line=max(each["line"], each.get("end_line") or 0),
            message=each["message"],
            reviewer=meaning.reviewer,
            rule=meaning.rule,
            severity=meaning.severity,
            confidence=meaning.confidence,
            url=f"https://mypy.readthedocs.io/en/stable/_refs.html#code-{each['code']}",
        )


MYPY = EvidenceSource(
    name="mypy",
    wants=wants,
    pieces=pieces,
    job=Job(
        program="python",
        package="quartet-review[evidence]",
        arguments=("-I", str(Path(__file__).parent.parent / "type_checker.py")),
        needs="mypy",
    ),
    parse=parse,
    partial="not known as a whole",
    signs=frozenset((meaning.reviewer, meaning.rule) for meaning in _RULES.values()),
    optional=True,
    reads=False,
    beside=beside,
)
