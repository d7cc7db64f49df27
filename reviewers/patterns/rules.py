"""Rule files in, validated rules out; without pydantic, because a program of its own loads them at every review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml

from reviewers.errors import RuleMalformed
from reviewers.syntax.languages import LANGUAGES

if TYPE_CHECKING:
    from ast_grep_py import Config

FOLDER = Path(__file__).parent
FAMILIES: Mapping[str, str] = {"typescript": "javascript", "tsx": "javascript", "cpp": "c"}
"""Grammars whose rules stand in another grammar's folder; every other grammar has a folder of its own name."""

_SEVERITIES = ("low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Code that a rule was tried on.

    Attributes:
        code: The code.
        lines: Lines of the code, from 1, on which the rule speaks; none where it stays silent.
        language: The only grammar that the code is for; by default every grammar of the rule.
    """

    code: str
    lines: tuple[int, ...] = ()
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class PatternRule:
    """One rule.

    Attributes:
        id: The name that people see, and the stem of the file's name.
        languages: Grammars that it is for: keys of ``reviewers.syntax.languages.LANGUAGES``.
        reviewer: The reviewer that it speaks for.
        rule: That reviewer's rule.
        cwe: The weakness, as ``CWE-89``; required for security.
        severity: ``low``, ``medium``, ``high`` or ``critical``.
        confidence: How often it is right, 0–1.
        message: What happens and the cure, in one sentence; no quote of the code.
        match: What ast-grep looks for: a rule, or a rule with ``constraints`` and ``utils``.
        flow: Instead of ``match``: where values come from, and where they must not arrive; see ``flow.Flow``.
        mark: Name of the metavariable whose place is told, where the whole match is too long to be one.
        in_tests: Whether it speaks in tests too.
        whole: Whether it can be right only where the whole file is known.
        known_as: What other tools call the same fault: ``SA4000``; says what the rule claims to find.
        flagged: Code on which it speaks.
        clean: Code on which it stays silent, the near misses among them.
    """

    id: str
    languages: tuple[str, ...]
    reviewer: str
    rule: str
    cwe: str | None = None
    severity: str
    confidence: float
    message: str
    match: Mapping[str, Any] | None = None
    flow: Mapping[str, Any] | None = None
    mark: str | None = None
    in_tests: bool = False
    whole: bool = False
    known_as: tuple[str, ...] = ()
    flagged: tuple[Example, ...]
    clean: tuple[Example, ...]

    @cached_property
    def config(self) -> Config:
        """What ast-grep is asked to find."""
        return configured(self.match or {})


def configured(match: Mapping[str, Any]) -> Config:
    """A rule alone, or with its constraints, in the form that ast-grep takes."""
    return cast("Config", match if "rule" in match else {"rule": match})


def family(language: str) -> str:
    """The folder that a grammar's rules stand in.

    >>> family("tsx"), family("go")
    ('javascript', 'go')
    """
    return FAMILIES.get(language, language)


def load(families: Iterable[str], folder: Path = FOLDER) -> Iterator[PatternRule]:
    """The rules of some families in the order of their names; files that begin with ``_`` are no rules.

    Raises:
        RuleMalformed: A file is no rule; the message says which and why.
    """
    for name in sorted(set(families)):
        for path in sorted((folder / name).glob("[!_]*.yml")):
            yield rule_from(read(path), path)


def read(path: Path) -> Mapping[str, Any]:
    """The mapping that a YAML file holds.

    Raises:
        RuleMalformed: It holds something else.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where libyaml is there
    try:
        value = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both loaders are safe ones
    except yaml.YAMLError as error:
        raise RuleMalformed(f"{path.name}: no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(value, dict):
        raise RuleMalformed(f"{path.name}: not a mapping of names to values")
    return value


def rule_from(value: Mapping[str, Any], path: Path) -> PatternRule:
    """The rule that a file's content describes.

    Raises:
        RuleMalformed: A name is missing or unknown, or a value is none of the possible ones.
    """
    known = {field.name for field in fields(PatternRule)}
    if wrong := sorted(set(value) - known):
        raise RuleMalformed(f"{path.name}: unknown: {', '.join(wrong)}")
    try:
        rule = PatternRule(
            **{
                **value,
                "languages": tuple(value["languages"]),
                "known_as": tuple(value.get("known_as", ())),
                "message": " ".join(value["message"].split()),
                "flagged": tuple(_example(each, path) for each in value["flagged"]),
                "clean": tuple(_example(each, path) for each in value["clean"]),
            }
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise RuleMalformed(f"{path.name}: missing or of the wrong kind: {error}") from error
    for fault in _faults(rule, path):
        raise RuleMalformed(f"{path.name}: {fault}")
    return rule


def _example(value: Any, path: Path) -> Example:
    if isinstance(value, str):
        return Example(code=value)
    if not isinstance(value, dict) or not isinstance(value.get("code"), str):
        raise RuleMalformed(f"{path.name}: an example is code, or a mapping with code, lines and language")
    return Example(code=value["code"], lines=tuple(value.get("lines", ())), language=value.get("language"))


def _faults(rule: PatternRule, path: Path) -> Iterator[str]:
    if rule.id != path.stem:
        yield f"its id is {rule.id}"
    if unknown := set(rule.languages) - set(LANGUAGES):
        yield f"no grammar is called {', '.join(sorted(unknown))}"
    if {family(language) for language in rule.languages} != {path.parent.name}:
        yield f"it stands in the folder {path.parent.name}, and is for {', '.join(rule.languages) or 'no language'}"
    if rule.severity not in _SEVERITIES or not 0 < rule.confidence <= 1:
        yield f"severity is one of {', '.join(_SEVERITIES)}, and confidence between 0 and 1"
    if (rule.match is None) == (rule.flow is None):
        yield "it needs match or flow, and not both"
    if not rule.flagged or not rule.clean or not all(example.lines for example in rule.flagged):
        yield "it needs flagged code with its lines, and clean code"
