"""What a manifest asks for, as a value, and what can be told from its version alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Where a package comes from."""

    REGISTRY = "registry"
    GIT = "git"
    ADDRESS = "address"
    PATH = "path"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One line of a manifest that asks for a package.

    Attributes:
        name: As the registry writes it.
        wanted: The version or range, the address or the path; empty where anything will do.
        origin: Where it comes from.
        line: Where it stands, from 1.
        fixed: For git, whether a commit is named; for an address, whether a checksum is.
        optional: Whether it is for development, for peers, or for another package's sake.
    """

    name: str
    wanted: str
    origin: Origin = Origin.REGISTRY
    line: int
    fixed: bool = True
    optional: bool = False

    @property
    def major(self) -> int | None:
        """The part of its version that tells of breaking changes: the first one that is not 0; None without one."""
        numbers = self.release
        return next((number for number in numbers if number), 0) if numbers else None

    @property
    def release(self) -> tuple[int, ...]:
        """The numbers of the first version that it names: ``(1, 4, 2)``."""
        found = _VERSION.search(self.wanted) if self.origin is Origin.REGISTRY else None
        return tuple(int(number) for number in found.group().split(".")[:4]) if found else ()

    @property
    def anything(self) -> bool:
        """Whether whatever is newest at the moment is taken."""
        return self.wanted.strip().lower() in _ANYTHING


Row = tuple[int, str]
"""A line's number, from 1, and its text."""

Reader = Callable[[Sequence[Row], bool], Iterator[Dependency]]
"""Rows of a manifest, and whether they are all of it, in; what it asks for out."""

_VERSION = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,3}")
_ANYTHING = frozenset(
    {"*", "latest", "x", "next", "latest.release", "latest.integration", "+", "release", "dev-master"}
)
_COMMIT = re.compile(r"[@#=:\"'\s][0-9a-f]{40}\b")
_CHECKSUM = re.compile(r"sha(?:256|384|512)[=:-]")
_GIT = re.compile(r"^(?:git\+|git://|git@|github:|gitlab:|bitbucket:)|\.git(?:[#@]|$)")


def origin_of(wanted: str) -> tuple[Origin, bool]:
    """Where a package with that version, address or path comes from, and whether what it names stays the same.

    >>> origin_of("git+https://example.org/a.git@main")
    (<Origin.GIT: 'git'>, False)
    >>> origin_of("^1.2.0")[0].value
    'registry'
    """
    if _GIT.search(wanted):
        return Origin.GIT, bool(_COMMIT.search(wanted))
    if wanted.startswith(("http://", "https://", "ftp://")):
        return Origin.ADDRESS, bool(_CHECKSUM.search(wanted))
    if wanted.startswith(("file:", "link:", "./", "../", "/", "portal:")):
        return Origin.PATH, True
    return Origin.REGISTRY, True
