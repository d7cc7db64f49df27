"""Entries of GitHub's list of changed files in; file diffs out, with what GitHub left out counted as not seen."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reviewers.diff import FileDiff, FileStatus
from reviewers.diff_parser import parse_patch
from reviewers.errors import DiffError

_STATUSES = {
    "added": FileStatus.ADDED,
    "removed": FileStatus.DELETED,
    "renamed": FileStatus.RENAMED,
    "copied": FileStatus.COPIED,
}
_EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
_SUBMODULE = re.compile(r"@@[^\n]*@@[^\n]*(?:\n[-+]Subproject commit [0-9a-f]{40}(?:-dirty)?)+\n?")
_CONTEXT_LINES = 3
# difflib needs about a second for these; what is larger stays unseen, which is said.
_MOST_COMPARED_LINES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """One entry of the list.

    Attributes:
        path: Its path now, or, when it was removed, the path it had.
        old_path: Its path before, when it was renamed or copied.
        status: What happened.
        additions: Added lines, as GitHub counts them.
        deletions: Removed lines, as GitHub counts them.
        blob: Object id of the content.
        patch: The hunks, or None where GitHub left them out: binaries, pure renames, and files it finds too large.
    """

    path: str
    old_path: str | None = None
    status: FileStatus = FileStatus.MODIFIED
    additions: int = 0
    deletions: int = 0
    blob: str = ""
    patch: str | None = None

    @property
    def changes(self) -> int:
        """Number of added and removed lines, as GitHub counts them."""
        return self.additions + self.deletions


def listed(entry: Mapping[str, Any]) -> ListedFile:
    """An entry as GitHub's ``diff-entry`` schema describes it."""
    patch = entry.get("patch") or None
    return ListedFile(
        path=entry["filename"],
        old_path=entry.get("previous_filename"),
        status=_STATUSES.get(entry.get("status", ""), FileStatus.MODIFIED),
        additions=entry.get("additions", _rows(patch, "+")),
        deletions=entry.get("deletions", _rows(patch, "-")),
        blob=entry.get("sha") or "",
        patch=patch,
    )


def file_diff(file: ListedFile) -> FileDiff:
    """The file diff of an entry; lines that its patch does not show are unseen."""
    bare = FileDiff(path=file.path, old_path=file.old_path, status=file.status)
    if file.patch is None:
        touched = file.status in {FileStatus.ADDED, FileStatus.DELETED, FileStatus.MODIFIED}
        binary = touched and file.changes == 0 and file.blob != _EMPTY_BLOB
        return replace(bare, binary=binary, unseen_lines=file.changes)
    try:
        shown = parse_patch(file.patch, path=file.path, old_path=file.old_path, status=file.status)
    except DiffError:
        return replace(bare, unseen_lines=file.changes)
    if _SUBMODULE.fullmatch(file.patch):
        shown = replace(shown, new_mode="160000")
    return replace(shown, unseen_lines=max(0, file.changes - shown.changed_lines))


def compared(file: ListedFile, old: str, new: str) -> ListedFile:
    """The entry with a patch computed from both contents, or as it was where they are too large to compare."""
    before, after = _lines(old), _lines(new)
    if max(len(before), len(after)) > _MOST_COMPARED_LINES:
        return file
    patch = difflib.unified_diff(before, after, n=_CONTEXT_LINES)
    without_header = itertools.islice(patch, 2, None)
    return replace(file, patch="".join(_ended(line) for line in without_header))


def whole_text(file: FileDiff) -> str | None:
    """The content of a new file that its own hunk shows completely, else None."""
    if file.status is not FileStatus.ADDED or file.unseen_lines or len(file.hunks) != 1 or file.submodule:
        return None
    lines = file.hunks[0].lines
    text = "\n".join(line.text for line in lines)
    return text if not lines or lines[-1].ends_file else f"{text}\n"


def _rows(patch: str | None, marker: str) -> int:
    return sum(row.startswith(marker) for row in (patch or "").split("\n"))


def _lines(text: str) -> list[str]:
    # Not splitlines(): only a line feed ends a line for git.
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
