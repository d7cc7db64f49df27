"""Questions of a wanted size, and how the server counts the tokens of a text."""

from __future__ import annotations

import random
import re

_PIECES = re.compile(r"[A-Za-z]{1,7}|[0-9]{1,3}|[^\sA-Za-z0-9]{1,2}")
_NAMES = ("order", "customer", "total", "price", "item", "rows", "session", "find", "invoice", "address", "cursor")
_LINES = ("    {0} = {1}.{2}({0}, limit=25)\n", "    if not {0}:\n        return {1}\n", "def {0}_{1}({2}):\n")


def count_tokens(text: str) -> int:
    """Tokens of a text as the server counts them: words in pieces of seven letters, digits in threes, marks in twos."""
    return len(_PIECES.findall(text))


def prompt(number: int, tokens: int, seed: int) -> str:
    """A question about code which the server counts as exactly that many tokens (12 at least), as no other one is.

    Raises:
        ValueError: There is no question of so few tokens.
    """
    draw = random.Random(f"{seed}/{number}")
    text = f"Review change {number}.\n"
    missing = tokens - count_tokens(text)
    if missing < 0:
        raise ValueError(f"no question is as short as {tokens} tokens")
    lines: list[str] = []
    while missing > 0:
        line = draw.choice(_LINES).format(*draw.sample(_NAMES, 3))
        cost = count_tokens(line)
        if cost > missing:
            line, cost = "x\n" * missing, missing
        lines.append(line)
        missing -= cost
    return text + "".join(lines)
