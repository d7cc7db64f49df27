"""Facts and faults that others have labelled: which of the labels our rules claim to find, and which facts find them.

A label is claimed where a rule for its language declares the label's kind of fault: by a weakness of the same family,
or by naming the other tool's rule (``known_as``). What was found plays no part in that. A fact finds a label of its
kind in its file when it stands on the label's line, one line before or one after. A fact is false where its kind is
labelled in the file and it finds no label, if the labels of the file are all there are of their kinds. Of the rest
nothing is known, so nothing is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from reviewers.findings import Fact
from reviewers.patterns.rules import FOLDER, PatternRule, family, load
from reviewers.ruff_rules import RULES

_FAMILIES = {
    "sql": "89 564 943",
    "command": "78 77 88",
    "code": "94 95 96 1336 917",
    "script": "79 80 83",
    "path": "22 23 36 73 99",
    "deserialization": "502",
    "request": "918",
    "redirect": "601",
    "xpath": "643 91",
    "ldap": "90",
    "log-forging": "117",
    "header": "113 93",
    "xml": "611 776 827",
    "algorithm": "327 328 916 759 760",
    "key-size": "326",
    "random": "330 338 340 335",
    "certificate": "295 297 599 322",
    "cleartext": "312 532 313 315",
    "transport": "319 523",
    "secret": "798 259 321",
    "regex": "730 1333 185",
    "permissions": "732 276",
    "temporary": "377 379 378",
    "cookie": "614",
    "readable-cookie": "1004",
    "prototype": "915 1321",
    "forged": "352",
    "debug": "215 489",
    "signature": "347",
    "archive": "409",
    "check-then-use": "367",
    "origin": "942 346 345",
    "suppl": "829",
    "cache": "349",
    "buffer": "119 120 121 122 787 125",
    "overflow": "190 680",
    "freed": "416 415 825",
    "limits": "770 400",
    "exposed": "497 200 209",
}
_FAMILY = {f"CWE-{number}": name for name, numbers in _FAMILIES.items() for number in numbers.split()}
_EVERYWHERE = frozenset({"secret"})
_WORKFLOWS = frozenset({"code", "suppl", "cache"})
_NEAR = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A fault that others know of.

    Attributes:
        line: Where, from 1; None where only the file is known.
        rule: The name that they have for it.
        cwe: The weakness, if it is one.
        count: How many there are, where only the file is known.
    """

    line: int | None
    rule: str
    cwe: str | None = None
    count: int = 1

    @property
    def kinds(self) -> frozenset[str]:
        """Names of its kind of fault: its own, and its family of weaknesses."""
        return _kinds(self.cwe, self.rule.rpartition(":")[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How labels and facts met.

    Attributes:
        wanted: Labels that are claimed.
        hit: Those that a fact found.
        right: Facts that found a label.
        wrong: Facts where there was none.
    """

    wanted: int = 0
    hit: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float:
        """The share of facts that are right; 1 where there are none."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of claimed labels that were found; 1 where there are none."""
        return self.hit / self.wanted if self.wanted else 1.0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            wanted=self.wanted + other.wanted,
            hit=self.hit + other.hit,
            right=self.right + other.right,
            wrong=self.wrong + other.wrong,
        )


@cache
def claims(language: str) -> frozenset[str]:
    """The kinds of faults that our rules for a language declare."""
    kinds = set(_EVERYWHERE) | (_WORKFLOWS if language == "yaml" else set())
    for rule in _rules():
        if family(language) in {family(each) for each in rule.languages}:
            kinds |= _kinds(rule.cwe, *rule.known_as)
    if language == "python":
        for code, meaning in RULES.items():
            kinds |= _kinds(meaning.cwe, code)
    return frozenset(kinds)


def claimed(label: Label, language: str) -> bool:
    """Whether our rules say that they find such a fault in that language."""
    return not label.kinds.isdisjoint(claims(language))


def matches(fact: Fact, label: Label) -> bool:
    """Whether a fact of the label's file finds the fault."""
    near = label.line is None or fact.start_line - _NEAR <= label.line <= fact.end_line + _NEAR
    return near and not kinds_of(fact).isdisjoint(label.kinds)


def kinds_of(fact: Fact) -> frozenset[str]:
    """Names of a fact's kind of fault."""
    return _kinds(fact.cwe, fact.code, *_known_as().get(fact.code, ()))


def kinds_of_weakness(cwe: str | None) -> frozenset[str]:
    """Names of the kind of fault that a weakness is; none where it is no weakness."""
    return _kinds(cwe)


def tally(
    labels: Iterable[Label], facts: Iterable[Fact], language: str, *, complete: bool, clean_of: str | None = None
) -> Tally:
    """How the labels and the facts of one file met.

    Args:
        labels: What is known of the file.
        facts: What was found in it.
        language: Its language.
        complete: Whether these are all faults of their kinds in the file.
        clean_of: A weakness that the file is known to be free of, where it has no labels.
    """
    wanted = [label for label in labels if claimed(label, language)]
    kinds = frozenset(kind for label in wanted for kind in label.kinds) | _kinds(clean_of)
    spoken = [fact for fact in facts if not kinds_of(fact).isdisjoint(kinds)]
    right = _once_a_line(fact for fact in spoken if any(matches(fact, label) for label in wanted))
    wrong = _once_a_line(fact for fact in spoken if not any(matches(fact, label) for label in wanted))
    total = sum(label.count for label in wanted)
    in_file = any(label.line is None for label in wanted)
    hit = min(total, len(right)) if in_file else sum(any(matches(fact, label) for fact in right) for label in wanted)
    surplus = max(0, len(right) - total) if in_file else len(wrong)
    return Tally(
        wanted=total, hit=hit, right=len(right) - (surplus if in_file else 0), wrong=surplus if complete else 0
    )


def _once_a_line(facts: Iterable[Fact]) -> list[Fact]:
    """Two rules that say the same of one line are one finding."""
    return list({(fact.path, fact.start_line): fact for fact in facts}.values())


def _kinds(cwe: str | None, *names: str) -> frozenset[str]:
    return frozenset({_FAMILY.get(cwe, cwe), *names} if cwe else names)


@cache
def _rules() -> tuple[PatternRule, ...]:
    return tuple(load(path.name for path in FOLDER.iterdir() if path.is_dir()))


@cache
def _known_as() -> Mapping[str, tuple[str, ...]]:
    return {rule.id: rule.known_as for rule in _rules()}
