"""What a person sees of an export: a bar on a terminal, plain lines elsewhere; always on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.cli.progress import say

if TYPE_CHECKING:
    from llm_runtime.analytics.langfuse.exporter import Exported

_ROWS_PER_LINE = 10_000


@contextmanager
def watching() -> Iterator[Callable[[Exported], None]]:
    """A function to call with every page; the display is gone when the block ends."""
    if not sys.stderr.isatty():
        yield _Lines().read
        return
    with _bar() as read:
        yield read


def summary(exported: Exported) -> str:
    """One line on an export that has ended."""
    written, window = exported.written, exported.window
    orphans = f", {written.orphaned:,} left out because they were deleted here" if written.orphaned else ""
    return (
        f"{exported.read:,} observations of {window.start:%Y-%m-%d %H:%M} to {window.end:%Y-%m-%d %H:%M} UTC read: "
        f"{written.inserted:,} rows inserted, {written.updated:,} updated, {written.unchanged:,} unchanged{orphans}"
    )


class _Lines:
    """A line for every so many observations."""

    def __init__(self) -> None:
        self._next = _ROWS_PER_LINE

    def read(self, exported: Exported) -> None:
        if exported.read >= self._next:
            self._next = exported.read - exported.read % _ROWS_PER_LINE + _ROWS_PER_LINE
            say(f"{exported.read:,} observations, all before {exported.until:%Y-%m-%d %H:%M} UTC")


@contextmanager
def _bar() -> Iterator[Callable[[Exported], None]]:
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        SpinnerColumn,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("Exporting"),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("asking Langfuse", total=1.0)

        def read(exported: Exported) -> None:
            progress.update(
                bar, completed=exported.share, description=f"{exported.read:,} observations, {exported.until:%Y-%m-%d}"
            )

        yield read
