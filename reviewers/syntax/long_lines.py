"""Whether positions in a text can be had in bounded time: a node's column is counted from the start of its line."""

from __future__ import annotations

MAX_WORK = 1_000_000_000
"""Sum of the squares of the lines' lengths; at this measure the names of a text take a second to be listed.

One line of 30,000 characters has it, or a hundred of 3,000: more is minified or made up. Measured with
ast-grep-py 0.45: a line of 375,000 characters took 92 s.
"""


def workable(text: str) -> bool:
    """Whether the places of all nodes of a text can be asked for.

    >>> workable("x = 1\\n" * 10_000), workable("x+" * 100_000)
    (True, False)
    """
    return sum(len(line) ** 2 for line in text.split("\n")) <= MAX_WORK
