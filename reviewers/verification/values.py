"""What a second look says of a finding, and what stayed in dispute: values that findings carry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """What became of a finding that was put to another model; the words are those of the JSON report."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNSURE = "unsure"
    CONTESTED = "contested"
    UNVERIFIED = "not verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The outcome of a second look.

    Attributes:
        standing: What it says.
        by: The model that looked, as ``provider/name``; empty where none did.
        independence: 2 where another family looked, 1 another model of the author's, 0 the author's model itself.
        quote: The decisive code, as it stands in what was shown; empty where there is none.
        reason: Why, in the model's words, or why nobody looked.
    """

    standing: Standing
    by: str = ""
    independence: int = 0
    quote: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """Who reported a fault, as bad as what.

    Attributes:
        reviewer: Its name.
        model: The model that answered for it, as ``provider/name``.
        severity: The word: ``high``.
        confidence: How sure it said it was, 0–1.
    """

    reviewer: str
    model: str
    severity: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissent:
    """A view that a debate left standing against the decision, or that was overruled.

    Attributes:
        by: The model, as ``provider/name``.
        view: What it holds in two or three words: ``not a fault``, ``medium only``.
        quote: The code that it goes by, as it stands in what was shown; empty where it named none.
        reason: Why, in the model's words.
        round: In which round it was said last; 0 where it was said before any debate.
    """

    by: str
    view: str
    quote: str = ""
    reason: str = ""
    round: int = 0
