"""Names of files with reports of other tools in, what the tools say out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import Misconfigured

if TYPE_CHECKING:
    from reviewers.imported.report import Entry


def read_reports(paths: Iterable[Path]) -> tuple[Entry, ...]:
    """All results of these files.

    Raises:
        Misconfigured: One of them cannot be read, or is no report.
    """
    return tuple(entry for path in paths for entry in _read(path))


def _read(path: Path) -> tuple[Entry, ...]:
    from reviewers.errors import ReportUnreadable  # noqa: PLC0415 - most reviews are given no report
    from reviewers.imported.reading import MOST_BYTES, entries_in  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            return entries_in(file.read(MOST_BYTES + 1))
    except OSError as error:
        msg = f"--evidence {path} cannot be read ({error.strerror}); name a file that another tool has written"
        raise Misconfigured(msg) from error
    except ReportUnreadable as error:
        msg = f"--evidence {path} is of no use: {error}; have the tool write SARIF 2.1.0, checkstyle or rdjson"
        raise Misconfigured(msg) from error
