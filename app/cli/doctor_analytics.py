"""What ``quartet doctor`` reports of those who keep books: Langfuse, and what was lost on the way to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.cli.doctor_line import Line
from app.errors import AppError
from llm_runtime.analytics.langfuse.checking import check_keys, place
from llm_runtime.analytics.langfuse.errors import LangfuseError

if TYPE_CHECKING:
    from app.settings import Settings

_DAY = timedelta(days=1)


def report(settings: Settings, *, offline: bool) -> Iterator[Line]:
    """Lines about Langfuse where it is set up, and about lost records where books are kept.

    Args:
        settings: The environment.
        offline: Whether nobody is asked.
    """
    yield from _langfuse(settings, offline=offline)
    if settings.quartet_analytics:
        yield from _lost(settings)


def _langfuse(settings: Settings, *, offline: bool) -> Iterator[Line]:
    public, secret = settings.langfuse_public_key, settings.langfuse_secret_key
    if not public and not secret:
        return
    if not public or not secret:
        missing = "LANGFUSE_SECRET_KEY" if public else "LANGFUSE_PUBLIC_KEY"
        yield Line(f"✗ Langfuse is told nothing, because {missing} is not set; set it, or neither", fault=True)
        return
    if offline:
        yield Line(f"✓ reviews are told to Langfuse at {place(settings.langfuse_base_url)}, which was not asked")
        return
    try:
        project = check_keys(
            public_key=public, secret_key=secret.get_secret_value(), base_url=settings.langfuse_base_url
        )
    except (LangfuseError, ModuleNotFoundError) as error:
        yield Line(f"✗ {error}", fault=True)
    else:
        yield Line(f"✓ reviews are told to Langfuse at {place(settings.langfuse_base_url)}, project {project!r}")


def _lost(settings: Settings) -> Iterator[Line]:
    from app.analytics.reading import reading  # noqa: PLC0415 - SQLAlchemy takes its time
    from llm_runtime.analytics.dropped import dropped_since  # noqa: PLC0415 - as above

    try:
        with reading(settings) as connection:
            lost = 0 if connection is None else dropped_since(connection, datetime.now(UTC) - _DAY)
    except AppError as error:
        yield Line(f"✗ analytics: {error}", fault=True)
        return
    if lost:
        yield Line(f"! {lost:,} records for analytics were lost in the last day; somebody did not take them in time")
    else:
        yield Line("✓ no record for analytics was lost in the last day")
