from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from app.analytics.report.drawing import draw

EVIL = "\"'><script>alert(1)</script><image href=x onerror=alert(1)>]]>&amp;<a href='javascript:1'>"


def _bars(*said: str, **mark: Any) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 200,
        "data": {"values": [{"x": at + 0.123456, "y": each, "said": each} for at, each in enumerate(said)]},
        "mark": {"type": "bar", "color": "var(--series-1)", **mark},
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "nominal", "sort": None},
            "description": {"field": "said"},
        },
    }


def _elements(drawn: str) -> set[str]:
    return {element.tag for element in fromstring(drawn).iter()}


def test_a_mark_says_in_its_title_what_it_shows() -> None:
    drawn = draw(_bars("$1.20 on Monday"), "Cost")

    assert "<title>$1.20 on Monday</title></path>" in drawn


def test_the_drawing_says_what_it_shows_and_scales() -> None:
    root = fromstring(draw(_bars("a"), 'Cost & "more"'))

    assert (root.get("role"), root.get("aria-label")) == ("img", 'Cost & "more"')
    assert (root.get("viewBox") or "").startswith("0 0 ")
    assert root.get("width") is None


def test_names_from_outside_are_text_and_nothing_else() -> None:
    drawn = draw(_bars(EVIL, "b"), EVIL)

    assert _elements(drawn) <= {"svg", "g", "path", "rect", "line", "text", "title"}
    assert [element.text for element in fromstring(drawn).iter("title")] == [EVIL, "b"]
    assert "<script" not in drawn


@pytest.mark.parametrize(
    "colour",
    [
        pytest.param("url(https://e.example/x)", id="an address"),
        pytest.param("red", id="a colour that is not the page's"),
        pytest.param("var(--x);background:url(https://e.example)", id="more than a variable"),
    ],
)
def test_a_colour_is_a_variable_of_the_page_or_none(colour: str) -> None:
    drawn = draw(_bars("a", color=colour), "Cost")

    assert "e.example" not in drawn
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', drawn)) <= {"none"}


def test_a_link_of_a_specification_is_left_out() -> None:
    drawn = draw(_bars("a", href="https://e.example", cursor="pointer"), "Cost")

    assert "e.example" not in drawn
    assert "style=" not in drawn


def test_nothing_of_a_drawing_stands_on_the_style_or_the_names_of_the_page() -> None:
    names = {name for element in fromstring(draw(_bars("a", "b"), "Cost")).iter() for name in element.attrib}

    assert not names & {"style", "class", "id", "href", "font-family", "clip-path"}


def test_numbers_have_one_digit_behind_the_point() -> None:
    drawn = draw(_bars("a", "b", "c"), "Cost")

    assert re.findall(r"[0-9]\.[0-9]{2,}", drawn) == []
