"""What keeps records from being written to Langfuse or read out of it; one line with the cure, no key.

LangfuseError
├── KeysRefused           the keys are wrong, or may not read this project (401, 403)
├── ReadingRefused        it understood the question and does not answer it: the address is another server's, or too old
├── WritingRefused        it takes nothing of what is sent, and will not later
├── ReadingFailed         it does not answer, not in time, or asks for a longer wait than we are willing to
└── Stopped               somebody wants the export to end
"""

from __future__ import annotations


class LangfuseError(Exception):
    """Root of this package's errors."""


class KeysRefused(LangfuseError):
    """The keys are wrong, or may not read this project; a person has to change them first."""


class ReadingRefused(LangfuseError):
    """What answers is no Langfuse, or one without the interface that is read here; trying again does not help."""


class WritingRefused(LangfuseError):
    """What answers takes nothing of what is sent; trying again does not help."""


class ReadingFailed(LangfuseError):
    """Nothing came, not in time, or not whole; a later try may do."""


class Stopped(LangfuseError):
    """Somebody wants the export to end before its end."""
