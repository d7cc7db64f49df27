"""A file's text now and its diff go in, the text that it had before comes out: nobody has to be asked for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from reviewers.diff import FileDiff, FileStatus, Hunk
from reviewers.snapshot import PullRequestSnapshot


def with_base_texts(snapshot: PullRequestSnapshot) -> PullRequestSnapshot:
    """The same snapshot with ``before`` filled for every file whose text at the head, or whose removal, is known.

    What ``before`` holds already stands. A path that comes twice, in a series of patches, is left out: its diffs are
    not all against one base.
    """
    times = Counter(file.path for file in snapshot.diff.files)
    found: dict[str, str] = {}
    for file in snapshot.diff.files:
        text = base_text(file, snapshot.contents.get(file.path)) if times[file.path] == 1 else None
        if text is not None:
            found[file.old_path or file.path] = text
    return replace(snapshot, before=found | dict(snapshot.before)) if found else snapshot


def base_text(file: FileDiff, text: str | None) -> str | None:
    r"""The text of a file before a change, derived by undoing its hunks.

    Args:
        file: What changed.
        text: The whole text at the head, or None where it is not known; that of a deleted file is not needed.

    Returns:
        None for a file that is new, binary or shown in part only, or whose text is another version than the diff's.

    Example:
        >>> from reviewers.diff import Line
        >>> lines = (Line("a", 1, None), Line("b", None, 1))
        >>> hunk = Hunk(old_start=1, old_count=1, new_start=1, new_count=1, lines=lines)
        >>> base_text(FileDiff(path="a.txt", hunks=(hunk,)), "b\nc\n")
        'a\nc\n'
    """
    if file.status is FileStatus.ADDED or file.binary or file.submodule or file.unseen_lines:
        return None
    if file.status is FileStatus.DELETED:
        text = ""
    if text is None:
        return None
    head = text.split("\n")
    ended = head[-1] == ""
    before = _undone(file, head[:-1] if ended else head, ended=ended)
    return None if before is None else "".join(before)


def _undone(file: FileDiff, head: list[str], *, ended: bool) -> list[str] | None:
    """The lines before, each with its end, or None where the diff does not fit the text."""
    feeds = ["\n"] * len(head)
    if head and not ended:
        feeds[-1] = ""
    after = [line + feed for line, feed in zip(head, feeds, strict=True)]
    before: list[str] = []
    done = 0
    for hunk in file.hunks:
        start = _lines_above(hunk.new_start, hunk.new_count)
        if start < done:
            return None
        before += after[done:start]
        if len(before) != _lines_above(hunk.old_start, hunk.old_count) or not _fits(hunk, after):
            return None
        before += [
            _old(hunk_line.text, after, hunk_line.new, ends=hunk_line.ends_file)
            for hunk_line in hunk.lines
            if not hunk_line.added
        ]
        done = start + hunk.new_count
    return before + after[done:]


def _lines_above(start: int, count: int) -> int:
    """A header names the line above for a side without lines (POSIX diff: "the line number of the preceding line")."""
    return start - 1 if count else start


def _fits(hunk: Hunk, after: list[str]) -> bool:
    return all(
        line.new is None or (line.new <= len(after) and _bare(after[line.new - 1]) == _bare(line.text))
        for line in hunk.lines
    )


def _old(text: str, after: list[str], number: int | None, *, ends: bool) -> str:
    if number is not None:
        return after[number - 1]
    return text if ends else f"{text}\n"


def _bare(line: str) -> str:
    # A work tree may have the line ends of its machine, where the diff has git's.
    return line.removesuffix("\n").removesuffix("\r")
