"""A change at one moment, with all that a review reads: the same value for a pull request, a range and a diff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewers.diff import Diff
from reviewers.findings import Skipped, Target

GUIDANCE_PATHS = ("AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md", "CONTRIBUTING.md")
"""Files in which repositories tell how they want their code; read from the base of a change only."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """A file of the base branch that tells how this repository wants its code."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestSnapshot:
    """A change at one head commit.

    Attributes:
        target: Which change it is.
        diff: What changed.
        contents: Whole text of changed files at the head, by path; a file that is missing here is known only
            by its hunks.
        title: What the author calls it.
        body: What the author says of it.
        author: Login of the author, or the empty string.
        guidance: From the base branch only, so that a change cannot instruct its own reviewers.
        unlisted: Files that the source counts but did not list, with the reason.
    """

    target: Target
    diff: Diff
    contents: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    body: str = ""
    author: str = ""
    guidance: tuple[Guidance, ...] = ()
    unlisted: tuple[Skipped, ...] = ()
