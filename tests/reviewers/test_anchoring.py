"""A finding stands where its quote stands, on the right side; what is not in the diff is not placed."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviewers.anchoring import Placement, place
from reviewers.diff import Diff, FileStatus, Line, Side
from reviewers.diff_parser import parse_diff
from tests.builders import file_diff, hunk

PATH = "shop/orders.py"
SHOP = Diff(
    (
        file_diff(
            PATH,
            hunk(
                " def orders_of(db, name):",
                '-    rows = db.execute("select * from orders where name = ?", [name])',
                '+    rows = db.execute("select * from orders where name = " + name)',
                "+    if len(rows) > 0:",
                "+",
                "+        return sorted(rows, key=placed)[::-1]",
                "     return []",
                " ",
                "     }",
                old_start=10,
                new_start=10,
            ),
            hunk(
                " def paid(order):",
                "     check(order)",
                "-    retry = 1",
                "+    retry = 2",
                "+\tcheck(order)",
                "     - name: paid",
                "     return []",
                old_start=40,
                new_start=43,
            ),
        ),
    )
)


def placed(quote: str, *, line: int | None = None, side: Side | None = None, path: str = PATH) -> str | None:
    """The place in short: ``R12-14``; with ``~`` where only a part of the quote was found."""
    placement = place(SHOP, path=path, quote=quote, line_hint=line, side_hint=side)
    return _short(placement) if placement else None


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        pytest.param('    rows = db.execute("select * from orders where name = " + name)', "R11", id="as it is"),
        pytest.param('rows  =  db.execute("select * from orders where name = " + name)\r', "R11", id="other blanks"),
        pytest.param('    rows = db.execute("select * from orders where name = ?", [name])', "L11", id="removed"),
        pytest.param("if len(rows) > 0:\n    return sorted(rows, key=placed)[::-1]", "R12-14", id="over a blank line"),
        pytest.param("\nif len(rows) > 0:\n\n\n", "R12", id="blank lines around"),
        pytest.param("```python\nif len(rows) > 0:\n```", "R12", id="fenced"),
        pytest.param("~~~\nif len(rows) > 0:", "R12", id="fence left open"),
        pytest.param("`if len(rows) > 0:`", "R12", id="in back quotes"),
        pytest.param("+    if len(rows) > 0:", "R12", id="with a plus"),
        pytest.param("  + if len(rows) > 0:", "R12", id="with an indented plus"),
        pytest.param("-    retry = 1", "L42", id="with a minus"),
        pytest.param("@@ -40,4 +43,5 @@\n-    retry = 1\n+    retry = 2", "R45", id="both sides, with markers"),
        pytest.param("retry = 1\nretry = 2", "R45", id="both sides, without markers"),
        pytest.param(
            "    12 +     if len(rows) > 0:\n    13 + \n    14 +         return sorted(rows, key=placed)[::-1]",
            "R12-14",
        ),
        pytest.param("    45 +     retry = 2", "R45", id="with number and plus"),
        pytest.param("    42 -     retry = 1", "L42", id="with number and minus"),
        pytest.param("  - retry = 1\n45 + retry = 2", "R45", id="with a number on one side"),
        pytest.param("    10   def orders_of(db, name):", "R10", id="with the number of an unchanged line"),
        pytest.param("10: def orders_of(db, name):", "R10", id="with number and colon"),
        pytest.param("12 | if len(rows) > 0:", "R12", id="with number and bar"),
        pytest.param("def paid(order):\n    check(order)\n    retry = 1", "L40-42", id="ends on a removed line"),
        pytest.param("def paid(order):\n    check(order)\n    retry = 2", "R43-45", id="ends on an added line"),
        pytest.param("def paid(order):", "R43", id="unchanged"),
        pytest.param("retry = 1\n- name: paid", "L42-43", id="as the old file has it"),
        pytest.param("- name: paid", "R47", id="a list item is no removed line"),
        pytest.param("check(order)", "R46", id="changed lines before others"),
        pytest.param("\tcheck(order)", "R46", id="indentation tells places apart"),
        pytest.param("return []", "R15", id="the first of several"),
        pytest.param('where name = " + name', "~R11", id="a piece of a line"),
        pytest.param("len(rows) > 0:\nreturn sorted(rows", "~R12-14", id="pieces of the first and last line"),
        pytest.param('rows = db.execute("select * from orders where name = " [… 7 more characters not shown]', "~R11"),
        pytest.param('rows = db.execute("select * from orders where name = " + …', "~R11", id="elided"),
        pytest.param("if len(rows) > 0:\nraise NothingOfTheKind", "~R12", id="half of it is there"),
        pytest.param("}", None, id="a bracket"),
        pytest.param("    13 + \n 12 + }", None, id="numbers and a bracket"),
        pytest.param("", None, id="nothing"),
        pytest.param(" \n\t\n", None, id="blanks"),
        pytest.param("```\n```", None, id="an empty fence"),
        pytest.param("drop_table(orders)", None, id="not there"),
        pytest.param("retry", None, id="a piece too short"),
        pytest.param("ows = db.execute", None, id="a piece that begins within a word"),
        pytest.param("rows = db.exec", None, id="a piece that ends within a word"),
        pytest.param("db.execute(", None, id="a piece of two lines"),
        pytest.param("+    return []", None, id="marked as added, and is not"),
        pytest.param("-    if len(rows) > 0:", "~R12", id="marked as removed, and is only there as added"),
        pytest.param("200: retry = 2", "~R45", id="with a wrong number"),
        pytest.param("one()\nif len(rows) > 0:\ntwo()", None, id="a third of it is there"),
        pytest.param("return []\nraise NothingOfTheKind", None, id="half of it is there, unchanged"),
        pytest.param("\n".join(["if len(rows) > 0:"] * 201), None, id="a copy of everything"),
        pytest.param("\n".join(["if len(rows) > 0:"] * 41), None, id="too long to look for in parts"),
    ],
)
def test_a_quote_is_placed_where_it_stands_or_not_at_all(quote: str, expected: str | None) -> None:
    assert placed(quote) == expected


@pytest.mark.parametrize(
    ("quote", "line", "side", "expected"),
    [
        pytest.param("return []", 48, None, "R48", id="at the line"),
        pytest.param("return []", 40, None, "R48", id="nearest to the line"),
        pytest.param("check(order)", 44, None, "R44", id="at the line, though unchanged"),
        pytest.param("check(order)", 43, None, "R46", id="changed before near"),
        pytest.param("return []", 44, Side.LEFT, "R48", id="at the old line"),
        pytest.param("def paid(order):\ncheck(order)\nretry = 1", 43, Side.RIGHT, "L40-42", id="on the other side"),
        pytest.param("db.execute(", 11, Side.RIGHT, "~R11", id="a piece, on the new side"),
        pytest.param("db.execute(", None, Side.LEFT, "~L11", id="a piece, on the old side"),
        pytest.param("db.execute(", 30, None, None, id="a piece, nowhere near"),
        pytest.param("    46 + check(order)", 44, None, "R46", id="a marker outweighs the hint"),
    ],
)
def test_hints_choose_between_equal_places(quote: str, line: int | None, side: Side | None, expected: str) -> None:
    assert placed(quote, line=line, side=side) == expected


@pytest.mark.parametrize(
    ("path", "found"),
    [
        *[
            (path, True)
            for path in (
                *("shop/orders.py", "b/shop/orders.py", "a/shop/orders.py", "./shop/orders.py", "/shop/orders.py"),
                *("Shop/Orders.py", "orders.py", "`shop/orders.py`", "shop/orders.py:12", "shop/orders.py:12-14"),
                *("shop\\orders.py", "b/SHOP/orders.py"),
            )
        ],
        *[(path, False) for path in ("", "/", "ders.py", "other.py", "shop", "shop/orders.pyc")],
    ],
)
def test_a_path_is_recognised_as_models_write_it(path: str, found: bool) -> None:
    assert (placed("if len(rows) > 0:", path=path) is not None) is found


def test_an_old_path_leads_to_the_new_one() -> None:
    diff = Diff((file_diff("new.py", hunk("-one()", "+two()"), old_path="old.py", status=FileStatus.RENAMED),))

    placement = place(diff, path="old.py", quote="two()")

    assert placement is not None
    assert placement.location.path == "new.py"


def test_a_name_that_several_files_have_is_no_path() -> None:
    diff = Diff((file_diff("a/x.py", hunk("+call()")), file_diff("b/x.py", hunk("+call()"))))

    assert place(diff, path="x.py", quote="call()") is None


def test_every_patch_of_a_series_is_searched() -> None:
    diff = Diff((file_diff("x.py", hunk("+one()")), file_diff("x.py", hunk("-one()", "+two()"))))

    assert [_short(place(diff, path="x.py", quote=quote)) for quote in ("one()", "two()")] == ["R1", "R1"]


def test_a_path_with_a_prefix_s_name_is_taken_as_it_is() -> None:
    diff = Diff((file_diff("a/x.py", hunk("+one()")), file_diff("x.py", hunk(" ", "+one()"))))

    assert [_short(place(diff, path=path, quote="one()")) for path in ("a/x.py", "b/x.py")] == ["R1", "R2"]


def test_the_anchor_is_the_code_as_it_stands() -> None:
    placement = place(SHOP, path=PATH, quote="if len(rows) > 0:\nreturn sorted(rows, key=placed)[::-1]")

    assert placement is not None
    assert placement.anchor == "    if len(rows) > 0:\n\n        return sorted(rows, key=placed)[::-1]"


def test_unchanged_lines_between_which_something_was_added_stand_on_the_old_side() -> None:
    diff = Diff((file_diff("x.py", hunk(" one()", "+new()", " two()")),))

    assert _short(place(diff, path="x.py", quote="one()\ntwo()")) == "L1-2"


def test_a_run_on_removed_lines_is_placed_on_the_old_side() -> None:
    diff = Diff((file_diff("x.py", hunk("-first()", "-second()", "+new()", "-third()", " last()")),))

    assert _short(place(diff, path="x.py", quote="first()\nsecond()\nother()")) == "~L1-2"


def test_of_equal_runs_none_is_taken() -> None:
    diff = Diff((file_diff("x.py", hunk("+first()", "+second()", " a", "+first()", "+second()")),))

    assert place(diff, path="x.py", quote="first()\nsecond()\nother()") is None


def test_an_unchanged_line_is_meant_by_its_number_on_the_hinted_side() -> None:
    diff = Diff((file_diff("x.py", hunk("+call()", " call()", " call()")),))

    places = [place(diff, path="x.py", quote="call()", line_hint=2, side_hint=side) for side in Side]

    assert [_short(found) for found in places] == ["R3", "R2"]


def test_a_place_lies_within_one_hunk() -> None:
    diff = Diff((file_diff("x.py", hunk("+one()"), hunk("+two()", old_start=5, new_start=5)),))

    assert _short(place(diff, path="x.py", quote="one()\ntwo()")) is None


CODE = st.lists(
    st.sampled_from(
        ["x = 1", "    x = 1", "\ty = f(a,  b)", "}", "", "- item", "+ more", "12 | z", "日本 = 1", "return x"]
    ),
    max_size=14,
)
NOISE = [
    pytest.param(lambda line: line.text, id="as it is"),
    pytest.param(lambda line: "\t " + "   ".join(line.text.split()) + " \r", id="with other blanks"),
    pytest.param(lambda line: f"{_marker(line)}{line.text}", id="with markers"),
    pytest.param(lambda line: f"{line.new or line.old:>6} {_marker(line)} {line.text}", id="as prompts show it"),
]


@pytest.mark.parametrize("noise", NOISE)
@given(data=st.data(), old=CODE, new=CODE, side=st.sampled_from(Side))
def test_any_lines_of_a_diff_are_found_at_the_hint(
    noise: object, data: st.DataObject, old: list[str], new: list[str], side: Side
) -> None:
    diff = parse_diff("\n".join(difflib.unified_diff(old, new, "a/x.py", "b/x.py", n=2, lineterm="")))
    assume(diff.files)
    shown = data.draw(st.sampled_from(diff.files[0].hunks))
    lines = [line for line in shown.lines if line.number(side) is not None]
    assume(lines)
    start = data.draw(st.integers(0, len(lines) - 1))
    quoted = lines[start : data.draw(st.integers(start, min(start + 3, len(lines) - 1))) + 1]
    assume(quoted[0].text.strip() and quoted[-1].text.strip())
    assume(any(character.isalnum() for line in quoted for character in line.text))
    assert callable(noise)

    placement = place(
        diff,
        path="x.py",
        quote="\n".join(noise(line) for line in quoted),
        line_hint=quoted[0].number(side),
        side_hint=side,
    )

    assert placement is not None
    assert placement.whole
    assert placement.anchor.split() == " ".join(line.text for line in quoted).split()
    ends = placement.location.start_line, placement.location.end_line
    numbers = {at: (quoted[0].number(at), quoted[-1].number(at)) for at in Side}
    assert numbers[placement.location.side] == ends


def _marker(line: Line) -> str:
    return "+" if line.added else "-" if line.removed else " "


def _short(placement: Placement | None) -> str | None:
    if placement is None:
        return None
    at = placement.location
    lines = str(at.start_line) if at.start_line == at.end_line else f"{at.start_line}-{at.end_line}"
    return f"{'' if placement.whole else '~'}{at.side.value[0]}{lines}"
