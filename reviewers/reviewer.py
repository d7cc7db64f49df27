"""A reviewer as a value: what it looks for, what it must flag and what it must leave alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of fault that a reviewer may report.

    Attributes:
        name: Lower-case words joined by ``-``; part of a finding's identity, so it never changes its meaning.
        summary: The fault in one line.
        help: What to do about it, in one or two sentences.
        cwe: The weakness it is, as ``CWE-89``; required for security rules.
    """

    name: str
    summary: str
    help: str
    cwe: str | None = None


@dataclass(frozen=True, slots=True)
class Flagged:
    """Code that the reviewer must flag: at a line (from 1) of the code, under a rule."""

    code: str
    line: int
    rule: str
    path: str = "example.py"


@dataclass(frozen=True, slots=True)
class Clean:
    """Code that the reviewer must leave alone, and why somebody might be tempted."""

    code: str
    temptation: str
    path: str = "example.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """One of the four perspectives, or one that a repository has written for itself.

    Attributes:
        name: One word, as in ``--reviewers`` and in a finding's identity.
        title: For people: ``Bug hunter``.
        mission: One line: what this reviewer protects.
        instructions: What to look for, what never to report, what evidence a finding needs, when to stay silent.
        rules: The closed set of rules it may report under.
        only: Globs of the paths it reads (``**`` crosses folders); empty for all.
        skips: Globs of paths it does not read; they win over ``only``.
        models: For each provider, the models that suit it, best first.
        vendors: Providers in the order in which they suit it.
        flagged: Code it must flag.
        clean: Code it must leave alone.
        own: Whether a repository wrote it, so that its words are framed as the house's and not as ours.
    """

    name: str
    title: str
    mission: str
    instructions: str
    rules: tuple[Rule, ...]
    only: tuple[str, ...] = ()
    skips: tuple[str, ...] = ()
    vendors: tuple[str, ...]
    models: Mapping[str, tuple[str, ...]]
    flagged: tuple[Flagged, ...]
    clean: tuple[Clean, ...]
    own: bool = False

    def rule(self, name: str) -> Rule:
        """The rule of that name.

        Raises:
            KeyError: This reviewer has no such rule.
        """
        for rule in self.rules:
            if rule.name == name:
                return rule
        raise KeyError(name)
