from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviewers.chunks import cut
from reviewers.diff import FileDiff, Hunk, Line


def _file(path: str, *hunk_sizes: int) -> FileDiff:
    hunks: list[Hunk] = []
    number = 1
    for size in hunk_sizes:
        lines = tuple(Line(f"line {number + step}", None, number + step) for step in range(size))
        hunks.append(Hunk(old_start=number, old_count=0, new_start=number, new_count=size, lines=lines))
        number += size + 10
    return FileDiff(path=path, hunks=tuple(hunks))


def _size(file: FileDiff) -> int:
    return sum(len(hunk.lines) for hunk in file.hunks)


def test_files_that_fit_share_a_chunk() -> None:
    chunks = cut([_file("a", 3), _file("b", 4), _file("c", 5)], limit=8, size=_size)

    assert [chunk.paths for chunk in chunks] == [("a", "b"), ("c",)]
    assert [chunk.tokens for chunk in chunks] == [7, 5]


def test_chunks_are_numbered_from_the_number_given() -> None:
    chunks = cut([_file("a", 3), _file("b", 3)], limit=4, size=_size, first_number=5)

    assert [chunk.number for chunk in chunks] == [5, 6]


def test_a_file_that_does_not_fit_is_cut_between_hunks() -> None:
    chunks = cut([_file("a", 5, 2, 4)], limit=7, size=_size)

    assert [[len(hunk.lines) for hunk in chunk.files[0].hunks] for chunk in chunks] == [[5, 2], [4]]


def test_a_hunk_that_does_not_fit_is_cut_between_lines_and_keeps_its_numbers() -> None:
    chunks = cut([_file("a", 10)], limit=5, size=_size)

    second = chunks[1].files[0].hunks[0]
    assert (second.new_start, second.new_count, second.old_count) == (6, 5, 0)


@given(
    files=st.lists(st.lists(st.integers(1, 40), min_size=1, max_size=5), max_size=6),
    limit=st.integers(1, 30),
)
def test_every_line_is_in_exactly_one_chunk_and_no_chunk_is_too_large(files: list[list[int]], limit: int) -> None:
    diffs = [_file(f"f{index}", *sizes) for index, sizes in enumerate(files)]

    chunks = cut(diffs, limit=limit, size=_size)

    said = [(file.path, line) for chunk in chunks for file in chunk.files for line in file.lines]
    assert said == [(file.path, line) for file in diffs for line in file.lines]
    assert all(chunk.tokens <= limit for chunk in chunks)
    assert all(len(set(chunk.paths)) == len(chunk.paths) for chunk in chunks)
