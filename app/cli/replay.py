"""``quartet replay``: its options, before anything heavy is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.review import dollars
from app.errors import Misconfigured


class Format(StrEnum):
    """How the difference is written."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """What the user wrote behind ``quartet replay``; see the command's help for each."""

    review: str
    diff: str | None = None
    models: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    config: Path | None = None
    max_cost_usd: Decimal | None = None
    no_llm: bool = False
    cassette: Path | None = None
    format: Format = Format.TEXT


def command(
    review: Annotated[
        str, typer.Argument(metavar="REVIEW", help="A JSON report of quartet review, or the id of a review of the App.")
    ],
    *,
    diff: Annotated[
        str | None, typer.Option(metavar="FILE", help="The change, where neither git nor GitHub has it any more.")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="[REVIEWER=]PROVIDER/MODEL[,…]", help="As for quartet review; several times."),
    ] = None,
    reviewers: Annotated[
        str, typer.Option(metavar="NAMES", help="Comma-separated. (default: those that looked then)")
    ] = "",
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Another .quartet.yml: other instructions, rules or reviewers."),
    ] = None,
    max_cost: Annotated[str | None, typer.Option(metavar="USD", help="What the models may cost.")] = None,
    no_llm: Annotated[bool, typer.Option("--no-llm", help="Ask no model; let the evidence sources review.")] = False,
    cassette: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the answers there; what is there is not asked again.")
    ] = None,
    format: Annotated[Format, typer.Option(help="How the difference is written.")] = Format.TEXT,  # noqa: A002 - its name
) -> int:
    """Make an earlier review again with another model or other instructions, and show what it says otherwise.

    Exit status: 0 made again, 2 usage or the change cannot be read any more, 3 not done or incomplete.
    """
    if not review.strip():
        msg = "REVIEW is empty; name a JSON report or a review's id"
        raise Misconfigured(msg)
    options = ReplayOptions(
        review=review,
        diff=diff,
        models=tuple(model or ()),
        reviewers=tuple(name.strip() for name in reviewers.split(",") if name.strip()),
        config=config,
        max_cost_usd=dollars(max_cost),
        no_llm=no_llm,
        cassette=cassette,
        format=format,
    )
    from app.cli.replay_run import run  # noqa: PLC0415 - nothing heavy is loaded to show the help or refuse an option

    return run(options)
