"""Findings, coverage and gaps through JSON and back, and through both engines."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.store.finding_data import (
    coverage_from_data,
    coverage_to_data,
    finding_from_data,
    finding_to_data,
    gaps_from_data,
    gaps_to_data,
)
from app.store.store import Store
from reviewers.diff import Side
from reviewers.findings import Fact, Finding, Location, Severity
from reviewers.review import Coverage, Gap, Skipped
from reviewers.verification.values import Dissent, Standing, Verification, Vote
from tests.app.store.conftest import begin
from tests.builders import finding

# Code of a customer: with NUL, with halves of surrogate pairs.
TEXT = st.text(st.characters(codec=None), max_size=20)
SHARE = st.floats(0, 1)
LINES = st.integers(0, 10**7)
SEVERITY = st.sampled_from(Severity)
MAYBE = st.none() | TEXT
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
LOCATION = {"path": TEXT, "start_line": LINES, "end_line": LINES, "side": st.sampled_from(Side)}
FACT = {
    **dict.fromkeys(("source", "code", "path", "message", "reviewer", "rule", "url"), TEXT),
    "start_line": LINES,
    "end_line": LINES,
    "severity": SEVERITY,
    "confidence": SHARE,
    "cwe": MAYBE,
}
VERIFICATION = {
    "standing": st.sampled_from(Standing),
    **dict.fromkeys(("by", "quote", "reason"), TEXT),
    "independence": st.integers(0, 2),
}
VOTE = {**dict.fromkeys(("reviewer", "model", "severity"), TEXT), "confidence": SHARE}
DISSENT = {**dict.fromkeys(("by", "view", "quote", "reason"), TEXT), "round": st.integers(0, 2)}
FINDING: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("reviewer", "rule", "path", "anchor", "title", "message"), TEXT),
    "cwe": MAYBE,
    "severity": SEVERITY,
    "confidence": SHARE,
    "location": st.none() | st.builds(Location, **LOCATION),
    "suggestion": MAYBE,
    "evidence": st.lists(st.builds(Fact, **FACT), max_size=2).map(tuple),
    **dict.fromkeys(("models", "also", "aliases"), TEXTS),
    "occurrence": st.integers(0, 5),
    "stated": st.none() | SHARE,
    "votes": st.lists(st.builds(Vote, **VOTE), max_size=2).map(tuple),
    "verification": st.none() | st.builds(Verification, **VERIFICATION),
    "dissent": st.lists(st.builds(Dissent, **DISSENT), max_size=2).map(tuple),
}
SKIPPED = {"path": TEXT, "reason": TEXT, "lines": LINES}
COVERAGE = {
    "changed_lines": LINES,
    "reviewed_lines": LINES,
    "skipped": st.lists(st.builds(Skipped, **SKIPPED), max_size=3).map(tuple),
}
GAP = {"reviewer": TEXT, "path": TEXT, "reason": TEXT}
FINDINGS = st.builds(Finding, **FINDING)


def through_json(data: object) -> Any:
    text = json.dumps(data)
    assert "\0" not in text
    return json.loads(text.encode())


@pytest.mark.parametrize(
    ("kind", "strategies"),
    [
        *((Finding, FINDING), (Fact, FACT), (Location, LOCATION), (Coverage, COVERAGE), (Skipped, SKIPPED)),
        *((Gap, GAP), (Verification, VERIFICATION), (Vote, VOTE), (Dissent, DISSENT)),
    ],
)
def test_every_field_is_tried(kind: type, strategies: dict[str, object]) -> None:
    assert {field.name for field in fields(kind)} == set(strategies)


@given(FINDINGS)
def test_a_finding_comes_back_exactly(one: Finding) -> None:
    back = finding_from_data(through_json(finding_to_data(one)))

    assert back == one
    assert repr(back) == repr(one)
    assert back.fingerprint == one.fingerprint


@given(st.builds(Coverage, **COVERAGE), st.lists(st.builds(Gap, **GAP), max_size=3).map(tuple))
def test_coverage_and_gaps_come_back_exactly(coverage: Coverage, gaps: tuple[Gap, ...]) -> None:
    assert coverage_from_data(through_json(coverage_to_data(coverage))) == coverage
    assert gaps_from_data(through_json(gaps_to_data(gaps))) == gaps


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=FINDINGS)
def test_a_finding_comes_back_exactly_from_the_database(store: Store, one: Finding) -> None:
    store.remember_findings(begin(store), [one])

    found = store.finding("octo/app", one.fingerprint)

    assert found is not None
    assert found.finding == one


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: {key: value for key, value in data.items() if key != name}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data | {"mood": "grim"}, id="a field of a newer program"),
        pytest.param(without("aliases"), id="a list that an older program did not know"),
        pytest.param(without("occurrence"), id="a value that an older program did not know"),
        pytest.param(without("evidence"), id="nor evidence"),
    ],
)
def test_findings_of_other_versions_are_read(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    assert finding_from_data(change(finding_to_data(finding()))) == finding()
