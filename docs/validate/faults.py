"""What is wrong, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One promise that is not kept.

    Attributes:
        path: From the root of the project.
        line: From 1.
        what: What is wrong, and with what it should agree.

    Example:
        >>> str(Fault("README.md", 7, "there is no docs/nowhere.md"))
        'README.md:7: there is no docs/nowhere.md'
    """

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"
