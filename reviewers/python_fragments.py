"""From lines cut out of a Python file, a text that a Python parser may take: what encloses them is made up."""

from __future__ import annotations

import re
from dataclasses import replace

from reviewers.evidence_source import Piece


def completed(piece: Piece) -> Piece:
    """The same lines with what a parser needs before and after them; made-up lines have the number 0.

    Modules that the lines name are imported, so that a linter knows them; for every level of indentation that the
    lines fall back to there is a block that they can belong to; a block that is cut off gets a body.
    """
    lines = piece.text.split("\n")[:-1]
    before = [*_imports(lines), *_enclosing(lines)]
    after = _body(lines)
    return replace(
        piece,
        text="".join(f"{line}\n" for line in (*before, *lines, *after)),
        numbers=(*(0 for _ in before), *piece.numbers, *(0 for _ in after)),
    )


_LINTED = """
asyncio crypt ctypes dill django.utils.safestring ftplib hashlib hmac http.client httpx importlib itertools jinja2
jsonpickle logging logging.config lxml mako markupsafe marshal numpy os os.path pandas paramiko pickle random requests
re shelve shutil socket sqlite3 ssl subprocess sys tarfile telnetlib tempfile threading time torch trio urllib.request
xml.dom.minidom xml.etree.ElementTree xml.sax yaml zipfile
"""
_MODULES = _LINTED.split()
_ALIASES = {"ET": "import xml.etree.ElementTree as ET", "np": "import numpy as np", "pd": "import pandas as pd"}


def _imports(lines: list[str]) -> list[str]:
    words = {word for line in lines for word in re.findall(r"\b([A-Za-z_]\w*)\.", line)}
    names = [module for module in dict.fromkeys(_MODULES) if module.split(".", 1)[0] in words]
    return [*(f"import {name}" for name in names), *(line for name, line in _ALIASES.items() if name in words)]


def _enclosing(lines: list[str]) -> list[str]:
    """Headers of the blocks in which the lines stand, outermost first."""
    filled = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not filled:
        return []
    lowest = _indent(filled[0])
    opened = [f"{lowest}{_header(filled[0], lines)}", f"{lowest}    pass"] if _word(filled[0]) in _CONTINUING else []
    for line in filled[1:]:
        if len(_indent(line)) < len(lowest):
            lowest = _indent(line)
            opened.insert(0, f"{lowest}{_header(line, lines)}")
    return [_function(lines), *opened] if lowest else opened


_CONTINUING = {"else", "elif", "except", "finally"}


def _header(line: str, lines: list[str]) -> str:
    match _word(line):
        case "except" | "finally":
            return "try:"
        case "else" | "elif":
            return "if True:"
        case _:
            return "if True:" if _indent(line) else _function(lines)


def _function(lines: list[str]) -> str:
    """The function that might enclose the lines: a coroutine only where it must be one."""
    waits = any(re.search(r"\bawait\b|\basync\s+(?:with|for)\b", line) for line in lines)
    return "async def _():" if waits else "def _():"


def _word(line: str) -> str:
    found = re.match(r"\s*(\w*)", line)
    return found.group(1) if found else ""


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _body(lines: list[str]) -> list[str]:
    filled = [line for line in lines if line.strip()]
    if filled and filled[-1].rstrip().endswith(":"):
        return [f"{_indent(filled[-1])}    pass"]
    return []
