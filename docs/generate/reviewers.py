"""What the reviewers look for: the registry comes in; rules, and examples that are flagged and left alone, go out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from docs.generate.tables import block, code, table
from reviewers.perspectives import REVIEWERS
from reviewers.reviewer import Flagged, Reviewer, Rule

PAGE = "reviewers.md"
_EXAMPLES = 3
"""Of each kind on the page; all of them are tests, and stand in ``reviewers/examples``."""
_LANGUAGES = {".py": "python", ".js": "javascript", ".ts": "typescript", ".go": "go", ".yml": "yaml", ".yaml": "yaml"}


def rendered() -> str:
    """A section for each reviewer, in the order in which money is spent."""
    return "\n\n".join("\n\n".join(_section(reviewer)) for reviewer in REVIEWERS)


def _section(reviewer: Reviewer) -> Iterator[str]:
    yield f"## {reviewer.title}"
    yield f"{reviewer.mission} Its name is {code(reviewer.name)}, as in `/review {reviewer.name}`."
    if reviewer.only:
        yield f"It reads {_paths(reviewer.only)} alone."
    yield f"It does not read {_paths(reviewer.skips)}."
    with_cwe = any(rule.cwe for rule in reviewer.rules)
    heads = ["rule", "what it is", "what to do"]
    yield table([*heads[:1], "CWE", *heads[1:]] if with_cwe else heads, (_row(r, with_cwe) for r in reviewer.rules))
    yield f"### What the {reviewer.title.lower()} must flag"
    for flagged in _varied(reviewer):
        yield f"{code(flagged.rule)} in line {flagged.line} of {code(flagged.path)}:"
        yield block(flagged.code, _language(flagged.path))
    yield f"### What the {reviewer.title.lower()} must leave alone"
    for clean in reviewer.clean[:_EXAMPLES]:
        yield f"{clean.temptation.rstrip('.')} ({code(clean.path)}):"
        yield block(clean.code, _language(clean.path))


def _varied(reviewer: Reviewer) -> tuple[Flagged, ...]:
    """The first example of each rule, as many as the page shows."""
    by_rule = {flagged.rule: flagged for flagged in reversed(reviewer.flagged)}
    return tuple(reversed(by_rule.values()))[:_EXAMPLES]


def _row(rule: Rule, with_cwe: bool) -> list[str]:
    cwe = [rule.cwe or ""] if with_cwe else []
    return [code(rule.name), *cwe, rule.summary, rule.help]


def _paths(globs: tuple[str, ...]) -> str:
    return ", ".join(code(glob) for glob in globs)


def _language(path: str) -> str:
    return _LANGUAGES.get(PurePosixPath(path).suffix, "text")
