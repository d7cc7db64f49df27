"""``/cost``: what a pull request has cost so far."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from app.commands.command import Command
from reviewers.report.sanitising import inline_text
from reviewers.report.wording import cost, counted

if TYPE_CHECKING:
    from app.commands.desk import Desk

_MOST_ROWS = 200


def _run(desk: Desk, arguments: str) -> str:  # noqa: ARG001 - every command takes them
    lines = desk.store.costs(desk.name, desk.number)
    if not lines:
        return "No model has been asked about this pull request."
    rows = [
        f"| {inline_text(line.reviewer)} | {inline_text(f'{line.provider}/{line.model}')} | {line.calls:,} | "
        f"{cost(line.cost_usd)} |"
        for line in lines[:_MOST_ROWS]
    ]
    known = sum((line.cost_usd for line in lines if line.cost_usd is not None), Decimal(0))
    unknown = sum(line.calls for line in lines if line.cost_usd is None)
    calls = counted(sum(line.calls for line in lines), "call")
    total = f"**{cost(known)}** for {calls}"
    if unknown:
        total = f"**At least {cost(known)}** for {calls}; what {counted(unknown, 'call')} of them cost is not known"
    return "\n".join(("| Asked by | Model | Calls | Cost |", "|---|---|--:|--:|", *rows, "", f"{total}."))


COST = Command(
    name="cost",
    usage="/cost",
    summary="Shows what this pull request has cost, by reviewer and model.",
    details=(
        "All its reviews and commands count, failed calls included. A price that is not known is said to be so, and "
        "never counted as nothing."
    ),
    run=_run,
)
