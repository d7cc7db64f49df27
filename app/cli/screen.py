"""Reports on a terminal: the lines of the text report, in colour where there is one."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from app.errors import OutputLost
from reviewers.report.text import Style, lines, render

if TYPE_CHECKING:
    from reviewers.diff import Diff
    from reviewers.review import Review

MAX_WIDTH = 120

_COLOURS = {
    Style.PLAIN: "",
    Style.STRONG: "bold",
    Style.FAINT: "dim",
    Style.GOOD: "bold green",
    Style.WARNING: "yellow",
    Style.ADDED: "green",
    Style.REMOVED: "red",
    Style.FLAGGED: "bold",
    Style.CRITICAL: "bold white on red",
    Style.HIGH: "bold red",
    Style.MEDIUM: "bold yellow",
    Style.LOW: "bold blue",
}


def show(review: Review, diff: Diff) -> None:
    """Write the review to standard output: in colour and as wide as the terminal, or plain where it is none."""
    if not sys.stdout.isatty():
        write(render(review, diff))
        return
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False, soft_wrap=True)
    width = min(shutil.get_terminal_size().columns, MAX_WIDTH)
    for line in lines(review, diff, width=width):
        console.print(Text.assemble(*((span.text, _COLOURS[span.style]) for span in line)))


def write(text: str) -> None:
    """Write text to standard output, whatever characters its encoding lacks.

    Raises:
        OutputLost: There is no room for it.
    """
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        msg = f"standard output cannot be written ({error.strerror}); name a file elsewhere with --output"
        raise OutputLost(msg) from error
