"""``/config``: the configuration in force, and where each value comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.command import Command, NotUnderstood
from app.repo_config import ConfigFault, ConfigRejected
from reviewers.report.sanitising import inline_code, inline_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.commands.desk import Desk

_LONGEST_TABLE = 40_000
_LONGEST_VALUE = 200
_MOST_FAULTS = 50


def _run(desk: Desk, arguments: str) -> str:  # noqa: ARG001 - every command takes them
    try:
        effective = desk.effective
    except ConfigRejected as error:
        raise NotUnderstood(
            f"The configuration of the base branch cannot be used:\n\n{_listed(error.faults)}"
        ) from error
    lines, room = ["| Key | Value | From |", "|---|---|---|"], _LONGEST_TABLE
    for key, value, source in effective.rows():
        line = f"| {inline_code(key)} | {inline_text(value, limit=_LONGEST_VALUE)} | {source.value} |"
        room -= len(line) + 1
        if room < 0:
            lines.append("| … | more than a comment holds | |")
            break
        lines.append(line)
    table = "\n".join(lines)
    if not effective.faults:
        return table
    return f"{table}\n\nLeft out, because it cannot be used:\n\n{_listed(effective.faults)}"


def _listed(faults: Iterable[ConfigFault]) -> str:
    return "\n".join(f"- {inline_text(str(fault))}" for fault in tuple(faults)[:_MOST_FAULTS])


CONFIG = Command(
    name="config",
    usage="/config",
    summary="Shows the configuration in force, and where each value comes from.",
    details=(
        "That is the default, the organisation's `.quartet.yml` in its repository `.github`, or the repository's own "
        "`.quartet.yml`, as the base branch has it: what the pull request itself changes in that file does not count "
        "before it is merged."
    ),
    run=_run,
)
