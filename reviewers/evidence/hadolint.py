"""Dockerfiles read by hadolint, and the shell in them by the shellcheck inside it: what breaks a build or a container.

Only faults are taken; how an image is kept small or its packages are pinned is a matter of taste, and left out
(DL3008, DL3013, DL3018, DL3015, DL3059 and the like). Pages of the rules: https://github.com/hadolint/hadolint/wiki.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

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
    json_list,
)
from reviewers.findings import Severity
from reviewers.pieces import whole_piece


def wants(path: str) -> bool:
    """Dockerfiles and Containerfiles, also those of a target (``Dockerfile.web``, ``web.dockerfile``)."""
    return bool(_NAME.search(path)) and not _NOT_ONE.search(path) and not in_test_data(path)


def pieces(file: FileDiff, text: str | None) -> tuple[Piece, ...]:
    """The whole file where it is known: an instruction means what those before it make of it."""
    whole = whole_piece(file, text, "Dockerfile")
    return (whole,) if whole and len(whole.text) <= _MOST_CHARACTERS else ()


def parse(printed: Printed, pieces: Mapping[str, Piece]) -> Reading:
    """Hadolint's JSON (https://github.com/hadolint/hadolint#cli): a list of rules with their lines.

    A file in a newer grammar than hadolint's is not said to be wrong, but unread.
    """
    try:
        told = [(each["file"].replace("\\", "/"), each) for each in json_list(printed.output)]
        return Reading(
            remarks=tuple(_remarks(told, pieces)),
            unreadable=frozenset(place for place, each in told if each["code"] == _UNREAD),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToolAnswerUnreadable(str(error)) from error


_NAME = re.compile(r"(?i)(?:^|/)(?:(?:docker|container)file(?:\.[\w.-]+)?|[\w.-]+\.(?:docker|container)file)$")
_NOT_ONE = re.compile(r"(?i)\.(?:dockerignore|md|sh|py|json|ya?ml|txt|tmpl|j2|erb)$")
_MOST_CHARACTERS = 500_000
_UNREAD = "DL1000"

_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
_TABLE: tuple[tuple[str, str, str | None, Severity, float, str], ...] = (
    ("security", "excessive-permissions", "CWE-250", _MEDIUM, 0.6, "DL3002"),
    ("security", "excessive-permissions", "CWE-250", _LOW, 0.5, "DL3004"),
    ("security", "supply-chain", "CWE-829", _LOW, 0.5, "DL3006 DL3007"),
    ("bugs", "syntax-error", None, _HIGH, 0.9, "DL3061 DL3043"),
    ("bugs", "wrong-argument", None, _HIGH, 0.9, "DL3011 DL3021"),
    ("bugs", "logic-error", None, _HIGH, 0.9, "DL3023 DL3024"),
    ("bugs", "logic-error", None, _MEDIUM, 0.8, "DL3012 DL3044 DL4003 DL4004"),
    ("bugs", "logic-error", None, _LOW, 0.5, "DL3000 DL3045"),
    ("bugs", "error-path", None, _LOW, 0.5, "DL4006"),
    ("bugs", "data-loss", None, _HIGH, 0.7, "SC2114"),
    ("bugs", "data-loss", None, _MEDIUM, 0.6, "SC2115"),
    ("bugs", "logic-error", None, _MEDIUM, 0.8, "SC2050 SC2069 SC2157 SC2193 SC2194"),
    ("bugs", "wrong-comparison", None, _MEDIUM, 0.8, "SC2071 SC2170"),
)
_RULES = {code: row for row in _TABLE for code in row[5].split()}
_PAGES = {"DL": "https://github.com/hadolint/hadolint/wiki", "SC": "https://www.shellcheck.net/wiki"}


def _remarks(told: list[tuple[str, Any]], pieces: Mapping[str, Piece]) -> Iterator[Remark]:
    for place, each in told:
        if each["code"] not in _RULES:
            continue
        reviewer, rule, cwe, severity, confidence, _ = _RULES[each["code"]]
        yield Remark(
            place=place,
            code=each["code"],
            start_line=each["line"],
            end_line=_end(pieces[place].text.split("\n"), each["line"]),
            message=each["message"],
            reviewer=reviewer,
            rule=rule,
            cwe=cwe,
            severity=severity,
            confidence=confidence,
            url=f"{_PAGES[each['code'][:2]]}/{each['code']}",
        )


def _end(lines: list[str], start: int) -> int:
    """Last line of the instruction that begins there: a line that ends in a backslash goes on."""
    last = start
    while last < len(lines) and (lines[last - 1].rstrip().endswith("\\") or lines[last - 1].lstrip().startswith("#")):
        last += 1
    return last


HADOLINT = EvidenceSource(
    name="hadolint",
    wants=wants,
    pieces=pieces,
    job=Job(
        program="hadolint",
        package="quartet-review[evidence]",
        arguments=("--no-fail", "--no-color", "--disable-ignore-pragma", "--format", "json"),
        named=True,
    ),
    parse=parse,
    partial="not known as a whole, valid Dockerfile",
    signs=frozenset((row[0], row[1]) for row in _TABLE),
    optional=True,
)
