"""Whether a text holds so many comments, or continued lines, in a row that a grammar gets stuck in them."""

from __future__ import annotations

MAX_WORK = 100_000_000
"""Sum over such runs of their lines times their characters; at this measure a text takes a third of a second.

The grammars of Python and PHP read the rest of a run at each of its lines, and nothing can interrupt them: 5,000
comments of 30 characters took 2.4 s and 10,000 of them 10.7 s (measured with ast-grep-py 0.51).
"""


def stalls(text: str) -> bool:
    r"""Whether parsing a text could take for ever.

    >>> stalls("# a comment\n" * 500), stalls("# a comment\n" * 20_000)
    (False, True)
    """
    work = lines = characters = 0
    for line in text.split("\n"):
        if line.lstrip().startswith(("#", "//")) or line.endswith("\\"):
            lines, characters = lines + 1, characters + len(line) + 1
            continue
        work, lines, characters = work + lines * characters, 0, 0
    return work + lines * characters > MAX_WORK
