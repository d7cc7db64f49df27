"""``quartet dismiss``: a decision about a finding is written into the repository's file of learnings."""

from __future__ import annotations

import re
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

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
    learning = Learning(
        kind="accepted" if accepted else "dismissed",
        reason=" ".join(reason.split()),
        finding=name if is_id else "",
        rule="" if is_id else name,
        paths=tuple(paths or ()),
        by=repository.user(),
        expires=_day(expires, today),
    )
    path = add_learning(repository.root, learning, today=today)
    sys.stdout.write(
        f"{path.relative_to(repository.root)}: {name} is not told again; commit the file for it to count\n"
    )
    return 0


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
