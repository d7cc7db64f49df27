"""Code read by our own rules over syntax trees: whole files where they are known, else the hunks' new sides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
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
    in_tests,
)
from reviewers.findings import Severity
from reviewers.pieces import new_side, piece_of, whole_piece
from reviewers.python_fragments import completed
from reviewers.syntax.languages import LANGUAGES, language_of


def wants(path: str) -> bool:
    """Files in a language that has rules; what a bundler wrote and templates of files are not read."""
    return language_of(path) in _WITH_RULES and ".min." not in path.lower() and "{{" not in path


def pieces(file: FileDiff, text: str | None) -> tuple[Piece, ...]:
    """The whole file where it is known, else the new side of each hunk that adds something."""
    language = language_of(file.path) or ""
    name = f"code{_ENDINGS[language]}"
    if whole := whole_piece(file, text, name):
        return (whole,)
    parts = [piece_of(new_side(hunk), file, name) for hunk in file.hunks if any(line.added for line in hunk.lines)]
    return tuple(completed(part) if language == "python" else part for part in parts)


def parse(printed: Printed, pieces: Mapping[str, Piece]) -> Reading:
    """The scanner's remarks, with what each rule means."""
    try:
        answer = json.loads(printed.output)
        return Reading(
            remarks=tuple(
                _remark(place, code, (start, end), answer["rules"][code], whole=pieces[place].whole)
                for place, code, start, end in answer["remarks"]
                if _speaks(answer["rules"][code], pieces[place])
            ),
            unreadable=frozenset(answer["unread"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ToolAnswerUnreadable(str(error)) from error


_WITH_RULES = frozenset(
    {"python", "javascript", "typescript", "tsx", "go", "java", "csharp", "ruby", "php", "c", "cpp"}
)
_ENDINGS = {language: min(endings, key=lambda ending: (len(ending), ending)) for language, endings in LANGUAGES.items()}
_FRAGMENT_CONFIDENCE = 0.8
_SIGNS = {
    "security": """
        injection command-injection code-injection path-traversal cross-site-scripting request-forgery
        unsafe-deserialization hardcoded-secret weak-cryptography weak-randomness broken-authentication
        missing-authorization information-exposure insecure-transport insecure-permissions insecure-temp-file
        xml-external-entity open-redirect resource-exhaustion race-condition insecure-configuration memory-safety
    """,
    "bugs": """
        logic-error none-dereference wrong-argument exception-swallowed error-path resource-leak concurrency off-by-one
        wrong-comparison mutable-default closure-capture type-confusion api-misuse data-loss unreachable-code
        unused-result broken-test
    """,
    "performance": """
        query-in-loop quadratic-time unbounded-growth blocking-call needless-copy repeated-work chatty-io large-payload
        inefficient-iteration lock-contention missing-timeout
    """,
}


def _speaks(meaning: Mapping[str, Any], piece: Piece) -> bool:
    if meaning["whole"] and not piece.whole:
        return False
    if meaning["reviewer"] != "security" and in_test_data(piece.path):
        return False
    return bool(meaning["in_tests"]) or not in_tests(piece.path)


def _remark(place: str, code: str, lines: tuple[int, int], meaning: Mapping[str, Any], *, whole: bool) -> Remark:
    return Remark(
        place=place,
        code=code,
        start_line=lines[0],
        end_line=lines[1],
        message=meaning["message"],
        reviewer=meaning["reviewer"],
        rule=meaning["rule"],
        cwe=meaning["cwe"],
        severity=Severity.of(meaning["severity"]),
        confidence=round(meaning["confidence"] * (1 if whole else _FRAGMENT_CONFIDENCE), 2),
    )


PATTERNS = EvidenceSource(
    name="patterns",
    wants=wants,
    pieces=pieces,
    job=Job(
        program="python",
        package="ast-grep-py",
        arguments=("-I", str(Path(__file__).parent.parent / "patterns" / "scanner.py")),
    ),
    parse=parse,
    partial="too long to be parsed",
    signs=frozenset((reviewer, rule) for reviewer, rules in _SIGNS.items() for rule in rules.split()),
)
