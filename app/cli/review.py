"""``quartet review``: its options, checked before anything heavy is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.errors import Misconfigured


class Format(StrEnum):
    """How a review is written; a test holds the names equal to those of ``reviewers.report.REPORTS``."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"
    RDJSON = "rdjson"


class Threshold(StrEnum):
    """Severities, the worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOptions:
    """What the user wrote behind ``quartet review``; see the command's help for each."""

    base: str | None = None
    head: str | None = None
    diff: str | None = None
    pr: str | None = None
    post: bool = False
    reviewers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    format: Format | None = None
    output: Path | None = None
    fail_on: Threshold | None = None
    max_cost_usd: Decimal | None = None
    dry_run: bool = False
    no_llm: bool = False
    evidence: tuple[Path, ...] = ()
    low_evidence: bool = False


_STANDARD_OUTPUT = Path("-")
_SUFFIXES = {
    ".txt": Format.TEXT,
    ".md": Format.MARKDOWN,
    ".json": Format.JSON,
    ".sarif": Format.SARIF,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".rdjson": Format.RDJSON,
}


def command(
    base: Annotated[
        str | None,
        typer.Option(metavar="REF", help="Branch or commit the change is meant for. (default: the default branch)"),
    ] = None,
    head: Annotated[
        str | None, typer.Option(metavar="REF", help="Branch or commit the change ends with. (default: the work tree)")
    ] = None,
    diff: Annotated[str | None, typer.Option(metavar="FILE", help="A unified diff; - reads standard input.")] = None,
    pr: Annotated[str | None, typer.Option(metavar="PR", help="A pull request: its URL, or owner/repo#N.")] = None,
    *,
    post: Annotated[bool, typer.Option("--post", help="Publish the review on the pull request.")] = False,
    reviewers: Annotated[
        str,
        typer.Option(metavar="NAMES", help="Comma-separated: bugs,architecture,performance,security. (default: all)"),
    ] = "",
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[REVIEWER=]PROVIDER/MODEL[,…]",
            help="Model to ask, then its stand-ins; may be given several times. (default: what suits each reviewer)",
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Format | None, typer.Option(help="How the review is written. (default: text, or by the ending of --output)")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report there; the terminal still shows the findings.")
    ] = None,
    fail_on: Annotated[
        Threshold | None, typer.Option(help="End with status 1 if there is a finding at or above this severity.")
    ] = None,
    max_cost: Annotated[
        str | None, typer.Option(metavar="USD", help="What the models may cost; the review shrinks to stay under it.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be asked and what it would cost; ask no model.")
    ] = False,
    no_llm: Annotated[bool, typer.Option("--no-llm", help="Ask no model; let the evidence sources review.")] = False,
    evidence: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A report of another tool: SARIF, checkstyle or rdjson; may be given several times.",
        ),
    ] = None,
    low_evidence: Annotated[
        bool, typer.Option("--low-evidence", help="Tell what a tool alone reports at low severity, too.")
    ] = False,
) -> int:
    """Review a change: the current branch and uncommitted work, a range, a diff or a pull request.

    Exit status: 0 reviewed, 1 a finding at or above --fail-on, 2 usage or configuration, 3 not done or incomplete.
    """
    options = ReviewOptions(
        base=base,
        head=head,
        diff=diff,
        pr=pr,
        post=post,
        reviewers=tuple(name.strip() for name in reviewers.split(",") if name.strip()),
        models=tuple(model or ()),
        format=format,
        output=None if output == _STANDARD_OUTPUT else output,
        fail_on=fail_on,
        max_cost_usd=dollars(max_cost),
        dry_run=dry_run,
        no_llm=no_llm,
        evidence=tuple(evidence or ()),
        low_evidence=low_evidence,
    )
    _check(options)
    from app.cli.review_run import run  # noqa: PLC0415 - nothing heavy is loaded to show the help or refuse an option

    return run(options)


def format_of(options: ReviewOptions) -> Format:
    """The format that is asked for, or that the ending of the output file means."""
    if options.format:
        return options.format
    return _SUFFIXES.get(options.output.suffix.lower(), Format.TEXT) if options.output else Format.TEXT


def _check(options: ReviewOptions) -> None:
    # A variable that a script forgot to set must not make this the review of another change.
    for name, value in (("base", options.base), ("head", options.head), ("diff", options.diff), ("pr", options.pr)):
        if value is not None and not value.strip():
            msg = f"--{name} is empty; name what to review, or leave --{name} out"
            raise Misconfigured(msg)
    if sum(value is not None for value in (options.diff, options.pr)) + bool(options.base or options.head) > 1:
        msg = "--diff, --pr and --base/--head name different changes; give one of them"
        raise Misconfigured(msg)
    if options.post and not options.pr:
        msg = "--post needs a pull request to post to; name it with --pr URL"
        raise Misconfigured(msg)
    if options.post and options.dry_run:
        msg = "--dry-run reviews nothing, so there is nothing to post; leave --post or --dry-run out"
        raise Misconfigured(msg)
    if options.dry_run and options.no_llm:
        msg = "--dry-run shows what models would be asked, and --no-llm asks none; leave one of them out"
        raise Misconfigured(msg)
    if options.output:
        _check_writable(options.output)


def _check_writable(path: Path) -> None:
    if path.is_dir():
        msg = f"--output {path} is a folder; name a file in it"
        raise Misconfigured(msg)
    try:
        # What a link points to, not the link, is made and taken away again.
        target = path.resolve()
        existed = target.exists()
        if existed and not target.is_file():
            return  # a pipe or a device: opening it would already tell its reader something
        # Opened for appending: what stands there stays until the new report is ready.
        with target.open("ab"):
            pass
        if not existed:
            target.unlink()
    except (OSError, RuntimeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "the link leads in a circle"
        msg = (
            f"--output {path} cannot be written ({reason}); name a file in a folder that exists and that you may write"
        )
        raise Misconfigured(msg) from error


def dollars(text: str | None) -> Decimal | None:
    """What ``--max-cost`` says; None where it is left out.

    Raises:
        Misconfigured: It is no amount above zero.
    """
    if text is None:
        return None
    try:
        value = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value <= 0:
        msg = f"--max-cost takes an amount in dollars above zero, such as 0.50, not {text!r}"
        raise Misconfigured(msg)
    return value
