"""What one review said and what another one says of the same change go in; what is new, gone and changed comes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewers.findings import Severity

if TYPE_CHECKING:
    from reviewers.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """As much of a finding as is needed to know it again and to name it.

    Attributes:
        id: Its fingerprint.
        aliases: Fingerprints of what was merged into it.
        reviewer: Who made it.
        rule: Under which rule.
        severity: How bad it is.
        path: The file.
        line: Where it begins, or None where it has no place on the diff.
        title: The fault in a few words.
    """

    id: str
    aliases: tuple[str, ...] = ()
    reviewer: str
    rule: str
    severity: Severity
    path: str
    line: int | None
    title: str

    @property
    def names(self) -> frozenset[str]:
        """All that it may be recognised by."""
        return frozenset((self.id, *self.aliases))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How two reviews of one change differ; pairs are (then, now).

    Attributes:
        new: Said now and not then.
        gone: Said then and not now.
        changed: Said both times, with another severity.
        same: Said both times.
    """

    new: tuple[Remark, ...] = ()
    gone: tuple[Remark, ...] = ()
    changed: tuple[tuple[Remark, Remark], ...] = ()
    same: tuple[tuple[Remark, Remark], ...] = ()


def remark_of(finding: Finding) -> Remark:
    """A finding as a remark."""
    return Remark(
        id=finding.fingerprint,
        aliases=finding.aliases,
        reviewer=finding.reviewer,
        rule=finding.rule,
        severity=finding.severity,
        path=finding.path,
        line=finding.location.start_line if finding.location else None,
        title=finding.title,
    )


def difference(then: Iterable[Remark], now: Iterable[Remark]) -> Difference:
    """Hold two reviews against one another.

    Two remarks are one where they share a fingerprint, their own first, then those merged into them; else where they
    stand under the same rule on the same line, as a quote may be one line longer in another model's answer.
    """
    left, right = list(then), list(now)
    pairs: list[tuple[Remark, Remark]] = []
    for alike in (_identical, _related, _in_place):
        for one in tuple(left):
            other = next((each for each in right if alike(one, each)), None)
            if other is not None:
                pairs.append((one, other))
                left.remove(one)
                right.remove(other)
    return Difference(
        new=tuple(right),
        gone=tuple(left),
        changed=tuple(pair for pair in pairs if pair[0].severity is not pair[1].severity),
        same=tuple(pair for pair in pairs if pair[0].severity is pair[1].severity),
    )


def _identical(one: Remark, other: Remark) -> bool:
    return one.id == other.id


def _related(one: Remark, other: Remark) -> bool:
    return not one.names.isdisjoint(other.names)


def _in_place(one: Remark, other: Remark) -> bool:
    places = (one.path, one.line, one.reviewer, one.rule), (other.path, other.line, other.reviewer, other.rule)
    return one.line is not None and places[0] == places[1]
