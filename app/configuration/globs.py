"""Names of branches by patterns: ``*`` stops at a slash, ``**`` does not, ``!`` in front takes back."""

from __future__ import annotations

from collections.abc import Iterable


def any_of(patterns: Iterable[str], name: str) -> bool:
    """Whether the last pattern that says anything of a branch takes it.

    >>> any_of(["release/*", "!release/0.*"], "release/1.2")
    True
    >>> any_of(["release/*", "!release/0.*"], "release/0.9")
    False
    """
    taken = False
    for pattern in patterns:
        if matches(pattern.removeprefix("!"), name):
            taken = not pattern.startswith("!")
    return taken


def matches(pattern: str, name: str) -> bool:
    """Whether one pattern means a name; in time that grows with both lengths only, as authors choose the names.

    >>> matches("feature/**", "feature/a/b"), matches("feature/*", "feature/a/b")
    (True, False)
    """
    parts = _parts(pattern)
    places = _with_stars_left_out(parts, {0})
    for mark in name:
        following = set()
        for place in places:
            part = parts[place] if place < len(parts) else None
            if part == "**" or (part == "*" and mark != "/"):
                following.add(place)
            elif part == mark and part != "*":
                following.add(place + 1)
        places = _with_stars_left_out(parts, following)
    return len(parts) in places


def _parts(pattern: str) -> list[str]:
    """Stars, alone or as pairs, and single characters."""
    parts: list[str] = []
    for mark in pattern:
        if mark == "*" and parts and parts[-1] == "*":
            parts[-1] = "**"
        elif not (mark == "*" and parts and parts[-1] == "**"):
            parts.append(mark)
    return parts


def _with_stars_left_out(parts: list[str], places: set[int]) -> set[int]:
    reached = set(places)
    for place in range(len(parts)):
        if place in reached and parts[place] in {"*", "**"}:
            reached.add(place + 1)
    return reached
