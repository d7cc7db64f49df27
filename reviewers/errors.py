"""Everything that a review can be refused for.

ReviewError
├── DiffError             the text is not a unified diff; says the line
└── UnknownReviewer       a name that no reviewer has
"""

from __future__ import annotations


class ReviewError(Exception):
    """Root of this package's errors."""


class DiffError(ReviewError):
    """The text is not a unified diff, or breaks off inside one.

    Attributes:
        line: Line of the text, counted from 1, where the fault was seen.
    """

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


class UnknownReviewer(ReviewError):
    """A name that no reviewer has."""
