"""From a file's diff, and its whole text where that is known, the pieces of code that a tool can read."""

from __future__ import annotations

from reviewers.diff import FileDiff, FileStatus, Hunk, Line
from reviewers.evidence_source import Piece


def whole_piece(file: FileDiff, text: str | None, name: str) -> Piece | None:
    """The whole file at the head of the change, or None where it is not known.

    A text that disagrees with the diff is another version of the file and does not count. A new file is whole in
    its diff. ``\\r`` alone, at which some tools break lines and a diff does not, becomes a space.
    """
    lines = _lines_of(text) if text is not None else None
    if lines is None or not _agree(file, lines):
        lines = _lines_of_new_file(file)
    if lines is None:
        return None
    return Piece(path=file.path, name=name, text=joined(lines), numbers=tuple(range(1, len(lines) + 1)), whole=True)


def added_piece(file: FileDiff, name: str) -> Piece:
    """The added lines alone."""
    return piece_of([line for line in file.lines if line.added], file, name)


def new_side(hunk: Hunk) -> tuple[Line, ...]:
    """The lines of a hunk that are in the new file."""
    return tuple(line for line in hunk.lines if line.new is not None)


def added_runs(hunk: Hunk) -> tuple[tuple[Line, ...], ...]:
    """Added lines of a hunk that stand together without another line of the new file between them."""
    runs: list[list[Line]] = []
    for line in new_side(hunk):
        if not line.added:
            continue
        if runs and runs[-1][-1].new == (line.new or 0) - 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return tuple(tuple(run) for run in runs)


def piece_of(lines: list[Line] | tuple[Line, ...], file: FileDiff, name: str) -> Piece:
    """Some lines of the new file as a piece."""
    return Piece(
        path=file.path,
        name=name,
        text=joined([_plain(line.text) for line in lines]),
        numbers=tuple(line.new or 0 for line in lines),
        whole=False,
    )


def joined(lines: list[str]) -> str:
    """Lines as the text of a file, with a line feed after each."""
    return "".join(f"{line}\n" for line in lines)


def _lines_of(text: str) -> list[str]:
    lines = [_plain(line) for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def _lines_of_new_file(file: FileDiff) -> list[str] | None:
    if file.status is not FileStatus.ADDED or file.unseen_lines:
        return None
    return [_plain(line.text) for line in file.lines if line.new is not None]


def _agree(file: FileDiff, lines: list[str]) -> bool:
    return all(
        line.new is None or (line.new <= len(lines) and lines[line.new - 1] == _plain(line.text)) for line in file.lines
    )


def _plain(line: str) -> str:
    return line.removesuffix("\r").replace("\r", " ")
