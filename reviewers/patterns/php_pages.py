"""A PHP page in, its code alone out: the grammar that is installed reads PHP, and no markup around it."""

from __future__ import annotations

import re

_DECLARATION = re.compile(r"\s*<\?xml\b[^>\n]*\?>")
_OPENING = re.compile(r"<\?(?!xml\b)(?:php\b|=)?", re.IGNORECASE)
_TURN = re.compile(r"\?>|['\"`]|/\*|//|#")
_LINE_END = re.compile(r"\?>|\n|$")


def code_of(page: str) -> str:
    """The page with blanks for its markup, so that every line of code keeps its number.

    ``<?= value ?>`` becomes ``echo value;``. A text without a tag is code, because parts of a file come here too; so is
    what stands before a closing tag that nothing opened.

    >>> code_of("<b><?= $name ?></b>").split()
    ['echo', '$name', ';']
    """
    page = _DECLARATION.sub(lambda found: _blank(found[0]), page, count=1) if _DECLARATION.match(page) else page
    first = _OPENING.search(page)
    closing = page.find("?>")
    if first is None and closing < 0:
        return page
    at = 0 if first is None or 0 <= closing < first.start() else first.start()
    parts = [_blank(page[:at])]
    while at < len(page):
        tag = _OPENING.match(page, at)
        start = tag.end() if tag else at
        end = _end_of_code(page, start)
        parts += [_opened(tag[0]) if tag else "", page[start:end], ";" if end < len(page) else ""]
        following = _OPENING.search(page, end)
        at = following.start() if following else len(page)
        parts.append(_blank(page[end:at]))
    return "".join(parts)


def _opened(tag: str) -> str:
    return " echo " if tag.endswith("=") else ""


def _blank(markup: str) -> str:
    return "\n" * markup.count("\n")


def _end_of_code(page: str, start: int) -> int:
    """Where the closing tag stands that ends the code; one in a text or a block comment does not."""
    at = start
    while turn := _TURN.search(page, at):
        mark = turn[0]
        if mark == "?>":
            return turn.start()
        if mark == "/*":
            at = page.find("*/", turn.end()) + 2
        elif mark in ("//", "#"):
            at = _line_end(page, turn.end())
        else:
            at = _after_text(page, turn.end(), mark)
        if at < turn.end():
            return len(page)
    return len(page)


def _line_end(page: str, at: int) -> int:
    found = _LINE_END.search(page, at)
    return found.start() if found else len(page)


def _after_text(page: str, at: int, quote: str) -> int:
    """Behind the quote that ends a text; -1 where none does."""
    for found in re.compile(rf"\\.|{quote}", re.DOTALL).finditer(page, at):
        if found[0] == quote:
            return found.end()
    return -1
