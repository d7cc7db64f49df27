"""``quartet dismiss``: a decision about a finding is written into the repository's file of learnings."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from app.errors import Misconfigured

_ID = re.compile(r"[0-9a-f]{16}")
_DAYS = re.compile(r"(\d{1,4})d")


def command(
    subject: Annotated[str, typer.Argument(metavar="ID|REVIEWER/RULE", help="The finding's id, or a whole rule.")],
    reason: Annotated[str, typer.Argument(metavar="REASON", help="Why, for who reads the file.")],
    *,
    paths: Annotated[
        list[str] | None,
        typer.Option("--path", metavar="GLOB", help="It holds only there; may be given several times."),
    ] = None,
    expires: Annotated[
        str, typer.Option(metavar="DATE|DAYS", help="When it ends: 2027-06-30, or 90d. (default: never)")
    ] = "",
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The JSON report that told it: what it was is noted, and counts for or against its kind.",
        ),
    ] = None,
    accepted: Annotated[
        bool, typer.Option("--accepted", help="The finding was right and is dealt with, rather than wrong.")
    ] = False,
) -> int:
    """Do not tell a finding again in this repository: writes .quartet/learnings.yml, for you to commit.

    Exit status: 0 written, 2 the arguments or the file cannot be used.
    """
    from app.cli.diff_input import current_folder  # noqa: PLC0415 - nothing heavy is loaded to show the help
    from app.git import GitRepository  # noqa: PLC0415
    from app.learnings import add_learning  # noqa: PLC0415
    from reviewers.memory.learnings import Learning  # noqa: PLC0415

    repository = GitRepository.around(current_folder())
    today = datetime.now(UTC).date()
    name = subject.strip().lower()
    is_id = _ID.fullmatch(name) is not None
    if not is_id:
        _check_rule(name)
    if not reason.strip():
        raise Misconfigured("a decision needs a reason, for who reads the file later")
    told = _told_in(report, name) if report and is_id else {}
    learning = Learning(
        kind="accepted" if accepted else "dismissed",
        reason=" ".join(reason.split()),
        finding=name if is_id else "",
        rule="" if is_id else name,
        paths=tuple(paths or ()),
        by=repository.user(),
        expires=_day(expires, today),
        about=f"{told['reviewer']}/{told['rule']}" if told else "",
        model=(*told.get("models", ()), *(fact["source"] for fact in told.get("evidence", ())), "")[0],
    )
    path = add_learning(repository.root, learning, today=today, title=told.get("title", ""))
    sys.stdout.write(
        f"{path.relative_to(repository.root)}: {name} is not told again; commit the file for it to count\n"
    )
    return 0


def _told_in(report: Path, name: str) -> dict[str, Any]:
    """The finding of that id in a JSON report."""
    try:
        document = json.loads(report.read_text(encoding="utf-8"))
        found = [each for each in document["findings"] if name in {each["id"], *each["aliases"]}]
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = getattr(error, "strerror", None) or "it is no report of `quartet review --format json`"
        raise Misconfigured(f"--report {report} cannot be used: {reason}") from error
    if not found:
        raise Misconfigured(
            f"--report {report} tells no finding {name}; leave the option out, or name the right report"
        )
    return dict(found[0])


def _check_rule(name: str) -> None:
    from reviewers.perspectives import REVIEWERS  # noqa: PLC0415 - as above

    reviewer, slash, rule = name.partition("/")
    if not slash or not rule:
        raise Misconfigured(f"{name!r} is neither a finding's id (16 hex digits) nor REVIEWER/RULE")
    known = {each.name: [one.name for one in each.rules] for each in REVIEWERS}
    if reviewer in known and rule not in known[reviewer]:
        raise Misconfigured(f"{reviewer} has no rule {rule!r}; its rules are {', '.join(known[reviewer])}")


def _day(text: str, today: date) -> date | None:
    if not text.strip():
        return None
    if days := _DAYS.fullmatch(text.strip()):
        return today + timedelta(days=int(days[1]))
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise Misconfigured(f"--expires {text!r} is no date; write 2027-06-30, or 90d for ninety days") from error
    if day <= today:
        raise Misconfigured(f"--expires {text} has passed; name a later day")
    return day
