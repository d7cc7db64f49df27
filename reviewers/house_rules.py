"""What a repository asks of every reviewer beside its guidance files, as values; read from its configuration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviewers.findings import Finding, Severity
from reviewers.selection import path_filter


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRule:
    """What holds for some paths.

    Attributes:
        paths: Globs as in ``.gitignore``.
        instructions: What reviewers are told about files there, or the empty string.
        floor: Findings there that are less severe are not told; None tells all.
    """

    paths: tuple[str, ...]
    instructions: str = ""
    floor: Severity | None = None

    def holds_for(self, path: str) -> bool:
        """Whether a file is meant."""
        return path_filter(self.paths).matches(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """All of them.

    Attributes:
        language: In which people are spoken to, as a name or tag (``German``, ``pt-BR``); empty for English.
        paths: By path, the later ones over the earlier ones.
    """

    language: str = ""
    paths: tuple[PathRule, ...] = ()

    def instructions_for(self, paths: Iterable[str]) -> tuple[PathRule, ...]:
        """Rules with instructions that hold for at least one of these files, in their order."""
        files = tuple(paths)
        return tuple(rule for rule in self.paths if rule.instructions and any(map(rule.holds_for, files)))

    def floor_of(self, path: str) -> Severity | None:
        """The severity from which findings in a file are told, or None for all."""
        floors = [rule.floor for rule in self.paths if rule.floor is not None and rule.holds_for(path)]
        return floors[-1] if floors else None


NO_HOUSE_RULES = HouseRules()
"""Nothing is asked beside the guidance files."""


def above_floor(
    findings: Iterable[Finding], house_rules: HouseRules
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Findings that the house wants to be told, and those that stay below the floor of their path, both in their order.

    A finding about the change as a whole has no path, hence no floor.
    """
    told: list[Finding] = []
    below: list[Finding] = []
    for finding in findings:
        floor = house_rules.floor_of(finding.path) if finding.path else None
        (told if floor is None or finding.severity >= floor else below).append(finding)
    return tuple(told), tuple(below)
