"""A change at one moment, with all that a review reads: the same value for a pull request, a range and a diff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewers.diff import Diff
from reviewers.review import Skipped, Target

GUIDANCE_PATHS = ("AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md", "CONTRIBUTING.md")
"""Files in which repositories tell how they want their code; read from the base of a change only."""

SETTINGS_PATHS = ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg", ".importlinter")
"""Files with which a repository sets up tools for Python; read from the base of a change only, and only as data."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """A file of the base branch that tells how this repository wants its code."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedIssue:
    """What a change says it is for; words of whoever wrote it, hence data."""

    number: int
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody wrote in a thread on this change before.

    Attributes:
        path: The file the thread stands on.
        line: Its line at the head, or None where the thread is outdated.
        author: Login.
        body: What was written.
        resolved: Whether the thread is closed.
    """

    path: str
    line: int | None
    author: str
    body: str
    resolved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestSnapshot:
    """A change at one head commit.

    Attributes:
        target: Which change it is.
        diff: What changed.
        contents: Whole text of changed files at the head, by path; a file that is missing here is known only
            by its hunks.
        before: The same at the base, by the path a file had there; a file that is missing here is not known.
        neighbours: Whole text at the head of files that the change does not touch, by path: where context is found.
        title: What the author calls it.
        body: What the author says of it.
        author: Login of the author, or the empty string.
        branch: Name of the branch that holds the change, or the empty string.
        guidance: From the base branch only, so that a change cannot instruct its own reviewers.
        folder_guidance: From the base branch too: guidance that lies in a folder and is meant for what is below it.
        settings: Texts of ``SETTINGS_PATHS`` at the base, by path; those that are there, for a change of Python.
        issues: Those that the change says it closes.
        threads: What people said on its lines before.
        unlisted: Files that the source counts but did not list, with the reason.
    """

    target: Target
    diff: Diff
    contents: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    neighbours: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    body: str = ""
    author: str = ""
    branch: str = ""
    guidance: tuple[Guidance, ...] = ()
    folder_guidance: tuple[Guidance, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    issues: tuple[LinkedIssue, ...] = ()
    threads: tuple[Said, ...] = ()
    unlisted: tuple[Skipped, ...] = ()
