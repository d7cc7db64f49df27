"""``quartet analytics costs`` and ``analyze``: their options, before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.errors import Misconfigured
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.period import DEFAULT_SINCE


class Format(StrEnum):
    """How answers are written; a test holds the names equal to those of ``app.analytics.formats``."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


_SUFFIXES = {".json": Format.JSON, ".csv": Format.CSV, ".html": Format.HTML, ".htm": Format.HTML}

_Since = Annotated[str, typer.Option(metavar="TIME", help="From when on: 30d, 12h, 4w, or a date.")]
_Until = Annotated[str, typer.Option(metavar="TIME", help="Until when: a date, which is in it. (default: now)")]
Divided = Annotated[
    list[By] | None,
    # Told of itself, the list of a choice would be ``<list[…]>``.
    typer.Option("--by", metavar=f"<{'|'.join(By)}>", help="By what; several times for more. (default: model)"),
]
_Repository = Annotated[
    list[str] | None, typer.Option("--repository", metavar="OWNER/NAME", help="Of this one; several times for more.")
]
_Limit = Annotated[int, typer.Option(min=1, metavar="N", help="Rows of a table that could have any number.")]
_Format = Annotated[Format | None, typer.Option(help="How it is written. (default: as the file's name ends)")]
_Output = Annotated[Path | None, typer.Option(metavar="FILE", help="Where to. (default: standard output)")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user wrote behind the command; see its help for each."""

    since: str
    until: str
    by: tuple[By, ...]
    repositories: frozenset[str] | None
    limit: int
    format: Format
    output: Path | None


def costs(
    *,
    since: _Since = DEFAULT_SINCE,
    until: _Until = "",
    by: Divided = None,
    repository: _Repository = None,
    limit: _Limit = 20,
    format: _Format = None,  # noqa: A002 - its name
    output: _Output = None,
) -> int:
    """Tell what reviews cost: over time, and by model, repository or what else is wished.

    Exit status: 0 told, or there is no review to tell of; 2 usage; 3 the database does not answer, or the file cannot
    be written.
    """
    from app.cli.analytics_questions_run import tell_costs  # noqa: PLC0415 - nothing heavy is loaded to show the help

    return tell_costs(_asked(by, repository, format, output, since=since, until=until, limit=limit))


def analyze(
    *,
    since: _Since = DEFAULT_SINCE,
    until: _Until = "",
    by: Divided = None,
    repository: _Repository = None,
    limit: _Limit = 10,
    format: _Format = None,  # noqa: A002 - its name
    output: _Output = None,
) -> int:
    """Tell all that is known of reviews, what stands out first: cost, latency, failures, prompts, value of findings.

    Exit status: 0 told, or there is no review to tell of; 2 usage; 3 the database does not answer, or the file cannot
    be written.
    """
    from app.cli.analytics_questions_run import tell_everything  # noqa: PLC0415 - as above

    return tell_everything(_asked(by, repository, format, output, since=since, until=until, limit=limit))


def chosen(repositories: Sequence[str] | None) -> tuple[str, ...]:
    """Each repository that was named once.

    Raises:
        Misconfigured: A name is empty, as of a variable that is not set: it means neither all nor none.
    """
    names = tuple(dict.fromkeys(each.strip() for each in repositories or ()))
    if "" in names:
        raise Misconfigured("--repository '' is no repository; write OWNER/NAME")
    return names


def _asked(
    by: list[By] | None,
    repository: list[str] | None,
    form: Format | None,
    output: Path | None,
    *,
    since: str,
    until: str,
    limit: int,
) -> Asked:
    ending = _SUFFIXES.get(output.suffix.lower(), Format.TABLE) if output else Format.TABLE
    return Asked(
        since=since,
        until=until,
        by=tuple(dict.fromkeys(by or ())),
        repositories=frozenset(each.lower() for each in chosen(repository)) or None,
        limit=limit,
        format=form or ending,
        output=output,
    )
