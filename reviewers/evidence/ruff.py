"""Python read by ruff: faults that follow from the code's form, in whole files and in parts of them."""

from __future__ import annotations

import io
import json
import tokenize
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
    in_tests,
    json_list,
    suffix,
)
from reviewers.findings import Severity
from reviewers.meaning import Meaning
from reviewers.pieces import added_runs, new_side, piece_of, whole_piece
from reviewers.python_fragments import completed
from reviewers.ruff_rules import NEED_THE_WHOLE_FILE, RULES


def wants(path: str) -> bool:
    """Python files; templates of Python files (``{{ name }}.py``) are not Python."""
    return suffix(path) in {".py", ".pyw", ".pyi"} and "{{" not in path


def pieces(file: FileDiff, text: str | None) -> tuple[Piece, ...]:
    """The whole file where it is known; else each hunk's new side, and each run of added lines, made complete."""
    name = _NAMES.get(file.path.rsplit("/", 1)[-1], "stub.pyi" if suffix(file.path) == ".pyi" else "module.py")
    if whole := whole_piece(file, text, name):
        return (whole,) if len(whole.text) <= _MOST_CHARACTERS else ()
    parts = [
        part for hunk in file.hunks for part in (new_side(hunk), *added_runs(hunk)) if any(line.added for line in part)
    ]
    return tuple(completed(piece_of(part, file, name)) for part in dict.fromkeys(parts))


def parse(printed: Printed, pieces: Mapping[str, Piece]) -> Reading:
    """Ruff's JSON (https://docs.astral.sh/ruff/settings/#output-format): a list of violations with their places."""
    try:
        violations = [(_place(each["filename"]), each) for each in json_list(printed.output)]
        broken = {place for place, each in violations if each["code"] in _SYNTAX}
        return Reading(
            remarks=tuple(_once_per_file(_remarks(violations, pieces))),
            unreadable=frozenset(place for place in broken if not pieces[place].whole),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToolAnswerUnreadable(str(error)) from error


_NAMES = {"__init__.py": "__init__.py", "conftest.py": "conftest.py"}
_SYNTAX = {"invalid-syntax", None}
_MOST_CHARACTERS = 1_000_000
_FRAGMENT_CONFIDENCE = 0.8
_HARMLESS_CONFIDENCE = 0.5
_CALL_LINES = 40
_BROKEN_LINES = 3
"""A parser complains of an open bracket only when it meets what cannot stand inside."""
_MADE_ONCE = """
click.option fastapi.Body fastapi.Cookie fastapi.Depends fastapi.File fastapi.Form fastapi.Header fastapi.Path
fastapi.Query fastapi.Security typer.Argument typer.Option
"""


def _remarks(violations: list[tuple[str, Any]], pieces: Mapping[str, Piece]) -> Iterator[Remark]:
    for place, each in violations:
        piece = pieces[place]
        code = each["code"] or "invalid-syntax"
        meaning = RULES.get(code)
        if meaning is None or not _speaks(code, meaning, piece):
            continue
        row, column = each["location"]["row"], each["location"]["column"]
        harmless = "seems safe" in each["message"]
        doubt = (1 if piece.whole else _FRAGMENT_CONFIDENCE) * (_HARMLESS_CONFIDENCE if harmless else 1)
        yield Remark(
            place=place,
            code=code,
            start_line=row,
            end_line=max(row, each["end_location"]["row"], _end_of_call(piece, row, column)),
            message=each["message"],
            reviewer=meaning.reviewer,
            rule=meaning.rule,
            cwe=meaning.cwe,
            severity=Severity.LOW if harmless else meaning.severity,
            confidence=round(meaning.confidence * doubt, 2),
            url=each["url"] or "",
            lines_before=_BROKEN_LINES if code == "invalid-syntax" else 0,
        )


def _place(filename: str) -> str:
    return "/".join(filename.replace("\\", "/").split("/")[-2:])


def _speaks(code: str, meaning: Meaning, piece: Piece) -> bool:
    """Whether a rule has something to say there: parts of a file, and tests, mislead some rules."""
    if not piece.whole and code in NEED_THE_WHOLE_FILE:
        return False
    if suffix(piece.path) == ".pyi" and meaning.reviewer != "bugs":
        return False
    if meaning.reviewer != "security" and in_test_data(piece.path):
        return False
    minor = meaning.reviewer == "performance" or (meaning.reviewer == "security" and meaning.severity < Severity.HIGH)
    return not (minor and in_tests(piece.path))


def _end_of_call(piece: Piece, row: int, column: int) -> int:
    """Last line of the call that begins there: ruff marks the function's name, the fault may be in an argument."""
    lines = piece.text.split("\n")[row - 1 : row - 1 + _CALL_LINES]
    lines[0] = lines[0][column - 1 :]
    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
            if token.type == tokenize.OP and token.string in "([{":
                depth += 1
            elif token.type == tokenize.OP and token.string in ")]}":
                depth -= 1
                if depth <= 0:
                    return row - 1 + token.end[0] if depth == 0 else row
            elif depth == 0 and token.string != "." and token.type != tokenize.NAME:
                return row
    except (tokenize.TokenError, SyntaxError):
        return row
    return row


def _once_per_file(remarks: Iterator[Remark]) -> Iterator[Remark]:
    """One broken line makes a parser complain of many: only the first of a file counts."""
    broken: set[str] = set()
    for remark in remarks:
        if remark.code == "invalid-syntax":
            if remark.place in broken:
                continue
            broken.add(remark.place)
        yield remark


RUFF = EvidenceSource(
    name="ruff",
    wants=wants,
    pieces=pieces,
    job=Job(
        program="ruff",
        package="ruff",
        arguments=(
            *("check", "--isolated", "--no-cache", "--no-respect-gitignore", "--ignore-noqa", "--exit-zero", "--quiet"),
            *("--output-format", "json", "--target-version", "py314"),
            *("--select", ",".join(code for code in RULES if code != "invalid-syntax")),
            *("--config", "lint.pylint.max-args=10"),
            *("--config", f"lint.flake8-bugbear.extend-immutable-calls={json.dumps(_MADE_ONCE.split())}"),
            ".",
        ),
    ),
    parse=parse,
    partial="only a part of the file is known, and it is no Python by itself",
    signs=frozenset((meaning.reviewer, meaning.rule) for meaning in RULES.values()),
)
