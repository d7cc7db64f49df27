"""A specification of Vega-Lite goes in; a drawing comes out that a page may hold inline under a strict policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

SVG = "{http://www.w3.org/2000/svg}"
DIGITS = 1

_ELEMENTS = frozenset({"svg", "g", "path", "rect", "line", "circle", "text", "tspan"})
_PAINT = frozenset({"fill", "stroke"})
_PLAIN = frozenset(
    {"viewBox", "transform", "d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "cx", "cy", "r", "dx", "dy"}
    | {"stroke-width", "stroke-dasharray", "stroke-linecap", "text-anchor", "font-size", "font-weight"}
    | {"opacity", "fill-opacity", "stroke-opacity"}
)
_COLOUR = re.compile(r"none|var\(--[a-z0-9-]+\)")
_DRAWN = re.compile(r"[-+.,0-9a-zA-Z() ]*")
_LONG = re.compile(rf"-?[0-9]+\.[0-9]{{{DIGITS + 1},}}")
_NEUTRAL = {("opacity", "1"), ("stroke-width", "1"), ("transform", "translate(0,0)"), ("font-weight", "normal")}


def can_draw() -> bool:
    """Whether the package that draws is installed (the extra ``dashboard``)."""
    return find_spec("vl_convert") is not None


def draw(specification: Mapping[str, Any], description: str) -> str:
    """The drawing as an element ``svg`` that scales to the width it is given.

    Vega's own output is taken apart and put together again from a list of elements and attributes: no style, no address
    and no identifier gets in, colours are the page's variables, and what a mark says of itself (``aria-label``) becomes
    its ``title``, which browsers show to a pointer.

    Vega's engine has threads of its own: any thread may draw, but a process must not that was forked from one that has
    drawn before. It would wait for ever for threads that it has not.

    Args:
        specification: Of Vega-Lite 5, with its data in it. Colours are ``var(--name)``.
        description: What the drawing shows, for those who cannot see it.
    """
    # Twenty milliseconds and ninety megabytes once it draws: only where somebody looks.
    import vl_convert  # noqa: PLC0415 - see above

    source = fromstring(vl_convert.vegalite_to_svg(dict(specification)))  # noqa: S314 - made by the line itself
    drawing = Element("svg", {"viewBox": source.get("viewBox", ""), "role": "img", "aria-label": description})
    for child in source:
        _copy(child, drawing)
    return tostring(drawing, encoding="unicode")


def _copy(source: Element, parent: Element) -> None:
    """Put what may stand of ``source`` into ``parent``; a group that says nothing is left out, not what is in it."""
    tag = source.tag.removeprefix(SVG)
    if tag not in _ELEMENTS or source.get("d") == "" or source.get("opacity") == "0":
        return
    attributes = {name: _short(value) for name, value in source.items() if _may_stand(name, value)}
    if tag == "g":
        group = SubElement(parent, "g", attributes) if attributes else parent
        for child in source:
            _copy(child, group)
        if group is not parent and not len(group):
            parent.remove(group)
        return
    if source.get("class") == "background" and "fill" not in attributes:
        return
    copied = SubElement(parent, tag, attributes)
    copied.text = source.text
    if label := source.get("aria-label"):
        title = Element("title")
        title.text = label
        copied.insert(0, title)
        # A text's own words come after its title.
        copied.text, title.tail = None, source.text
    for child in source:
        _copy(child, copied)


def _may_stand(name: str, value: str) -> bool:
    if name in _PAINT:
        return _COLOUR.fullmatch(value) is not None
    return name in _PLAIN and (name, value) not in _NEUTRAL and _DRAWN.fullmatch(value) is not None


def _short(value: str) -> str:
    """Numbers with one digit behind the point: a tenth of a pixel is nothing anybody sees."""
    return _LONG.sub(lambda match: f"{float(match.group()):.{DIGITS}f}".removesuffix(".0"), value)
