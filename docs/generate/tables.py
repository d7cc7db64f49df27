"""Tables and code as Markdown writes them, whatever stands in the cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a head that ends with ``:`` is of a column of numbers, set to the right.

    >>> print(table(["model", "price:"], [["a|b", "1"]]))
    | model | price |
    |---|---:|
    | a\\|b | 1 |
    """
    lines = [
        _row([head.removesuffix(":") for head in heads]),
        "|" + "|".join("---:" if head.endswith(":") else "---" for head in heads) + "|",
        *(_row([cell.replace("|", "\\|").replace("\n", " ") for cell in row]) for row in rows),
    ]
    return "\n".join(lines)


def code(text: str) -> str:
    """Text as code within a line, between as many backticks as it needs.

    >>> code("a`b")
    '``a`b``'
    """
    fence = "`"
    while fence in text:
        fence += "`"
    return f"{fence}{text}{fence}"


def block(text: str, language: str = "") -> str:
    """Lines of code, fenced so that no fence inside ends them."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
