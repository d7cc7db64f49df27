"""Python read by bandit: the two faults of its collection that ruff does not know.

Ruff has bandit's other rules as its S family (https://docs.astral.sh/ruff/rules/#flake8-bandit-s), faster and in parts
of files too; B613 (text that reads otherwise than it runs) is ruff's PLE2502. What is left are models from strangers:
B614, weights that are unpickled, and B615, a model or data set that its owner can exchange after it was checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from reviewers.diff import FileDiff
from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence_source import EvidenceSource, Job, Piece, Printed, Reading, Remark, in_tests, suffix
from reviewers.findings import Severity
from reviewers.pieces import added_runs, piece_of, whole_piece
from reviewers.python_fragments import completed


def wants(path: str) -> bool:
    """Python files that are not tests."""
    return suffix(path) == ".py" and "{{" not in path and not in_tests(path)


def pieces(file: FileDiff, text: str | None) -> tuple[Piece, ...]:
    """The file, or its added runs made complete; nothing where no added line can hold such a fault.

    So bandit, which takes half a second to start, is started for few changes.
    """
    if not any(line.added and _WORTH_READING.search(line.text) for line in file.lines):
        return ()
    if whole := whole_piece(file, text, "module.py"):
        return (whole,) if len(whole.text) <= _MOST_CHARACTERS else ()
    runs = (run for hunk in file.hunks for run in added_runs(hunk))
    return tuple(completed(piece_of(run, file, "module.py")) for run in runs)


def parse(printed: Printed, pieces: Mapping[str, Piece]) -> Reading:
    """Bandit's JSON (https://bandit.readthedocs.io/en/latest/formatters/json.html): results, and files not read."""
    try:
        report = json.loads(printed.output)
        return Reading(
            remarks=tuple(_remark(each, pieces) for each in report["results"]),
            unreadable=frozenset(_place(each["filename"]) for each in report["errors"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToolAnswerUnreadable(str(error)) from error


_WORTH_READING = re.compile(r"torch|from_pretrained|load_dataset|_download\b")
_MOST_CHARACTERS = 1_000_000
_RULES = {
    "B614": ("unsafe-deserialization", "CWE-502", Severity.MEDIUM, 0.6),
    "B615": ("supply-chain", "CWE-494", Severity.LOW, 0.5),
}
_FRAGMENT_CONFIDENCE = 0.8


def _remark(result: Any, pieces: Mapping[str, Piece]) -> Remark:
    place = _place(result["filename"])
    rule, cwe, severity, confidence = _RULES[result["test_id"]]
    return Remark(
        place=place,
        code=result["test_id"],
        start_line=min(result["line_range"]),
        end_line=max(result["line_range"]),
        message=result["issue_text"],
        reviewer="security",
        rule=rule,
        cwe=cwe,
        severity=severity,
        confidence=round(confidence * (1 if pieces[place].whole else _FRAGMENT_CONFIDENCE), 2),
        url=result["more_info"],
    )


def _place(filename: str) -> str:
    return filename.replace("\\", "/").removeprefix("./")


BANDIT = EvidenceSource(
    name="bandit",
    wants=wants,
    pieces=pieces,
    job=Job(
        program="bandit",
        package="quartet-review[evidence]",
        arguments=(
            *("--quiet", "--recursive", "--format", "json", "--exit-zero", "--ignore-nosec"),
            *("--tests", ",".join(_RULES), "."),
        ),
    ),
    parse=parse,
    partial="only a part of the file is known, and it is no Python by itself",
    signs=frozenset(("security", rule) for rule, *_ in _RULES.values()),
    optional=True,
    reads=False,
)
