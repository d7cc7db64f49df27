"""Commits in, those that fix something out: by what their messages say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SEPARATOR, END = "\x1f", "\x1e"
FORMAT = f"%H%x{ord(SEPARATOR):02x}%P%x{ord(SEPARATOR):02x}%s%x{ord(SEPARATOR):02x}%b%x{ord(END):02x}"
"""For ``git log --format``: what ``read_log`` takes."""

_FIXES = re.compile(
    r"\b(?:fix(?:e[sd]|ing)?|hot-?fix|bug(?:s|fix)?|defects?|regressions?|crash(?:e[sd])?)\b", re.IGNORECASE
)
# Keywords with which GitHub and GitLab close an issue.
_CLOSES = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]+/[\w.-]+)?#\d+", re.IGNORECASE)
# What people fix that no reviewer of the code would have been asked to see.
_OF_NO_CODE = re.compile(
    r"^(?:docs?|style|tests?|chore|ci|build|refactor|perf\(ci\))(?:\([^)]*\))?!?:"
    r"|\b(?:typos?|spelling|lint(?:er|ing)?|formatting|whitespace|flaky|changelog|readme|docstrings?|copyright)\b"
    r"|\bfix(?:e[sd]|ing)? (?:the )?(?:tests?|build|ci|docs?|imports?|merge|comments?)\b"
    r"|^(?:merge|bump|revert|release)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as the log tells of it."""

    id: str
    parents: tuple[str, ...]
    subject: str
    body: str


def read_log(text: str) -> Iterator[Commit]:
    """The commits in what ``git log`` printed with ``FORMAT``."""
    for entry in text.split(END):
        fields = entry.strip("\n").split(SEPARATOR)
        if len(fields) == len(("id", "parents", "subject", "body")):
            name, parents, subject, body = fields
            yield Commit(name, tuple(parents.split()), subject.strip(), body.strip())


def fixes(commits: Iterable[Commit]) -> Iterator[Commit]:
    """Those with one parent whose message says that they fix a fault in the code, or close an issue by a fix.

    Example:
        >>> said = ["Fix the total of empty orders", "docs: fix a link", "Fix typo", "Add search", "Bump x (fixes CI)"]
        >>> [commit.subject for commit in fixes(Commit("1", ("0",), subject, "") for subject in said)]
        ['Fix the total of empty orders']
    """
    for commit in commits:
        if len(commit.parents) != 1 or _OF_NO_CODE.search(commit.subject):
            continue
        if _FIXES.search(commit.subject) or _CLOSES.search(f"{commit.subject}\n{commit.body}"):
            yield commit
