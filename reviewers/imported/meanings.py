"""An entry of another tool's report in, the reviewer and the rule that it falls under out.

What is known of the tool's own rule counts most, then the weakness that it names, then the words it goes by. Of a rule
that says none of that nobody knows more than that a tool holds the code to be wrong.
"""

from __future__ import annotations

import re
from dataclasses import replace

from reviewers.findings import Severity
from reviewers.imported.report import Entry
from reviewers.imported.weakness_rules import BY_WEAKNESS
from reviewers.meaning import Meaning
from reviewers.oxlint_rules import BY_SHORT_NAME
from reviewers.perspectives import by_name
from reviewers.ruff_rules import RULES


def meaning_of(entry: Entry) -> Meaning:
    """Where an entry belongs, how bad it is and how often such a one is right.

    >>> from reviewers.findings import Severity
    >>> said = Entry(tool="CodeQL", code="py/sql-injection", path="a.py", start_line=1, end_line=1, message="",
    ...              severity=Severity.HIGH, tags=("external/cwe/cwe-089",))
    >>> meaning_of(said).rule, meaning_of(said).cwe
    ('injection', 'CWE-89')
    """
    if known := _known(entry):
        return known
    numbers = [int(number) for tag in entry.tags for number in _NUMBER.findall(tag)]
    found = next((number for number in numbers if number in BY_WEAKNESS), None)
    if found is not None:
        return _meaning(*BY_WEAKNESS[found], entry, cwe=found)
    if entry.tool.lower() in _OF_SECRETS:
        return _meaning("security", "hardcoded-secret", entry)
    general = next((rule for word, rule in _BY_WORD if any(word in tag for tag in entry.tags)), None)
    if general:
        return _meaning(*general, entry)
    # Linters call a missing comma an error too, so that the level alone makes nothing of it that is worse than medium.
    return _meaning(*_ANY_OTHER, replace(entry, severity=min(entry.severity, Severity.MEDIUM)))


_NUMBER = re.compile(r"\bcwe[-_: ]?0*(\d{1,5})\b")
_UNSAID = 0.6
_OF_SECRETS = {"gitleaks", "trufflehog", "ggshield", "gitguardian", "secretlint", "detect-secrets", "kingfisher"}
_BY_WORD = (
    ("secret", ("security", "hardcoded-secret")),
    ("security", ("security", "insecure-configuration")),
    ("performance", ("performance", "repeated-work")),
    ("complexity", ("architecture", "excessive-complexity")),
    ("maintainability", ("architecture", "excessive-complexity")),
)
_ANY_OTHER = ("bugs", "logic-error")
_OF_RUFF = {"ruff", "flake8", "pyflakes", "pylint"}
_OF_OXLINT = {"oxlint", "oxc", "eslint", "biome"}
_BANDIT = re.compile(r"B(\d{3})$")


def _known(entry: Entry) -> Meaning | None:
    """What we hold of the same rule where we run it ourselves, or a tool that has it from there."""
    tool, code = entry.tool.lower(), entry.code
    if tool == "bandit" and (found := _BANDIT.match(code)):
        return RULES.get(f"S{found[1]}")
    if tool in _OF_RUFF:
        return RULES.get(code)
    return BY_SHORT_NAME.get(code.rpartition("/")[2]) if tool in _OF_OXLINT else None


def _meaning(reviewer: str, rule: str, entry: Entry, *, cwe: int | None = None) -> Meaning:
    own = by_name(reviewer).rule(rule).cwe
    return Meaning(
        reviewer=reviewer,
        rule=rule,
        cwe=f"CWE-{cwe}" if cwe is not None and own else own,
        severity=entry.severity if rule != "excessive-complexity" else Severity.LOW,
        confidence=_UNSAID if entry.confidence is None else entry.confidence,
    )
