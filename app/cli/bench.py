"""``quartet bench``: its commands and their options, before anything heavy is loaded."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.review import dollars
from app.errors import Misconfigured

commands = typer.Typer(name="bench", help="Measure reviews on changes whose faults are known.")


class Format(StrEnum):
    """Forms of a bench report."""

    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What the user wrote behind ``quartet bench run``; see the command's help for each."""

    suite: str
    models: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    no_llm: bool = False
    max_cost_usd: Decimal | None = None
    output: Path | None = None
    format: Format = Format.MARKDOWN
    replay: bool = False
    cassette: Path | None = None
    judges: tuple[str, ...] = ()
    limit: int | None = None


@commands.callback(invoke_without_command=True)
def _bench(context: typer.Context) -> None:
    """Measure reviews on changes whose faults are known."""
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")


@commands.command("run", short_help="Review every case of a suite, and count.")
def run_command(
    suite: Annotated[
        str,
        typer.Argument(metavar="SUITE", help="A folder of cases, the name of one below bench/suites, or: evidence."),
    ],
    *,
    models: Annotated[
        list[str] | None,
        typer.Option(metavar="[REVIEWER=]PROVIDER/MODEL[,…]", help="As --model of quartet review; several times."),
    ] = None,
    reviewers: Annotated[str, typer.Option(metavar="NAMES", help="Comma-separated. (default: all)")] = "",
    max_cost: Annotated[
        str | None, typer.Option(metavar="USD", help="What the run may cost in all; it ends before it is passed.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep reports, cassette and what is done there; a second run goes on."),
    ] = None,
    cassette: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where answers are kept. (default: below --output)")
    ] = None,
    judge: Annotated[
        str, typer.Option(metavar="MODEL,MODEL", help="Two models of different families that compare words.")
    ] = "",
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the first N cases.")] = None,
    format: Annotated[Format, typer.Option(help="What standard output gets.")] = Format.MARKDOWN,  # noqa: A002 - its name
    no_llm: Annotated[bool, typer.Option("--no-llm", help="Ask no model; measure the evidence sources.")] = False,
    replay: Annotated[bool, typer.Option("--replay", help="Ask nobody; take every answer from the cassette.")] = False,
) -> int:
    """Review every case of a suite and count hits, misses and false alarms.

    Exit status: 0 all cases were run, 2 usage or a fault in the suite, 3 cases were left out or questions unanswered.
    """
    options = RunOptions(
        suite=suite,
        models=tuple(models or ()),
        reviewers=_words(reviewers),
        no_llm=no_llm,
        max_cost_usd=dollars(max_cost),
        output=output,
        format=format,
        replay=replay,
        cassette=cassette or (output / "cassette" if output else None),
        judges=_words(judge),
        limit=limit,
    )
    _check(options)
    from app.cli.bench_run import run  # noqa: PLC0415 - nothing heavy is loaded to show the help or refuse an option

    return run(options)


@commands.command("mine", short_help="Make a suite of a repository's own history.")
def mine_command(
    repository: Annotated[Path, typer.Argument(metavar="REPO", help="A folder in a git repository.")],
    output: Annotated[Path, typer.Option(metavar="SUITE", help="The folder that the cases are written into.")],
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many cases at most.")] = 50,
    since: Annotated[str, typer.Option(metavar="DATE", help="Only fixes after that, as git log takes it.")] = "",
) -> int:
    """Make a suite of a repository's own history: the changes that brought in what later commits fixed.

    Exit status: 0 there are cases, 2 usage, 3 the history holds none.
    """
    from app.cli.bench_mine import run  # noqa: PLC0415 - as above

    return run(repository, output, limit=limit, since=since)


def _check(options: RunOptions) -> None:
    if options.replay and options.cassette is None:
        msg = "--replay needs the answers of an earlier run; name its folder with --cassette DIR or --output DIR"
        raise Misconfigured(msg)
    if options.replay and (options.models or options.judges):
        msg = "--replay asks the models that the cassette was recorded with; leave --models and --judge out"
        raise Misconfigured(msg)
    if options.no_llm and (options.models or options.judges or options.replay):
        msg = "--no-llm asks nobody; leave --models, --judge and --replay out, or --no-llm"
        raise Misconfigured(msg)
    if options.judges and len(options.judges) != len({"one", "other"}):
        msg = f"--judge takes two models of different families, separated by a comma, not {len(options.judges)}"
        raise Misconfigured(msg)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
