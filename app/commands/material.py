"""What a model is shown of a pull request: the change, what was found in it, and what people said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.github.seals import unsealed
from app.prose import Material
from reviewers.firewall.prose import plain
from reviewers.prompts import MAX_BODY_CHARACTERS, render_file
from reviewers.report.visibility import cut
from reviewers.report.wording import place

if TYPE_CHECKING:
    from app.commands.desk import Desk
    from app.github.threads import Thread
    from reviewers.findings import Finding

MARKED = (
    "Code is shown with its line number, a marker and the line: `+` added, `-` removed, a blank for an unchanged line "
    "of the change, and `.` for code around it."
)
"""How ``render_file`` shows code."""

_MOST_SAID = 20
_LONGEST_SAID = 4_000
_MOST_FINDINGS = 50


def description(desk: Desk) -> Material:
    """What its author says of the pull request."""
    snapshot = desk.fetched.snapshot
    return Material(
        "description", f"Title: {plain(snapshot.title)}\n\n{cut(plain(snapshot.body), MAX_BODY_CHARACTERS)}"
    )


def change(desk: Desk, *, first: str = "") -> Iterator[Material]:
    """The files that changed, each as far as it is text; the file ``first`` before the others."""
    snapshot = desk.fetched.snapshot
    for file in sorted(snapshot.diff.files, key=lambda file: file.path != first):
        if file.hunks:
            yield Material("change", render_file(file, snapshot.contents.get(file.path)))


def findings(desk: Desk) -> Iterator[Material]:
    """What the review has told and nobody has settled."""
    told = desk.store.open_findings(desk.name, desk.number)[:_MOST_FINDINGS]
    if told:
        yield Material("findings of the review", "\n\n".join(described(one.finding) for one in told))


def described(finding: Finding) -> str:
    """A finding in plain text."""
    return (
        f"{finding.severity.label} · {finding.title} · {finding.reviewer}/{finding.rule} · {place(finding)}\n"
        f"{finding.anchor}\n{finding.message}"
    )


def said(thread: Thread | None) -> Iterator[Material]:
    """What was said in a thread, the last of it."""
    if thread is None:
        return
    entries = [("the first comment", thread.body), *((one.author or "somebody", one.body) for one in thread.replies)]
    lines = [f"{author}: {cut(plain(unsealed(body)), _LONGEST_SAID)}" for author, body in entries]
    yield Material("thread", "\n\n".join(lines[:1] + lines[1:][-_MOST_SAID:]))
