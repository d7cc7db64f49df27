"""Source text goes in, the names that it uses come out: what is called, and what is merely named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewers.syntax.grammars import CALLS, NAMES
from reviewers.syntax.long_lines import workable
from reviewers.syntax.tree import parse

if TYPE_CHECKING:
    from ast_grep_py import SgNode


@dataclass(frozen=True, slots=True)
class Use:
    """A name in code.

    Attributes:
        name: The last part of it: ``total`` of ``cart.total()``.
        line: Where it stands, from 1.
        called: Whether it is called, or made an object of.
    """

    name: str
    line: int
    called: bool


@lru_cache(maxsize=128)
def uses(text: str, language: str) -> tuple[Use, ...]:
    """Each name once for a line, calls before names, in the order of the text; none where it is not parsed.

    A definition names what it defines too; words in strings and comments are no names.

    Args:
        text: Source code.
        language: A key of ``LANGUAGES``.
    """
    if language not in CALLS or not workable(text) or (root := parse(text, language)) is None:
        return ()
    found: dict[tuple[str, int], Use] = {}
    for node in root.find_all(any=[{"kind": kind} for kind in CALLS[language]]):
        callee = _callee(node, CALLS[language][node.kind()])
        if callee is not None and (name := _LAST_PART.search(_end_of(callee, text))):
            use = Use(name.group(), callee.range().end.line + 1, called=True)
            found.setdefault((use.name, use.line), use)
    for node in root.find_all(any=[{"kind": kind} for kind in NAMES[language]]):
        use = Use(node.text(), node.range().start.line + 1, called=False)
        found.setdefault((use.name, use.line), use)
    return tuple(sorted(found.values(), key=lambda use: (use.line, not use.called)))


_LAST_PART = re.compile(r"[\w$]+[?!]?$")
_GENERICS = re.compile(r"(?:::)?<[^<>()]*>$")


def _callee(node: SgNode, field: str) -> SgNode | None:
    if field:
        return node.field(field)
    return next((child for child in node.children() if child.kind() in {"name", "qualified_name"}), None)


def _end_of(callee: SgNode, text: str) -> str:
    """The last name without its types; sliced, as a callee can be a chain of calls as long as its file."""
    start, end = callee.range().start.index, callee.range().end.index
    return _GENERICS.sub("", text[max(start, end - _LONGEST) : end].rstrip())


_LONGEST = 200
