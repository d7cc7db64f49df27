from __future__ import annotations

from xml.etree.ElementTree import fromstring
from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st

from app.analytics.report.names import SHOWN, labels, name


def test_a_name_of_five_thousand_characters_is_cut() -> None:
    assert len(name("x" * 5_000)) == SHOWN
    assert name("x" * 5_000).endswith("…")


def test_a_direction_mark_is_seen() -> None:
    assert name("gpt\u202e5\u2066") == "gpt⟨U+202E⟩5⟨U+2066⟩"


@given(st.lists(st.text(), max_size=30))
def test_no_two_names_have_one_label(names: list[str]) -> None:
    given = labels(names, 6)

    assert set(given) == set(names)
    assert len(set(given.values())) == len(given)


@given(st.text())
def test_a_label_is_one_line_of_what_may_stand_in_xml(text: str) -> None:
    (label,) = labels([text], 20).values()

    assert fromstring(f"<a>{escape(label)}</a>").text == label
    assert label.split("\n") == [label]
