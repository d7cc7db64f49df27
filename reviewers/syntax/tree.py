"""Parsing, bounded: what is read is hostile, and a grammar takes about a second and 100 MB for a megabyte."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewers.syntax.comment_runs import stalls
from reviewers.syntax.languages import LANGUAGES

if TYPE_CHECKING:
    from ast_grep_py import SgNode

MAX_CHARACTERS = 400_000
"""A longer text is not parsed."""


def parse(text: str, language: str) -> SgNode | None:
    """The root of a text's syntax tree; None where it would take too long, or the language has no grammar.

    A text with errors has a tree too: ``faults`` tells where. Lines of nodes count from 0.

    Args:
        text: Source code.
        language: A key of ``LANGUAGES``; another name would end the interpreter's thread in Rust.
    """
    from ast_grep_py import SgRoot  # noqa: PLC0415 - 40 MB that a run without code does not need

    if language not in LANGUAGES or len(text) > MAX_CHARACTERS or stalls(text):
        return None
    return SgRoot(text, language).root()


def faults(root: SgNode) -> int:
    """How many places of a tree its grammar could not make sense of: errors, and tokens that it had to make up."""
    return sum(1 for node in nodes(root) if node.kind() == "ERROR" or _made_up(node))


def nodes(root: SgNode) -> Iterator[SgNode]:
    """All nodes of a tree, a parent before its children, in the order of the text; without recursion."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children()))


def _made_up(node: SgNode) -> bool:
    start, end = node.range().start.index, node.range().end.index
    return start == end and node.is_leaf() and node.parent() is not None
