"""Replies that are too little to be weighed, told apart without asking anybody."""

from __future__ import annotations

import re

_FEWEST_WORDS = 3
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_WORDS = (
    "thanks thank you thx ty ok okay yes yep yeah no nope sure good nice great catch point spot done fixed fixing fix "
    "will do agreed agree true right lgtm resolved updated addressed changed removed pushed now it this that a the i "
    "ll have is in it's it’s i'll i’ll cool perfect later soon todo wip ack sorry my bad oops noted for so much very "
    "well"
)


def is_small_talk(body: str, *, addressed: bool = False) -> bool:
    """Whether a reply says nothing that could be weighed, or is said to somebody else.

    Args:
        body: The reply.
        addressed: Whether it calls us by name.

    Example:
        >>> is_small_talk("Good catch, will fix it. Thanks!")
        True
        >>> is_small_talk("The caller checks that already.")
        False
    """
    spoken = "\n".join(line for line in body.splitlines() if not line.lstrip().startswith(">")).strip()
    words = [word.lower() for word in _WORD.findall(spoken)]
    to_others = spoken.startswith("@") and not addressed
    return to_others or len(words) < _FEWEST_WORDS or set(words) <= set(_WORDS.split())
