"""The part of a page that is generated: between two comments, which a reader of the page does not see.

A page keeps what people write; the generator replaces what stands between the marks and touches nothing else.
"""

from __future__ import annotations

import re


class MarksMissing(Exception):
    """A page has not the pair of marks between which a part of it is to stand."""


def placed(page: str, name: str, content: str) -> str:
    """The page with new content between the marks of that name.

    Args:
        page: The whole page, as Markdown.
        name: The part's name, as in ``<!-- generated: NAME -->``.
        content: What is to stand there, without blank lines around it.

    Raises:
        MarksMissing: The pair of marks does not stand in the page exactly once.

    >>> print(placed("# Keys\\n<!-- generated: keys -->old<!-- /generated: keys -->", "keys", "new"))
    # Keys
    <!-- generated: keys -->
    <BLANKLINE>
    new
    <BLANKLINE>
    <!-- /generated: keys -->
    """
    start, end = f"<!-- generated: {name} -->", f"<!-- /generated: {name} -->"
    marks = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    if len(marks.findall(page)) != 1:
        msg = f"{start} and {end} must stand there once, in this order"
        raise MarksMissing(msg)
    return marks.sub(lambda _: f"{start}\n\n{content}\n\n{end}", page)
