from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewers.chunks import cut
from reviewers.diff import Diff, FileDiff, Hunk, Line
from reviewers.diff_parser import decode_diff, parse_diff
from reviewers.hunk_identity import Span, fact_ids, hunk_ids, ids_of, spans
from tests.builders import fact, file_diff, hunk
from tests.reviewers.test_diff_corpus import DIFFS

TEXTS = st.text(st.characters(exclude_characters="\n", exclude_categories=[]), max_size=8)
ROWS = st.lists(st.builds(str.__add__, st.sampled_from(" +-"), TEXTS), min_size=1, max_size=8)
HUNKS = st.lists(ROWS.map(lambda rows: hunk(*rows)), min_size=1, max_size=5)
PATHS = st.sampled_from(["a.py", "b/a.py", "ü\n.py"])


def _at(shifted: Hunk, by: int) -> Hunk:
    lines = tuple(
        replace(line, old=None if line.old is None else line.old + by, new=None if line.new is None else line.new + by)
        for line in shifted.lines
    )
    return replace(
        shifted, old_start=shifted.old_start + by, new_start=shifted.new_start + by, section="f", lines=lines
    )


def _ids(*hunks: Hunk, path: str = "a.py") -> tuple[str, ...]:
    return hunk_ids(file_diff(path, *hunks))


@given(path=PATHS, hunks=HUNKS, by=st.integers(1, 999))
def test_shifted_lines_change_no_identity(path: str, hunks: list[Hunk], by: int) -> None:
    assert _ids(*(_at(each, by) for each in hunks), path=path) == _ids(*hunks, path=path)


@given(hunks=HUNKS, others=st.lists(st.builds(file_diff, st.just("other.py")), max_size=2), data=st.data())
def test_other_files_and_their_order_change_no_identity(
    hunks: list[Hunk], others: list[FileDiff], data: st.DataObject
) -> None:
    mine = file_diff("a.py", *hunks)
    files = data.draw(st.permutations([mine, *others]))

    assert ids_of(files)[files.index(mine)] == hunk_ids(mine)


@given(hunks=HUNKS, data=st.data())
def test_another_text_in_one_line_changes_the_identity_of_its_hunk_alone(
    hunks: list[Hunk], data: st.DataObject
) -> None:
    distinct = list({each.lines: each for each in hunks}.values())
    number = data.draw(st.integers(0, len(distinct) - 1))
    lines = list(distinct[number].lines)
    place = data.draw(st.integers(0, len(lines) - 1))
    lines[place] = replace(lines[place], text=lines[place].text + "?")
    changed = replace(distinct[number], lines=tuple(lines))
    before = _ids(*distinct)

    after = _ids(*(changed if index == number else each for index, each in enumerate(distinct)))

    same = [one == other for one, other in zip(before, after, strict=True)]
    assert same == [index != number for index in range(len(distinct))] or changed.lines in {
        each.lines for each in distinct
    }


@given(hunks=HUNKS)
def test_the_hunks_of_a_file_have_identities_of_their_own(hunks: list[Hunk]) -> None:
    assert len(set(_ids(*hunks, *hunks))) == 2 * len(hunks)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(hunk("+x"), hunk("-x"), id="added or removed"),
        pytest.param(hunk("+x"), hunk(" x"), id="added or there"),
        pytest.param(hunk("+x"), hunk("+ x"), id="indentation"),
        pytest.param(hunk("+x"), hunk("+x "), id="white space at the end"),
        pytest.param(hunk("+x"), hunk("+x\r"), id="the end of the line"),
        pytest.param(hunk("+x"), hunk("+x", "+"), id="a blank line"),
        pytest.param(hunk(" a", "+x"), hunk(" b", "+x"), id="the code around"),
        pytest.param(hunk("+x", "+y"), hunk("+y", "+x"), id="the order"),
        pytest.param(hunk("+x\0+y"), hunk("+x", "+y"), id="a NUL"),
        pytest.param(
            hunk("+x"),
            Hunk(old_start=0, old_count=0, new_start=1, new_count=1, lines=(Line("x", None, 1, ends_file=True),)),
            id="a missing line feed",
        ),
    ],
)
def test_what_code_may_mean_something_else_by_makes_another_hunk(one: Hunk, other: Hunk) -> None:
    assert _ids(one) != _ids(other)


