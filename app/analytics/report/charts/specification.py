"""What all drawings have in common: the colours, the type, the axes; in the words of Vega-Lite 5."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llm_runtime.analytics.answer import Answer, Kind

SERIES = 7
"""Of how many a drawing tells colours apart; those that cost least share the last one, grey."""

WIDE, NARROW = 560, 340
"""Pixels: half of a wide page, and the whole of a telephone."""

LETTER = 7.4
"""Pixels, of the widest of the usual fonts at twelve pixels."""

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_TEXT = {"labelColor": "var(--soft)", "titleColor": "var(--soft)", "labelFontSize": 12, "titleFontSize": 12}
_CONFIG: Mapping[str, Any] = {
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        **_TEXT,
        "aria": False,
        "labelLimit": 400,
        "titleFontWeight": "normal",
        "gridColor": "var(--rule)",
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
    },
}

_ABOUT = frozenset({Kind.TEXT, Kind.DAY})

Values = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Key:
    """What a colour and a shape mean: told by the page, where names wrap, and not in the drawing, where they would not.

    Attributes:
        name: Of the series.
        mark: A character of the shape of its marks.
        colour: Name of its variable in the page's style.
    """

    name: str
    mark: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing that is yet to be made.

    Attributes:
        title: What stands above it.
        description: What it shows, for those who cannot see it.
        specification: Of Vega-Lite, for a width in pixels.
        keys: What its colours and shapes mean.
        note: What it leaves out, or the empty string.
    """

    title: str
    description: str
    specification: Callable[[int], Mapping[str, Any]]
    keys: tuple[Key, ...] = ()
    note: str = ""


def name_limit(width: int) -> int:
    """Characters of a name beside an axis: something like a third of the drawing."""
    return 28 if width >= WIDE else 20


def specification(
    width: int, height: int | Mapping[str, int | str], values: Values, layers: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """A whole specification.

    Args:
        width: Of the drawing, axes and legend in it.
        height: Of what is drawn, or ``{"step": pixels}`` for each row.
        values: The rows; ``said`` in each is what its mark says of itself.
        layers: What is drawn of them, from the bottom up.
    """
    return {
        "$schema": _SCHEMA,
        "background": None,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 2,
        "width": width,
        "height": height,
        "data": {"values": list(values)},
        "layer": list(layers),
        "config": _CONFIG,
    }


def colours(series: Sequence[str]) -> tuple[str, ...]:
    """A variable of the page's style for each series, the last of too many the grey one."""
    return (*(f"--series-{at + 1}" for at in range(min(len(series), SERIES - 1))), "--series-rest")[: len(series)]


def keys(series: Sequence[str], marks: Sequence[str]) -> tuple[Key, ...]:
    """What the page tells of these series; nothing of a single one.

    Args:
        series: In the order in which they are drawn, ``SERIES`` at most.
        marks: A character for each.
    """
    if len(series) < len(("one", "another")):
        return ()
    return tuple(Key(name, *rest) for name, *rest in zip(series, marks, colours(series), strict=True))


def colour(series: Sequence[str]) -> Mapping[str, Any]:
    """The channel that gives each series its colour."""
    return {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": list(series), "range": [f"var({name})" for name in colours(series)]},
        "legend": None,
    }


def rows(labels: Sequence[str]) -> Mapping[str, Any]:
    """The vertical channel of a drawing that has a row for each label."""
    # Where it is drawn and where it is looked at, letters are not of one width: room for wide ones.
    extent = max((len(label) for label in labels), default=0) * LETTER + 10
    return {
        "field": "label",
        "type": "nominal",
        "scale": {"domain": list(labels), "paddingInner": 0.3, "paddingOuter": 0.2},
        "sort": None,
        "title": None,
        "axis": {"grid": False, "labelColor": "var(--ink)", "minExtent": extent, "maxExtent": extent},
    }


def row_names(answer: Answer) -> tuple[str, ...]:
    """What each row of an answer is about: the words and days before its first figure."""
    about = next((at for at, column in enumerate(answer.columns) if column.kind not in _ABOUT), len(answer.columns))
    return tuple(" · ".join(str(cell) for cell in row[:about]) for row in answer.rows)
