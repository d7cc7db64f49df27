"""The disagreement table: where both sides of a dispute stand goes in, what is decided comes out. No model decides."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from reviewers.findings import Severity
from reviewers.verification.values import Standing


class Position(StrEnum):
    """Where a side stands after a round; one that holds without code that was shown is unsure."""

    HOLDS = "hold"
    YIELDS = "yield"
    UNSURE = "unsure"
    SILENT = "silent"


OF_A_FAULT = MappingProxyType(
    {
        (Position.YIELDS, None): Standing.REFUTED,
        (Position.UNSURE, None): Standing.REFUTED,
        (Position.SILENT, None): Standing.REFUTED,
        (Position.HOLDS, Position.YIELDS): Standing.CONFIRMED,
        (Position.HOLDS, Position.UNSURE): Standing.UNSURE,
        (Position.HOLDS, Position.HOLDS): Standing.CONTESTED,
        (Position.HOLDS, Position.SILENT): Standing.CONTESTED,
    }
)
"""Whether there is a fault, by where the side that reported it stands, then the side that refutes it with a quote.

Only the first is asked in the first round, as the other has spoken; the other in the second, if the first holds.
Who reports bears the burden: what its own side cannot show with code is not told.
"""


def severity_between(high: Severity, low: Severity, claimant: Position, opponent: Position | None) -> Severity:
    """How bad a fault is of which one side says ``high`` and the other ``low``.

    =========  =================  ====================
    claimant   opponent           decided
    =========  =================  ====================
    yields                        ``low``
    unsure                        one below ``high``
    silent                        ``high``
    holds      yields or unsure   ``high``
    holds      silent             ``high``
    holds      holds              one below ``high``
    =========  =================  ====================

    Args:
        high: What the claimant says.
        low: What the opponent says, less.
        claimant: Where the one side stands after the first round.
        opponent: Where the other stands after the second; None where it was not asked.
    """
    if claimant is Position.YIELDS:
        return low
    disputed = claimant is Position.UNSURE or opponent is Position.HOLDS
    return Severity(max(high - 1, low)) if disputed else high
