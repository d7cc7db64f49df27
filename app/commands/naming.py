"""Which finding a command is about: the one whose id it names, or the one of the thread that it stands in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.commands.command import NotUnderstood
from app.publishing.markers import markers_of
from reviewers.report.sanitising import inline_code, inline_text
from reviewers.report.wording import place

if TYPE_CHECKING:
    from app.commands.desk import Desk
    from app.github.threads import Thread
    from app.store.values import StoredFinding

_ID = re.compile(r"[`#]?([0-9a-fA-F]{4,16})[`:,]?")
_MOST_LISTED = 20
SHOWN_DIGITS = 8


def named(desk: Desk, arguments: str) -> tuple[StoredFinding, str]:
    """The finding, and what is said of it.

    Args:
        desk: Of the comment.
        arguments: The beginning of an id, which may be left out in a thread of ours, and further words.

    Raises:
        NotUnderstood: None is named, or there is no such finding.
        AmbiguousId: Several begin so.
    """
    first, _, rest = arguments.partition(" ")
    identity = _ID.fullmatch(first)
    found = desk.store.finding(desk.name, identity[1], number=desk.number) if identity else None
    if found is not None:
        return found, rest.strip()
    # Words such as "dead" and "added" are made of hex digits, too.
    here = finding_of(desk, desk.thread)
    if here is not None:
        return here, arguments
    missing = f"No finding here begins with {inline_code(first)}." if first else "Which finding?"
    raise NotUnderstood(f"{missing}{_open(desk)}")


def finding_of(desk: Desk, thread: Thread | None) -> StoredFinding | None:
    """The finding that a thread of ours tells, or None."""
    if thread is None or not thread.own:
        return None
    ids = [marker.fields.get("id", "") for marker in markers_of(thread.body) if marker.kind == "finding"]
    found = (desk.store.finding(desk.name, identity, number=desk.number) for identity in ids)
    return next((one for one in found if one is not None and one.number == desk.number), None)


def short(finding: StoredFinding) -> str:
    """An id as people type it."""
    return finding.id[:SHOWN_DIGITS]


def _open(desk: Desk) -> str:
    findings = desk.store.open_findings(desk.name, desk.number)
    if not findings:
        return " None is open on this pull request."
    lines = [
        f"- `{short(one)}` {inline_text(one.finding.title)} ({inline_code(place(one.finding))})"
        for one in findings[:_MOST_LISTED]
    ]
    more = len(findings) - len(lines)
    return "\n\n".join((" Open are:", "\n".join([*lines, *([f"- … and {more} more"] if more else [])])))
