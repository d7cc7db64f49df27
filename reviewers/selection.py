"""Which files of a change are reviewed, and for every other one the reason why not."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from pathspec import GitIgnoreSpec

from reviewers.diff import Diff, FileDiff, FileStatus
from reviewers.file_kinds import reason_by_content, reason_by_path
from reviewers.review import Skipped

DEFAULT_MAX_FILE_LINES = 5_000
"""Changed lines of one file above which it is data rather than a change that somebody wrote."""

_UNSEEN = "the source did not deliver the patch"
_NO_CONTENTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Selection:
    """Every file of a diff, in its order, on one side or the other; the changed lines of both add up to the diff's.

    A file of which the source delivered only a part is on both: what there is to see of it, and what there is not.
    """

    files: tuple[FileDiff, ...]
    skipped: tuple[Skipped, ...]


class PathFilter:
    """Paths by patterns as in ``.gitignore``.

    A pattern without a slash names a file or folder anywhere (``*.md``, ``docs``); with a slash in front or in the
    middle it starts at the root (``/docs``, ``src/*.py``); a slash at the end means folders only. ``*`` stops at a
    slash, ``**`` does not, what is in a folder that matches does so itself, ``!`` takes back, and the last pattern
    that matches decides (https://git-scm.com/docs/gitignore).

    Example:
        >>> paths = PathFilter(["vendor/", "!vendor/ours/", "*.lock"])
        >>> [path for path in ("vendor/a.py", "vendor/ours/a.py", "app/uv.lock") if paths.matches(path)]
        ['vendor/a.py', 'app/uv.lock']
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        """Read the patterns.

        Raises:
            ValueError: One of them is no pattern.
        """
        self._spec = GitIgnoreSpec.from_lines(patterns)

    def matches(self, path: str) -> bool:
        """Whether the last pattern that says anything of the path takes it."""
        return self._spec.check_file(path).include is True

    def takes_back(self, path: str) -> bool:
        """Whether the last pattern that says anything of the path starts with ``!``."""
        return self._spec.check_file(path).include is False


@functools.lru_cache(maxsize=512)
def path_filter(patterns: tuple[str, ...]) -> PathFilter:
    """The filter of some patterns; kept, for what asks about every file or finding of a change.

    Raises:
        ValueError: One of them is no pattern.
    """
    return PathFilter(patterns)


def select(
    diff: Diff,
    *,
    include: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    max_file_lines: int = DEFAULT_MAX_FILE_LINES,
    contents: Mapping[str, str] = _NO_CONTENTS,
) -> Selection:
    """Part the files of a change into those that are reviewed and those that are not.

    Args:
        diff: The change.
        include: Patterns of paths, as ``PathFilter`` has them; with any, other paths are skipped.
        ignore: Patterns of paths to skip. ``!vendor/ours/`` here has a path reviewed that would be skipped for its
            name.
        max_file_lines: Changed lines above which a file is skipped as too large.
        contents: Whole new text of files, by path, as far as it is known.

    Raises:
        ValueError: A pattern is none.
    """
    included = PathFilter(include) if include else None
    ignored = PathFilter(ignore)
    files: list[FileDiff] = []
    skipped: list[Skipped] = []
    for file in diff.files:
        reason = (
            _reason_by_filter(file.path, included, ignored)
            or _reason_by_status(file)
            or (None if ignored.takes_back(file.path) else reason_by_path(file.path))
            or _reason_by_size(file, max_file_lines)
            or reason_by_content(file, contents.get(file.path))
        )
        if reason:
            skipped.append(Skipped(path=file.path, reason=reason, lines=file.changed_lines))
            continue
        if file.unseen_lines:
            skipped.append(Skipped(path=file.path, reason=f"in part: {_UNSEEN}", lines=file.unseen_lines))
        files.append(replace(file, unseen_lines=0))
    return Selection(tuple(files), tuple(skipped))


def _reason_by_filter(path: str, included: PathFilter | None, ignored: PathFilter) -> str | None:
    if ignored.matches(path):
        return "ignored by path"
    if included and not included.matches(path):
        return "not included by path"
    return None


def _reason_by_status(file: FileDiff) -> str | None:
    if file.submodule:
        return "submodule"
    if file.symlink:
        return "symbolic link"
    if file.binary:
        return "binary"
    if file.status is FileStatus.DELETED:
        return "deleted"
    return None if file.changed_lines else _reason_without_lines(file)


def _reason_without_lines(file: FileDiff) -> str:
    if file.status is FileStatus.MODIFIED and file.old_mode != file.new_mode:
        return "mode change only"
    return {
        FileStatus.ADDED: "empty file",
        FileStatus.RENAMED: "renamed only",
        FileStatus.COPIED: "copied only",
    }.get(file.status, "no changed lines")


def _reason_by_size(file: FileDiff, max_file_lines: int) -> str | None:
    if file.unseen_lines and not file.hunks:
        return _UNSEEN
    if file.changed_lines > max_file_lines:
        return f"too large: more than {max_file_lines} changed lines"
    return None
