"""Checkstyle's XML in, its errors out: the format that linters of many languages can print.

There is no schema but its own writer: https://checkstyle.org/apidocs/com/puppycrawl/tools/checkstyle/XMLLogger.html.
The text is hostile: a document with a type definition, and so with entities, is refused before any of it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers.expat import ExpatError, ParserCreate

from reviewers.errors import ReportUnreadable
from reviewers.findings import Severity
from reviewers.imported.report import Entry, line_range


def entries(document: str) -> Iterator[Entry]:
    """Its errors, each with the file around it.

    Raises:
        ReportUnreadable: It is no XML, has a type definition, or is something else than checkstyle's.
    """
    reader = _Reader()
    parser = ParserCreate(encoding="utf-8")
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.open
    try:
        parser.Parse(document.encode("utf-8", "replace"), True)
    except ExpatError as error:
        raise ReportUnreadable(f"line {error.lineno} is no XML") from error
    return iter(reader.found)


_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "info": Severity.LOW, "ignore": Severity.LOW}
_ROOT = "checkstyle"


class _Reader:
    """What was read so far."""

    def __init__(self) -> None:
        self.found: list[Entry] = []
        self._file = ""
        self._inside = False

    def refuse(self, *_: object) -> None:
        raise ReportUnreadable("it defines a document type, which no linter does")

    def open(self, name: str, attributes: dict[str, str]) -> None:
        if not self._inside and name != _ROOT:
            raise ReportUnreadable(f"it is XML of another kind (<{name[:40]}>)")
        self._inside = True
        if name == "file":
            self._file = attributes.get("name", "")
        elif name == "error" and (found := _entry(attributes, self._file)):
            self.found.append(found)


def _entry(attributes: dict[str, str], path: str) -> Entry | None:
    number = attributes.get("line", "")
    lines = line_range(int(number) if number.isascii() and number.isdigit() and len(number) < _DIGITS else None, None)
    if lines is None:
        return None
    # Many writers put their own name before the rule's: eslint.rules.no-eval, com.puppycrawl.tools.….MagicNumberCheck.
    tool, _, code = attributes.get("source", "").rpartition(".")
    return Entry(
        tool=tool.split(".")[0] if tool and not tool.startswith("com.") else _ROOT,
        code=code,
        path=path,
        start_line=lines[0],
        end_line=lines[1],
        message=attributes.get("message", ""),
        severity=_LEVELS.get(attributes.get("severity", ""), Severity.MEDIUM),
    )


_DIGITS = 10