def test_the_same_hunk_under_another_path_is_another_one() -> None:
    assert _ids(hunk("+x")) != _ids(hunk("+x"), path="b.py")


def test_the_name_before_a_renaming_does_not_count() -> None:
    assert hunk_ids(file_diff("a.py", hunk("+x"), old_path="b.py")) == _ids(hunk("+x"))


def test_a_path_that_comes_twice_is_numbered_through() -> None:
    twice = (file_diff("a.py", hunk("+x")), file_diff("a.py", hunk("+x")))

    ((first,), (second,)) = ids_of(twice)

    assert second == f"{first}.2"


@given(files=st.lists(st.builds(lambda path, hunks: file_diff(path, *hunks), PATHS, HUNKS), max_size=3), data=st.data())
def test_pieces_of_cut_files_are_traced_to_their_hunks(files: list[FileDiff], data: st.DataObject) -> None:
    origins = [
        Span(hunk=name, start=0, end=len(each.lines))
        for file, names in zip(files, ids_of(files), strict=True)
        for name, each in zip(names, file.hunks, strict=True)
    ]
    lines = {
        name: each.lines
        for file, names in zip(files, ids_of(files), strict=True)
        for name, each in zip(names, file.hunks, strict=True)
    }
    limit = data.draw(st.integers(1, 20))
    chunks = cut(files, limit=limit, size=lambda file: sum(len(each.lines) for each in file.hunks))
    pieces = [each for chunk in chunks for file in chunk.files for each in file.hunks]

    traced = spans(origins, pieces)

    assert [lines[span.hunk][span.start : span.end] for span in traced] == [piece.lines for piece in pieces]
    assert all(span.whole == (span.end - span.start == len(lines[span.hunk])) for span in traced)


def test_a_tool_report_is_known_by_its_code_and_not_by_its_lines() -> None:
    before = file_diff("shop/orders.py", hunk("+bad()", new_start=12))
    after = file_diff("shop/orders.py", hunk("+bad()", new_start=40))
    changed = file_diff("shop/orders.py", hunk("+good()", new_start=12))
    here, there = fact(start_line=12), fact(start_line=40)

    ((_, one),) = fact_ids([here], [before]).items()
    ((_, moved),) = fact_ids([there], [after]).items()
    ((_, other),) = fact_ids([here], [changed]).items()

    assert one == moved != other


@pytest.mark.skipif(not (DIFFS / "index.json").exists(), reason=f"no collection of diffs in {DIFFS}")
def test_every_hunk_of_the_shared_diffs_has_an_identity_of_its_own() -> None:
    for path in sorted(DIFFS.glob("*.diff")):
        files = parse_diff(decode_diff(path.read_bytes())).files

        ids = [name for names in ids_of(files) for name in names]

        assert len(set(ids)) == len(ids) == sum(len(file.hunks) for file in files), path.name
        assert ids_of(parse_diff(decode_diff(path.read_bytes())).files) == ids_of(files), path.name


@pytest.mark.skipif(not (DIFFS / "index.json").exists(), reason=f"no collection of diffs in {DIFFS}")
def test_the_hunks_of_the_largest_shared_diff_are_known_in_less_than_50_ms() -> None:
    diffs = [parse_diff(decode_diff(path.read_bytes())) for path in DIFFS.glob("*.diff")]
    largest: Diff = max(diffs, key=lambda diff: sum(len(line.text) for file in diff.files for line in file.lines))
    start = time.process_time()

    ids_of(largest.files)

    assert time.process_time() - start < 0.05
