"""Where a diff comes from: the name of a file, or ``-`` for standard input, goes in, and its bytes come out."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

from app.errors import Misconfigured

MAX_DIFF_BYTES = 100_000_000
"""More than anybody reviews, and less than what fills the memory."""


def current_folder() -> Path:
    """The folder that the command was called in.

    Raises:
        Misconfigured: Somebody has removed it.
    """
    try:
        return Path.cwd()
    except OSError as error:
        msg = "the current folder is gone; go into one that exists"
        raise Misconfigured(msg) from error


def read_diff(name: str, *, most: int = MAX_DIFF_BYTES) -> bytes:
    """A diff as it lies there.

    Args:
        name: Path of the file, or ``-``.
        most: How many bytes are read.

    Raises:
        Misconfigured: It cannot be read, or there is more of it.
    """
    try:
        with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        msg = (
            f"--diff {name} cannot be read ({error.strerror}); name a file with a unified diff, or - for standard input"
        )
        raise Misconfigured(msg) from error
    if len(data) > most:
        msg = f"--diff {name} is larger than {most / 1_000_000:g} MB; review it in smaller parts"
        raise Misconfigured(msg)
    return data
