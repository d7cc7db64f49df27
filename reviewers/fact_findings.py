"""Facts go in, findings come out: what a review says where no model was asked to judge the facts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from reviewers.diff import Diff, Side
from reviewers.findings import Fact, Finding, Location
from reviewers.perspectives import by_name
from reviewers.reviewer import Rule

_TITLE_LENGTH = 80
_NAME = re.compile(r"[a-z$][a-z]+[A-Z0-9_.(=/$]\w")
"""The beginning of a name by its shape: ``forEach``, ``math.abs``, ``max_size``; a capital would make it another."""
_SHORTEST_NAME = 3


def as_findings(facts: Iterable[Fact], diff: Diff) -> tuple[Finding, ...]:
    """Each fact as a finding of the reviewer it concerns.

    Facts of one rule in one place are one finding, and so are those of several tools on lines that they share: it is
    told where the tool stands that marks the fewest lines.
    """
    found: list[Finding] = []
    by_rule: dict[tuple[str, str, str], list[int]] = {}
    for fact in facts:
        known = by_rule.setdefault((fact.reviewer, fact.rule, fact.path), [])
        same = next((index for index in known if _is_told(fact, found[index].evidence)), None)
        if same is None:
            known.append(len(found))
            found.append(_finding(fact, diff))
        else:
            found[same] = _with(found[same], fact, diff)
    return tuple(found)


def _is_told(fact: Fact, told: Iterable[Fact]) -> bool:
    return any(_lines(fact) == _lines(other) or (fact.source != other.source and _meet(fact, other)) for other in told)


def _lines(fact: Fact) -> tuple[int, int]:
    return fact.start_line, fact.end_line


def _meet(one: Fact, other: Fact) -> bool:
    return one.start_line <= other.end_line and other.start_line <= one.end_line


def _finding(fact: Fact, diff: Diff) -> Finding:
    rule = by_name(fact.reviewer).rule(fact.rule)
    location, anchor = _placed(fact, diff)
    return Finding(
        reviewer=fact.reviewer,
        rule=fact.rule,
        cwe=fact.cwe or rule.cwe,
        severity=fact.severity,
        confidence=fact.confidence,
        path=fact.path,
        location=location,
        anchor=anchor,
        title=_title(fact.message, anchor),
        message=_message(fact, rule, anchor),
        evidence=(fact,),
    )


def _with(finding: Finding, fact: Fact, diff: Diff) -> Finding:
    """The same finding with one more fact, as bad and as sure as the worse of them."""
    fewest = min(other.end_line - other.start_line for other in finding.evidence)
    place = finding if fact.end_line - fact.start_line >= fewest else _finding(fact, diff)
    return replace(
        finding,
        location=place.location,
        anchor=place.anchor,
        severity=max(finding.severity, fact.severity),
        confidence=max(finding.confidence, fact.confidence),
        evidence=(*finding.evidence, fact),
    )


def _placed(fact: Fact, diff: Diff) -> tuple[Location | None, str]:
    """Where the fact stands on the diff, and the added lines there; a fact of another diff has no place.

    Where no line is added, something is gone from between the lines, and they are all there is to know it by.
    """
    for file in diff.of(fact.path):
        for hunk in file.hunks:
            lines = [line for line in hunk.lines if line.new and fact.start_line <= line.new <= fact.end_line]
            if lines and lines[0].new == fact.start_line and lines[-1].new == fact.end_line:
                location = Location(path=fact.path, start_line=fact.start_line, end_line=fact.end_line, side=Side.RIGHT)
                return location, "\n".join(line.text for line in [each for each in lines if each.added] or lines)
    return None, ""


def _message(fact: Fact, rule: Rule, anchor: str) -> str:
    """What to do; before it, what the tool says, where the title had to be shortened. Its source stands beside it."""
    whole = _plain(fact.message, anchor)
    said = "" if _title(fact.message, anchor) == whole else f"{_sentence(fact.message, anchor)} "
    return said + _sentence(rule.help)


def _title(message: str, anchor: str) -> str:
    short = _plain(message, anchor)
    if len(short) <= _TITLE_LENGTH:
        return short
    return short[: _TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def _plain(message: str, anchor: str) -> str:
    return _begun(message.strip().rstrip("."), anchor)


def _begun(text: str, anchor: str = "") -> str:
    """The text with a capital, unless it begins with a name: one by its shape, or a word of the code it is about."""
    word = re.split(r"\W", text, maxsplit=1)[0]
    if _NAME.match(text) or (len(word) >= _SHORTEST_NAME and re.search(rf"\b{word}\b", anchor)):
        return text
    return text[:1].upper() + text[1:]


def _sentence(text: str, anchor: str = "") -> str:
    begun = _begun(text, anchor)
    return begun if begun.endswith((".", "!", "?")) else f"{begun}."
