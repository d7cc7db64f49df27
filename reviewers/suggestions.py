"""A suggestion is proved before it is offered: applied in memory, the file must differ and still parse."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from reviewers.diff import Side
from reviewers.findings import Finding


def proved(finding: Finding, contents: Mapping[str, str]) -> Finding:
    """The finding with its suggestion if that holds, else without.

    It holds when the finding is placed on the right side, the replacement differs from the lines it replaces, keeps
    the indentation of the first of them, and, for Python and JSON files whose whole text is known and parses, the
    file parses with it too.
    """
    if finding.suggestion is None:
        return finding
    location = finding.location
    if location is None or location.side is Side.LEFT:
        return replace(finding, suggestion=None)
    suggestion = _indented(finding.suggestion.strip("\n"), finding.anchor)
    if suggestion.split() == finding.anchor.split():
        return replace(finding, suggestion=None)
    before = contents.get(finding.path)
    if before is not None:
        lines = before.split("\n")
        lines[location.start_line - 1 : location.end_line] = suggestion.split("\n")
        if _parsed_before(finding.path, before) and not _parses(finding.path, "\n".join(lines)):
            return replace(finding, suggestion=None)
    return replace(finding, suggestion=suggestion)


def _indented(suggestion: str, anchor: str) -> str:
    """The suggestion moved to where the code stands, when the model left all indentation out."""
    first = anchor.split("\n", 1)[0]
    margin = first[: len(first) - len(first.lstrip())]
    if not margin or suggestion[:1].isspace():
        return suggestion
    return "\n".join(margin + line if line.strip() else line for line in suggestion.split("\n"))


@lru_cache(maxsize=8)
def _parsed_before(path: str, text: str) -> bool:
    # Kept, as a file with many suggestions is the same before each of them.
    return _parses(path, text)


def _parses(path: str, text: str) -> bool:
    try:
        if path.endswith((".py", ".pyi")):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text)
        elif path.endswith(".json"):
            json.loads(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
