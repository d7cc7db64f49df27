"""Which reports are not up to a model, because they are about words that were written to talk models over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewers.findings import Fact

SOURCE = "firewall"
"""In the place of a tool's name."""


def stands(fact: Fact) -> bool:
    """Whether a report stands whatever a model says: none is shown it, none may drop it, none is asked about it."""
    return fact.source == SOURCE
