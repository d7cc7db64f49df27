"""SARIF 2.1.0 in, its results out (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).

What a run does not give is left open: a result without a place is no evidence on a line, and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from reviewers.findings import Severity
from reviewers.imported.report import Entry, dicts, line_range, part, text, words


def entries(document: Mapping[str, object]) -> Iterator[Entry]:
    """Results that are faults and that nobody has suppressed."""
    for run in dicts(document.get("runs")):
        tool = part(run, "tool", "driver")
        rules = dicts(tool.get("rules")) + tuple(
            rule for extension in dicts(part(run, "tool").get("extensions")) for rule in dicts(extension.get("rules"))
        )
        by_id = {text(rule.get("id")): rule for rule in rules}
        for result in dicts(run.get("results")):
            if _counts(result):
                yield from _entries(
                    result, _rule_of(result, by_id, dicts(tool.get("rules"))), run, text(tool.get("name"))
                )


_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW, "none": Severity.LOW}
_PRECISIONS = {"very-high": 0.9, "high": 0.8, "medium": 0.6, "low": 0.4}
# GitHub's steps: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
_STEPS = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM))
_LINK = re.compile(r"\[([^\]\[]*)\]\([^()]*\)")
_SECURITY = "security"


def _counts(result: Mapping[str, object]) -> bool:
    suppressed = any(each.get("status", "accepted") == "accepted" for each in dicts(result.get("suppressions")))
    return result.get("kind", "fail") == "fail" and result.get("baselineState") != "absent" and not suppressed


def _rule_of(
    result: Mapping[str, object], by_id: Mapping[str, Mapping[str, object]], rules: Sequence[Mapping[str, object]]
) -> Mapping[str, object]:
    named = text(result.get("ruleId")) or text(part(result, "rule").get("id"))
    if named in by_id:
        return by_id[named]
    index = result.get("ruleIndex", part(result, "rule").get("index"))
    if isinstance(index, int) and 0 <= index < len(rules):
        return rules[index]
    # An id may go on below a rule's: CA1000/2 is of CA1000.
    return by_id.get(named.rpartition("/")[0], {"id": named})


def _entries(
    result: Mapping[str, object], rule: Mapping[str, object], run: Mapping[str, object], tool: str
) -> Iterator[Entry]:
    properties = part(rule, "properties")
    grade = _grade(part(result, "properties").get("security-severity", properties.get("security-severity")))
    level = text(result.get("level")) or text(part(rule, "defaultConfiguration").get("level"))
    tags = (
        *words(properties.get("tags")),
        *words(properties.get("cwe")),
        *words(part(result, "properties").get("tags")),
        *_taxa(result, rule),
        *((_SECURITY,) if grade else ()),
    )
    for location in dicts(result.get("locations"))[:1]:
        place = part(location, "physicalLocation")
        lines = line_range(part(place, "region").get("startLine"), part(place, "region").get("endLine"))
        if lines is None:
            continue
        yield Entry(
            tool=tool,
            code=text(result.get("ruleId")) or text(rule.get("id")),
            path=_path(part(place, "artifactLocation"), run),
            start_line=lines[0],
            end_line=lines[1],
            message=_message(result, rule),
            severity=grade or _LEVELS.get(level, Severity.MEDIUM),
            tags=tuple(tag.lower() for tag in tags),
            confidence=_PRECISIONS.get(text(properties.get("precision"))),
        )


def _grade(value: object) -> Severity | None:
    """What ``security-severity`` says, a number from 0 to 10 written as text."""
    try:
        score = float(value) if isinstance(value, str | int | float) else 0.0
    except ValueError:
        return None
    return next((severity for least, severity in _STEPS if score >= least), Severity.LOW if score > 0 else None)


def _taxa(result: Mapping[str, object], rule: Mapping[str, object]) -> Iterator[str]:
    """Weaknesses that a result or its rule is said to be an instance of."""
    for taxon in (*dicts(result.get("taxa")), *(part(each, "target") for each in dicts(rule.get("relationships")))):
        if text(part(taxon, "toolComponent").get("name")).upper() == "CWE":
            yield f"cwe-{text(taxon.get('id')).upper().removeprefix('CWE-')}"


def _message(result: Mapping[str, object], rule: Mapping[str, object]) -> str:
    message = part(result, "message")
    said = text(message.get("text"))
    if not said:
        said = text(part(rule, "messageStrings", text(message.get("id"))).get("text"))
        for number, argument in enumerate(words(message.get("arguments"))):
            said = said.replace(f"{{{number}}}", argument)
    # Links within a message lead to other results of the file, or elsewhere.
    return _LINK.sub(r"\1", said) or text(part(rule, "shortDescription").get("text"))


def _path(location: Mapping[str, object], run: Mapping[str, object]) -> str:
    """The address, with what its base is said to be in front."""
    uri = text(location.get("uri"))
    base = text(part(run, "originalUriBaseIds", text(location.get("uriBaseId"))).get("uri"))
    return uri if ":" in uri.split("/")[0] or not base else f"{base.rstrip('/')}/{uri}"
