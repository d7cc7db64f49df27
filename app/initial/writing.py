"""Files come in; they lie in the repository, and nothing that was there is lost without being asked for."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from pathlib import Path

from app.errors import Misconfigured
from app.initial.files import InitialFile


class Fate(Enum):
    """What becomes of a file."""

    WRITTEN = "written"
    REPLACED = "replaced"
    UNCHANGED = "there already"


def write_files(root: Path, files: Sequence[InitialFile], *, force: bool) -> tuple[Fate, ...]:
    """Write all of them, or none.

    Args:
        root: Top folder of the repository.
        files: With paths below it.
        force: Whether other contents are replaced.

    Returns:
        What became of each, in their order.

    Raises:
        Misconfigured: One is there with other contents, and ``force`` is not given; or one would land outside.
    """
    fates = tuple(_fate(root, file) for file in files)
    others = [file.path for file, fate in zip(files, fates, strict=True) if fate is Fate.REPLACED]
    if others and not force:
        msg = (
            f"{' and '.join(others)} {'is' if len(others) == 1 else 'are'} there already, and nothing was written; "
            "--dry-run shows what would be, --force replaces"
        )
        raise Misconfigured(msg)
    for file, fate in zip(files, fates, strict=True):
        if fate is not Fate.UNCHANGED:
            _write(root / file.path, file.text)
    return fates


def _fate(root: Path, file: InitialFile) -> Fate:
    path = root / file.path
    if not path.resolve().is_relative_to(root.resolve()):
        msg = f"{file.path} leads out of the repository by a symbolic link; take the link away and try again"
        raise Misconfigured(msg)
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        return Fate.REPLACED if path.is_symlink() else Fate.WRITTEN
    return Fate.UNCHANGED if there == file.text.encode() else Fate.REPLACED


def _write(path: Path, text: str) -> None:
    """At once, so that an interrupted call leaves no half a file; a link is replaced and not followed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".quartet-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
