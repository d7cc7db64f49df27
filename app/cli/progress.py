"""What a person sees while a review runs: a bar on a terminal, plain lines elsewhere; always on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from reviewers.report.visibility import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewers.panel import Outcome

NAMED_FILES = 2


@contextmanager
def watching(total: int) -> Iterator[Callable[[Outcome], None]]:
    """A function to call as each of ``total`` tasks ends; the display is gone when the block ends."""
    if not total:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _bar(total) as advance:
            yield advance
    else:
        yield _Lines(total).ended


def say(text: str) -> None:
    """One line for the user on standard error; what it quotes cannot move the cursor."""
    line = " ".join(visible(text).split())
    # Nobody may be there to read it; that is no reason to lose the review.
    with suppress(OSError):
        sys.stderr.write(f"quartet: {line}\n")
        sys.stderr.flush()


class _Lines:
    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0

    def ended(self, outcome: Outcome) -> None:
        self._done += 1
        say(f"[{self._done}/{self._total}] {_summary(outcome)}")


@contextmanager
def _bar(total: int) -> Iterator[Callable[[Outcome], None]]:
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.markup import escape  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("Reviewing"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("asking the models", total=total)

        def ended(outcome: Outcome) -> None:
            progress.update(bar, advance=1, description=escape(visible(_summary(outcome))))

        yield ended


def _summary(outcome: Outcome) -> str:
    paths = outcome.task.chunk.paths
    more = f" and {len(paths) - NAMED_FILES} more" if len(paths) > NAMED_FILES else ""
    about = f"{outcome.task.reviewer.name} on {', '.join(paths[:NAMED_FILES])}{more}"
    if outcome.gap:
        return f"{about}: no answer: {outcome.gap.reason}"
    count = len(outcome.answered.answer.findings) if outcome.answered else 0
    seconds = sum(call.seconds for call in outcome.calls)
    return f"{about}: {count} {'remark' if count == 1 else 'remarks'} in {seconds:.1f} s"
