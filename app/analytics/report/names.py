"""Names from outside go in; what a page may show of them, and a drawing tell apart, comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewers.report.visibility import cut, visible

SHOWN = 120
"""Characters of a name in a table; more are no name but an attack, or a fault."""

_NOT_IN_XML = re.compile("[\ufffe\uffff]")


def name(text: str) -> str:
    """A name on one line, with hidden characters written out, and no longer than a table bears.

    >>> name("gpt\\u202e5")
    'gpt⟨U+202E⟩5'
    """
    return cut(_whole(text), SHOWN)


def labels(names: Iterable[str], limit: int) -> dict[str, str]:
    """A short label for each name, no two alike: a drawing must not put into one what belongs to two.

    Args:
        names: In any number, each as often as it comes.
        limit: Of characters, a number behind it not counted.

    >>> labels(["acme/very-long-one", "acme/very-long-two"], 10)
    {'acme/very-long-one': 'acme/very…', 'acme/very-long-two': 'acme/very… (2)'}
    """
    given: dict[str, str] = {}
    taken: set[str] = set()
    for each in dict.fromkeys(names):
        short = label = cut(_whole(each), limit) or "(none)"
        count = 1
        while label in taken:
            count += 1
            label = f"{short} ({count})"
        taken.add(label)
        given[each] = label
    return given


def _whole(text: str) -> str:
    return " ".join(_NOT_IN_XML.sub("\ufffd", visible(text)).split())
