"""Files come in; they lie in the repository, and nothing that was there is lost without being asked for."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
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
    wanted = [file for file, fate in zip(files, fates, strict=True) if fate is not Fate.UNCHANGED]
    with ExitStack() as stack:
        # Whatever can go wrong goes wrong before the first one is in its place.
        ready = [(stack.enter_context(_written_beside(root / file.path, file.text)), file.path) for file in wanted]
        for temporary, path in ready:
            temporary.replace(root / path)
    return fates


def _fate(root: Path, file: InitialFile) -> Fate:
    try:
        return _found(root, file)
    except (OSError, RuntimeError) as error:
        # Links in a circle were a RuntimeError before Python 3.13.
        if isinstance(error, OSError) and error.errno != errno.ELOOP:
            raise
        msg = f"{file.path} is a symbolic link that leads in a circle; take the link away and try again"
        raise Misconfigured(msg) from error


def _found(root: Path, file: InitialFile) -> Fate:
    path = root / file.path
    if not path.resolve().is_relative_to(root.resolve()):
        msg = f"{file.path} leads out of the repository by a symbolic link; take the link away and try again"
        raise Misconfigured(msg)
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        return Fate.REPLACED if path.is_symlink() else Fate.WRITTEN
    # Git on Windows writes line ends of its own; they are the same to whoever reads the file.
    return Fate.UNCHANGED if there.replace(b"\r\n", b"\n") == file.text.encode() else Fate.REPLACED


@contextmanager
def _written_beside(path: Path, text: str) -> Iterator[Path]:
    """A file beside a path with this text, to be moved there: an interrupted call leaves no half a file.

    Moving replaces a link and does not follow it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".quartet-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(0o644)
        yield Path(name)
    finally:
        with suppress(OSError):
            Path(name).unlink()
