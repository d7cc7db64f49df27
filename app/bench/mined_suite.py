"""Changes that brought in faults come in; a suite of cases is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from app.bench.suites import CASE_FILE, DIFF_FILE, MAX_FILE_BYTES
from app.errors import OutputLost
from reviewers.syntax.languages import language_of

if TYPE_CHECKING:
    from app.bench.mining import Blamed, Fault, Introduction
    from app.git import GitRepository

_TOGETHER = 3
"""Lines that are no further apart are one place."""

_ID_LENGTH = 12


def write_suite(folder: Path, changes: Iterable[Introduction], repository: GitRepository) -> int:
    """Write a case for each change; the number of cases.

    Raises:
        OutputLost: The folder cannot be written.
        Misconfigured: Git failed.
    """
    count = 0
    for change in changes:
        _write(folder / change.commit.id[:_ID_LENGTH], change, repository)
        count += 1
    return count


def _write(folder: Path, change: Introduction, repository: GitRepository) -> None:
    commit = change.commit
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fields = yaml.safe_dump(_fields(change), sort_keys=False, allow_unicode=True, width=118)
        (folder / CASE_FILE).write_text(fields, encoding="utf-8")
        (folder / DIFF_FILE).write_bytes(change.raw)
        for side, name, paths in (
            ("base", commit.parents[0], [file.old_path or file.path for file in change.diff.files]),
            ("head", commit.id, [file.path for file in change.diff.files]),
        ):
            for path, data in repository.files_at(name, paths, max_bytes=MAX_FILE_BYTES).items():
                if _is_text(data):
                    _write_file(folder / side, path, data)
    except OSError as error:
        msg = f"{error.filename or folder} cannot be written ({error.strerror}); name another folder with --output"
        raise OutputLost(msg) from error


def _write_file(root: Path, path: str, data: bytes) -> None:
    file = root / path
    # A name in a history may be anything; none of them leads out of the suite.
    if file.resolve().is_relative_to(root.resolve()):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _fields(change: Introduction) -> dict[str, Any]:
    languages = sorted({language for file in change.diff.files if (language := language_of(file.path))})
    return {
        "id": change.commit.id[:_ID_LENGTH],
        "languages": languages,
        "perspective": "bugs",
        "clean": False,
        # What else may be wrong with a change of years ago, nobody has fixed yet.
        "complete": False,
        "title": change.commit.subject,
        "body": change.commit.body,
        "goldens": [_golden(fault) for fault in change.faults],
    }


def _golden(fault: Fault) -> dict[str, Any]:
    first, *others = ({"path": path, "start_line": start, "end_line": end} for path, start, end in _places(fault.lines))
    golden = {**first, "text": f"{fault.fix.subject} (fixed by {fault.fix.id[:_ID_LENGTH]})"}
    return golden | ({"alternatives": others} if others else {})


def _places(lines: Iterable[Blamed]) -> Iterator[tuple[str, int, int]]:
    """Runs of lines that stand together, the longest first: where most was taken away, the fault most likely is."""
    runs: list[tuple[str, int, int]] = []
    for line in sorted(lines):
        if runs and runs[-1][0] == line.path and line.line - runs[-1][2] <= _TOGETHER:
            runs[-1] = (line.path, runs[-1][1], line.line)
        else:
            runs.append((line.path, line.line, line.line))
    yield from sorted(runs, key=lambda run: (run[1] - run[2], run))
