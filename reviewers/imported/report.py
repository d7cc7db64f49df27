"""One entry of a report, as all formats say it."""

from __future__ import annotations

from dataclasses import dataclass

from reviewers.findings import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a tool said of some lines, in its own words.

    Attributes:
        tool: The tool's name as it gives it.
        code: The tool's rule, or the empty string.
        path: As the tool wrote it: relative to whatever it ran in, absolute, or a ``file:`` address.
        start_line: First line in the file, from 1.
        end_line: Last line in the file.
        message: What the tool says.
        severity: The level on our scale.
        tags: Words that the rule goes by, in lower case: ``security``, ``external/cwe/cwe-089``.
        confidence: How sure the tool is, 0–1, or None where it does not say.
    """

    tool: str
    code: str
    path: str
    start_line: int
    end_line: int
    message: str
    severity: Severity
    tags: tuple[str, ...] = ()
    confidence: float | None = None


def line_range(start: object, end: object) -> tuple[int, int] | None:
    """First and last line where both are such; an end that is missing or before the start is the start."""
    if not isinstance(start, int) or isinstance(start, bool) or start < 1:
        return None
    return start, end if isinstance(end, int) and not isinstance(end, bool) and end > start else start


def dicts(value: object) -> tuple[dict[str, object], ...]:
    """The objects of a JSON list; of anything else, and for what is no object, none."""
    return tuple(each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()


def words(value: object) -> tuple[str, ...]:
    """The strings of a JSON list; of anything else none."""
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def part(value: object, *names: str) -> dict[str, object]:
    """The object found by going down these names, or an empty one."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """A string, or for anything else the empty one."""
    return value if isinstance(value, str) else ""
