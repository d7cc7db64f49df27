"""Findings, coverage and gaps as JSON takes them, and back, exactly.

A field that a newer program added is left out by an older one, and one that an older program did not know has its
default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

from reviewers.diff import Side
from reviewers.findings import Fact, Finding, Location, Severity
from reviewers.review import Coverage, Gap, Skipped
from reviewers.verification.values import Dissent, Standing, Verification, Vote

_TUPLES = ("models", "also", "aliases")


def finding_to_data(finding: Finding) -> dict[str, Any]:
    """What JSON takes."""
    return asdict(finding)


def finding_from_data(data: Mapping[str, Any]) -> Finding:
    """The finding that this was made of."""
    known = _known(Finding, data)
    known["severity"] = Severity(known["severity"])
    known["evidence"] = tuple(_fact(item) for item in known.get("evidence", ()))
    if known.get("location") is not None:
        place = _known(Location, known["location"])
        known["location"] = Location(**place | {"side": Side(place["side"])})
    if known.get("verification") is not None:
        second_look = _known(Verification, known["verification"])
        known["verification"] = Verification(**second_look | {"standing": Standing(second_look["standing"])})
    known["votes"] = tuple(Vote(**_known(Vote, item)) for item in known.get("votes", ()))
    known["dissent"] = tuple(Dissent(**_known(Dissent, item)) for item in known.get("dissent", ()))
    for name in _TUPLES:
        known[name] = tuple(known.get(name, ()))
    return Finding(**known)


def coverage_to_data(coverage: Coverage) -> dict[str, Any]:
    """What JSON takes."""
    return asdict(coverage)


def coverage_from_data(data: Mapping[str, Any]) -> Coverage:
    """The coverage that this was made of."""
    known = _known(Coverage, data)
    known["skipped"] = tuple(Skipped(**_known(Skipped, item)) for item in known.get("skipped", ()))
    return Coverage(**known)


def gaps_to_data(gaps: Iterable[Gap]) -> list[dict[str, Any]]:
    """What JSON takes."""
    return [asdict(gap) for gap in gaps]


def gaps_from_data(data: Iterable[Mapping[str, Any]]) -> tuple[Gap, ...]:
    """The gaps that this was made of."""
    return tuple(Gap(**_known(Gap, item)) for item in data)


def _fact(data: Mapping[str, Any]) -> Fact:
    known = _known(Fact, data)
    return Fact(**known | {"severity": Severity(known["severity"])})


def _known(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in data.items() if name in names}
