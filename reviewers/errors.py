"""Everything that a review can be refused for.

ReviewError
├── DiffError             the text is not a unified diff; says the line
├── MalformedAnswer       a model's answer breaks its schema; says where
├── RuleMalformed         a file of pattern rules is none; says which and why
├── ReportUnreadable      a file of evidence is in no format that is known, or broken
├── ToolAnswerUnreadable  an evidence source's tool printed something else than expected
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


class MalformedAnswer(ReviewError):
    """A model's answer is not JSON, or breaks the schema it was given."""


class RuleMalformed(ReviewError):
    """A file below ``reviewers/patterns`` is no rule; the message says which and why."""


class ToolAnswerUnreadable(ReviewError):
    """An evidence source's tool printed something that its source does not understand."""


class ReportUnreadable(ReviewError):
    """A file that is given as evidence is in no format that is known, broken, or too large."""


class UnknownReviewer(ReviewError):
    """A name that no reviewer has."""
