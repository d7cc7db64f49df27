from __future__ import annotations

from collections.abc import Iterable
from itertools import count

import pytest

from reviewers.base_texts import with_base_texts
from reviewers.computing import MOST_CHARACTERS, MOST_FACTS, Computed, Known, computed
from reviewers.diff import Diff, FileDiff
from reviewers.findings import Fact
from reviewers.review import Gap, Target
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import added_file, fact, file_diff, hunk
from tests.reviewers.evidence.gathered import codes, gathered

SIGNS = frozenset({("bugs", "logic-error")})


def source(*found: Fact, beside_removals: bool = False) -> Computed:
    return Computed(
        name="reckoner",
        wants=lambda path: path.endswith(".py"),
        find=lambda _: found,
        signs=SIGNS,
        beside_removals=beside_removals,
    )


def breaking(error: Exception) -> Computed:
    def find(known: Known) -> Iterable[Fact]:
        yield fact(path=known.files[0].path, start_line=1)
        raise error

    return Computed(name="broken", wants=lambda _: True, find=find, signs=SIGNS)


def known(*files: FileDiff, contents: dict[str, str]) -> Known:
    """What a source is given."""
    given: list[Known] = []

    def listen(each: Known) -> Iterable[Fact]:
        given.append(each)
        return ()

    listening = Computed(name="ear", wants=lambda _: True, find=listen, signs=SIGNS)
    snapshot = PullRequestSnapshot(target=Target(kind="diff", name="a.diff"), diff=Diff(files), contents=contents)
    computed(with_base_texts(snapshot), files, [listening])
    return given[0]


CHANGE = file_diff(
    "a.py", hunk(" a", "+b", " c", "+d", old_start=1, new_start=1), hunk(" x", "-y", " z", old_start=9, new_start=11)
)


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        pytest.param((1, 4), [(2, 4)], id="around added lines"),
        pytest.param((2, 2), [(2, 2)], id="on one"),
        pytest.param((1, 10**9), [(2, 4)], id="without an end"),
        pytest.param((3, 3), [], id="on an unchanged line"),
        pytest.param((7, 8), [], id="outside the diff"),
        pytest.param((12, 12), [], id="beside a removal"),
    ],
)
def test_a_computed_fact_stands_on_the_added_lines_that_it_touches(
    lines: tuple[int, int], kept: list[tuple[int, int]]
) -> None:
    evidence = gathered(CHANGE, sources=[source(fact(path="a.py", start_line=lines[0], end_line=lines[1]))])

    assert [(start, end) for start, end, _ in codes(evidence)] == kept


def test_a_fact_about_a_removal_may_stand_beside_it() -> None:
    about = fact(path="a.py", start_line=12)

    evidence = gathered(CHANGE, sources=[source(about, beside_removals=True)])

    assert [(start, end) for start, end, _ in codes(evidence)] == [(12, 12)]


def test_a_fact_on_another_file_is_left_out() -> None:
    assert gathered(CHANGE, sources=[source(fact(path="b.py", start_line=2))]).facts == ()


def test_a_source_that_breaks_down_is_a_gap_and_the_others_speak() -> None:
    sources = [breaking(KeyError("customer's code")), source(fact(path="a.py", start_line=2))]

    evidence = gathered(CHANGE, sources=sources)

    assert len(evidence.facts) == 1
    assert evidence.gaps == (
        Gap(
            reviewer="evidence: broken",
            path="",
            reason="broken broke down (KeyError): report it to the maintainers with the change",
        ),
    )


def test_a_source_that_nothing_concerns_is_not_asked() -> None:
    evidence = gathered(added_file("a.md", "x\n"), sources=[source(fact(path="a.md", start_line=1))])

    assert evidence.facts == ()


def test_a_source_that_never_ends_is_stopped() -> None:
    def find(given: Known) -> Iterable[Fact]:
        return (fact(path=given.files[0].path, start_line=2, code=str(number)) for number in count())

    endless = Computed(name="endless", wants=lambda _: True, find=find, signs=SIGNS)

    assert len(gathered(CHANGE, sources=[endless]).facts) == MOST_FACTS


def test_a_source_knows_both_sides_of_a_file() -> None:
    (file,) = known(file_diff("a.py", hunk(" a", "-b", "+c")), contents={"a.py": "a\nc\nrest\n"}).files

    assert (file.before, file.after) == ("a\nb\nrest\n", "a\nc\nrest\n")
    assert (set(file.added), set(file.shown)) == ({2}, {1, 2})


def test_a_file_known_by_its_hunks_has_neither_side() -> None:
    (file,) = known(file_diff("a.py", hunk(" a", "-b", "+c")), contents={}).files

    assert (file.before, file.after) == (None, None)


def test_a_text_is_parsed_once() -> None:
    given = known(CHANGE, contents={})

    assert given.tree("x = 1\n", "python") is given.tree("x = 1\n", "python")


def test_what_is_parsed_for_a_change_is_bounded_and_said_so() -> None:
    def find(given: Known) -> Iterable[Fact]:
        texts = (f"x = {number}\n" + "y = 2\n" * 50_000 for number in range(MOST_CHARACTERS // 300_000 + 1))
        parsed = [given.tree(text, "python") for text in texts]
        return [fact(path="a.py", start_line=2)] if parsed[0] is not None and parsed[-1] is None else []

    greedy = Computed(name="greedy", wants=lambda _: True, find=find, signs=SIGNS)

    evidence = gathered(CHANGE, sources=[greedy])

    assert len(evidence.facts) == 1
    assert [gap.reviewer for gap in evidence.gaps] == ["evidence: syntax trees"]
