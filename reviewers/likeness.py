"""Whether two remarks are one: place, rule, evidence and words of both go in, yes or no comes out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewers.near_rules import near

if TYPE_CHECKING:
    from reviewers.findings import Finding, Location

SAME_WORDS = 0.3
"""Share of common words from which two remarks on the same lines are held to be one remark."""

NEAR_WORDS = 0.12
"""The same where both stand under the same rule or under rules that speak of the same kind of fault."""

NEXT_LINES = 3
"""How far apart two remarks of different models may stand that are one: they quote different lines of one fault."""

_WORD = re.compile(r"[^\W\d_]{4,}")
# Two cures of one fault differ, and two faults of one line have much code in common.
_CODE = re.compile(r"^(`{3,})[^\n]*\n.*?^\1$", re.MULTILINE | re.DOTALL)


def same(one: Finding, other: Finding) -> bool:
    """Whether two findings are one remark: by where they stand, what they stand under, and what they say."""
    if one.path != other.path:
        return False
    close = near((one.reviewer, one.rule), (other.reviewer, other.rule))
    if one.location and other.location:
        if one.location.side is not other.location.side:
            return False
        if apart := _lines_apart(one.location, other.location):
            others = set(one.models).isdisjoint(other.models) and bool(one.models and other.models)
            return close and others and apart <= NEXT_LINES and _likeness(one, other) >= SAME_WORDS
    elif one.location or other.location or one.anchor.split() != other.anchor.split():
        return False
    if one.fingerprint == other.fingerprint or set(one.evidence) & set(other.evidence):
        return True
    return _likeness(one, other) >= (NEAR_WORDS if close else SAME_WORDS)


def _lines_apart(one: Location, other: Location) -> int:
    """How many lines further the later one begins than the earlier one ends; 0 where they overlap."""
    return max(one.start_line - other.end_line, other.start_line - one.end_line, 0)


def _likeness(one: Finding, other: Finding) -> float:
    words, others = _words(one), _words(other)
    common = len(words & others)
    return common / (len(words) + len(others) - common) if words or others else 0.0


def _words(finding: Finding) -> frozenset[str]:
    return _words_of(f"{finding.title} {finding.message}")


@lru_cache(maxsize=2048)
def _words_of(text: str) -> frozenset[str]:
    # Kept, as each remark is compared with every other one on its lines.
    return frozenset(word.lower() for word in _WORD.findall(_CODE.sub("", text)))
