from __future__ import annotations

import pytest

from reviewers.diff import Side
from reviewers.suggestions import proved
from tests.builders import finding, location

BEFORE = "def add(a, b):\n    return a - b\n"
AT = location("a.py", 2)


@pytest.mark.parametrize(
    ("suggestion", "kept"),
    [
        pytest.param("    return a + b", "    return a + b", id="differs and parses"),
        pytest.param("return a + b", "    return a + b", id="its indentation is repaired"),
        pytest.param("\n    return a + b\n", "    return a + b", id="blank lines around it go"),
        pytest.param("    return a - b", None, id="it changes nothing"),
        pytest.param("  return   a - b ", None, id="it changes white space only"),
        pytest.param("    return a +", None, id="the file would not parse"),
        pytest.param("if a:\n    return b\nreturn a", "    if a:\n        return b\n    return a", id="several lines"),
    ],
)
def test_a_suggestion_is_kept_only_if_it_holds(suggestion: str, kept: str | None) -> None:
    said = finding(at=AT, anchor="    return a - b", suggestion=suggestion)

    assert proved(said, {"a.py": BEFORE}).suggestion == kept


def test_a_file_that_did_not_parse_before_proves_nothing() -> None:
    said = finding(at=AT, anchor="    return a - b", suggestion="    return a +")

    assert proved(said, {"a.py": "def add(:\n    return a - b\n"}).suggestion == "    return a +"


def test_json_must_parse_too() -> None:
    said = finding(at=location("a.json", 1), anchor='{"a": 1}', suggestion='{"a": }')

    assert proved(said, {"a.json": '{"a": 1}\n'}).suggestion is None


def test_a_suggestion_for_removed_or_unplaced_code_is_dropped() -> None:
    removed = finding(at=location("a.py", 2, side=Side.LEFT), suggestion="    return a + b")
    unplaced = finding(placed=False, suggestion="    return a + b")

    assert proved(removed, {}).suggestion is None
    assert proved(unplaced, {}).suggestion is None
