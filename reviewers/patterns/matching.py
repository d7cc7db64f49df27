"""A syntax tree and rules in, the lines out on which the rules speak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewers.patterns.carriers import Steps
from reviewers.patterns.flow import arrivals
from reviewers.patterns.rules import PatternRule

if TYPE_CHECKING:
    from ast_grep_py import SgNode


@dataclass(frozen=True, slots=True)
class Match:
    """A rule speaks on lines of a text, counted from 1."""

    rule: PatternRule
    start_line: int
    end_line: int


def matches(rules: Iterable[PatternRule], root: SgNode, language: str) -> Iterator[Match]:
    """What the rules for a language find in a tree of it, once for each kind of fault and line.

    Code that the grammar could not make sense of proves nothing: a match that holds some does not count. Of rules that
    say the same of a line, the one that is surer is told.
    """
    speaking = sorted((rule for rule in rules if language in rule.languages), key=lambda rule: -rule.confidence)
    if not speaking:
        return
    steps = Steps(root, language)
    told: set[tuple[int, str, str, str | None]] = set()
    for rule in speaking:
        for node in _found(rule, steps):
            marked = (node.get_match(rule.mark) if rule.mark else None) or node
            start, end = marked.range().start.line + 1, marked.range().end.line + 1
            said = (start, rule.reviewer, rule.rule, rule.cwe)
            if said not in told and not _broken(node):
                told.add(said)
                yield Match(rule, start, end)


def _found(rule: PatternRule, steps: Steps) -> Iterable[SgNode]:
    return arrivals(rule.flow, steps) if rule.flow is not None else steps.root.find_all(rule.config)


def _broken(node: SgNode) -> bool:
    return node.find({"rule": {"kind": "ERROR"}}) is not None
