"""Workflows and actions of GitHub read by zizmor: injection, stolen tokens and code from strangers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reviewers.diff import FileDiff
from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence_source import EvidenceSource, Job, Piece, Printed, Reading, Remark, json_list
from reviewers.findings import Severity
from reviewers.pieces import whole_piece


def wants(path: str) -> bool:
    """Workflows, at any depth of a repository of repositories, and descriptions of actions."""
    return bool(_WORKFLOW.search(path) or _ACTION.search(path))


def pieces(file: FileDiff, text: str | None) -> tuple[Piece, ...]:
    """The whole file where it is known: a part of a workflow does not say what triggers it."""
    name = "action.yml" if _ACTION.search(file.path) else ".github/workflows/workflow.yml"
    whole = whole_piece(file, text, name)
    return (whole,) if whole and len(whole.text) <= _MOST_CHARACTERS else ()


def parse(printed: Printed, pieces: Mapping[str, Piece]) -> Reading:
    """Zizmor's JSON, version 1 (https://docs.zizmor.sh/usage/#output-formats); lines are counted from 0.

    A file that is no workflow is left out with a warning, so the log tells which files were read.
    """
    try:
        findings = json_list(printed.output) if printed.output.strip() else []
        return Reading(
            remarks=tuple(remark for finding in findings for remark in _remarks(finding)),
            unreadable=frozenset(pieces) - {_place(path) for path in _COMPLETED.findall(printed.log)},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToolAnswerUnreadable(str(error)) from error


_WORKFLOW = re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$")
_ACTION = re.compile(r"(?:^|/)action\.ya?ml$")
_COMPLETED = re.compile(r"completed (\S+)")
_MOST_CHARACTERS = 1_000_000
_NOTHING_READ = 3

_RULES: dict[str, tuple[str, str]] = {
    "template-injection": ("workflow-injection", "CWE-94"),
    "github-env": ("workflow-injection", "CWE-94"),
    "insecure-commands": ("workflow-injection", "CWE-94"),
    "dangerous-triggers": ("workflow-injection", "CWE-94"),
    "unsound-condition": ("missing-authorization", "CWE-285"),
    "unsound-contains": ("missing-authorization", "CWE-285"),
    "unsound-ternary": ("missing-authorization", "CWE-285"),
    "bot-conditions": ("missing-authorization", "CWE-290"),
    "excessive-permissions": ("excessive-permissions", "CWE-250"),
    "overprovisioned-secrets": ("excessive-permissions", "CWE-250"),
    "secrets-inherit": ("excessive-permissions", "CWE-250"),
    "secrets-outside-env": ("excessive-permissions", "CWE-250"),
    "github-app": ("excessive-permissions", "CWE-250"),
    "self-hosted-runner": ("insecure-configuration", "CWE-653"),
    "hardcoded-container-credentials": ("hardcoded-secret", "CWE-798"),
    "artipacked": ("information-exposure", "CWE-522"),
    "unredacted-secrets": ("information-exposure", "CWE-532"),
    "cache-poisoning": ("supply-chain", "CWE-349"),
    "dependabot-execution": ("supply-chain", "CWE-829"),
    "unpinned-uses": ("supply-chain", "CWE-829"),
    "unpinned-images": ("supply-chain", "CWE-829"),
    "unpinned-tools": ("supply-chain", "CWE-829"),
    "adhoc-packages": ("supply-chain", "CWE-829"),
    "archived-uses": ("supply-chain", "CWE-1104"),
    "stale-action-refs": ("supply-chain", "CWE-829"),
    "typosquat-uses": ("supply-chain", "CWE-829"),
    "impostor-commit": ("supply-chain", "CWE-829"),
    "known-vulnerable-actions": ("supply-chain", "CWE-1395"),
    "ref-confusion": ("supply-chain", "CWE-829"),
    "ref-version-mismatch": ("supply-chain", "CWE-829"),
    "forbidden-uses": ("supply-chain", "CWE-829"),
    "obfuscation": ("supply-chain", "CWE-506"),
    "insecure-url-scheme": ("insecure-transport", "CWE-319"),
    "use-trusted-publishing": ("broken-authentication", "CWE-798"),
}
# Whatever zizmor adds is told under this rule until it has a line above.
_ANY_OTHER = ("insecure-configuration", "CWE-1188")
_SEVERITIES = {"High": Severity.HIGH, "Medium": Severity.MEDIUM, "Low": Severity.LOW}
_CONFIDENCES = {"High": 0.9, "Medium": 0.7, "Low": 0.4}
_ITS_OWN_ACTIONS = re.compile(r"(?:actions|github)/")
_JOB_LINES = 12


def _remarks(finding: Any) -> Iterator[Remark]:
    if finding["determinations"]["persona"] != "Regular":
        return
    code = finding["ident"]
    rule, cwe = _RULES.get(code, _ANY_OTHER)
    primary = [each for each in finding["locations"] if each["symbolic"]["kind"] == "Primary"]
    for location in primary[:1]:
        concrete = location["concrete"]
        start, end = _rows(concrete["location"])
        severity = _SEVERITIES.get(finding["determinations"]["severity"], Severity.LOW)
        confidence = _CONFIDENCES.get(finding["determinations"]["confidence"], 0.5)
        if code == "unpinned-uses":
            # zizmor holds every tag against a workflow; one of GitHub's own actions can only be moved by GitHub.
            own = _ITS_OWN_ACTIONS.match(concrete["feature"])
            severity, confidence = (Severity.LOW, 0.4) if own else (Severity.MEDIUM, 0.7)
        yield Remark(
            place=_place(location["symbolic"]["key"]["Local"]["verbatim_path"]),
            code=code,
            start_line=start,
            # What is said of a whole job or workflow is said of its first line: an added step did not cause it.
            end_line=end if end - start < _JOB_LINES and code != "excessive-permissions" else start,
            message=f"{finding['desc']}: {location['symbolic']['annotation']}",
            reviewer="security",
            rule=rule,
            cwe=cwe,
            severity=severity,
            confidence=confidence,
            url=finding["url"],
        )


def _rows(location: Any) -> tuple[int, int]:
    start, end = location["start_point"], location["end_point"]
    return start["row"] + 1, max(start["row"], end["row"] - (end["column"] == 0)) + 1


def _place(path: str) -> str:
    return path.removeprefix("./")


ZIZMOR = EvidenceSource(
    name="zizmor",
    wants=wants,
    pieces=pieces,
    job=Job(
        program="zizmor",
        package="zizmor",
        arguments=(
            *("--offline", "--no-config", "--no-ignores", "--no-progress", "--no-exit-codes", "--persona", "regular"),
            *("--collect", "all", "--color", "never", "--format", "json-v1", "."),
        ),
        statuses=frozenset({0, _NOTHING_READ}),
    ),
    parse=parse,
    partial="not known as a whole, valid workflow",
    signs=frozenset(("security", rule) for rule, _ in (*_RULES.values(), _ANY_OTHER)),
)
