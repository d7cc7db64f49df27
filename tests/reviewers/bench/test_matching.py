from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewers.bench.case import Golden
from reviewers.bench.matching import By, assign, match, questions
from reviewers.diff import Side
from reviewers.findings import Finding
from tests.builders import finding, location
from tests.reviewers.bench.cases import case, golden, spot


@pytest.mark.parametrize(
    ("said", "meant", "by"),
    [
        pytest.param(finding(), golden(), By.RULE, id="same lines, same rule"),
        pytest.param(finding(at=location(start_line=15)), golden(), By.RULE, id="three lines away"),
        pytest.param(finding(at=location(start_line=16)), golden(), None, id="four lines away"),
        pytest.param(finding(at=location(start_line=8, end_line=20)), golden(), By.RULE, id="lines around it"),
        pytest.param(finding(at=location(path="shop/other.py")), golden(), None, id="another file"),
        pytest.param(finding(at=location(side=Side.LEFT)), golden(), None, id="the other side"),
        pytest.param(finding(placed=False), golden(), None, id="nowhere on the diff"),
        pytest.param(finding(rule="ssrf", cwe=None), golden(), None, id="another rule"),
        pytest.param(
            finding(reviewer="bugs", rule="api-misuse", cwe=None, also=["security"]),
            golden(spot(rule="api-misuse")),
            By.RULE,
            id="a rule of one who says it too",
        ),
        pytest.param(finding(reviewer="bugs", rule="injection", cwe=None), golden(), None, id="a rule of another"),
        pytest.param(
            finding(rule="api-misuse", reviewer="bugs", cwe="CWE-74"), golden(), By.RULE, id="the same weakness"
        ),
        pytest.param(
            finding(at=location(start_line=40)), golden(spot(), spot(40, rule=None)), By.PLACE, id="a second place"
        ),
        pytest.param(finding(), golden(spot(rule=None, reviewer=None), text="…"), By.PLACE, id="nobody to judge"),
        pytest.param(finding(), golden(spot(rule=None, reviewer="bugs")), None, id="for another reviewer"),
    ],
)
def test_a_finding_tells_a_golden_by_place_and_rule(said: Finding, meant: Golden, by: By | None) -> None:
    matched = match(case(meant), [said])

    assert [hit.by for hit in matched.hits] == ([by] if by else [])
    assert len(matched.misses) == len(matched.alarms) == (0 if by else 1)


@pytest.mark.parametrize("same", [True, False])
def test_judges_decide_where_the_place_agrees_and_the_rule_does_not(same: bool) -> None:
    meant, said = golden(text="A quote in the name changes the query."), finding(rule="ssrf", cwe=None)

    matched = match(case(meant), [said], lambda *_: same)

    assert [hit.by for hit in matched.hits] == ([By.JUDGES] if same else [])
    assert questions(case(meant), [said]) == ((said, meant),)


def test_nobody_is_asked_where_the_rule_decides_the_place_differs_or_there_are_no_words() -> None:
    elsewhere = finding(at=location(start_line=90), rule="ssrf", cwe=None)

    assert questions(case(golden(text="…")), [finding(), elsewhere]) == ()
    assert questions(case(golden()), [finding(rule="ssrf", cwe=None)]) == ()


def test_the_same_said_twice_is_a_hit_and_a_false_alarm() -> None:
    matched = match(case(golden()), [finding(confidence=0.5), finding(confidence=0.9)])

    assert [hit.finding.confidence for hit in matched.hits] == [0.9]
    assert [each.confidence for each in matched.alarms] == [0.5]


def test_one_finding_does_not_tell_two_goldens() -> None:
    matched = match(case(golden(), golden(spot(13))), [finding()])

    assert (len(matched.hits), len(matched.misses)) == (1, 1)


def test_what_stands_beside_an_incomplete_list_counts_for_nothing() -> None:
    matched = match(case(golden(), complete=False), [finding(), finding(rule="ssrf", cwe=None)])

    assert (len(matched.hits), len(matched.alarms), len(matched.uncounted)) == (1, 0, 1)


@given(st.dictionaries(st.integers(0, 4), st.lists(st.integers(0, 4), unique=True), max_size=5))
def test_no_other_assignment_matches_more(wanted: dict[int, list[int]]) -> None:
    most = max(
        len({pair[1] for pair in chosen})
        for size in range(len(wanted) + 1)
        for goldens in itertools.combinations(wanted, size)
        for chosen in itertools.product(*[[(golden, each) for each in wanted[golden]] for golden in goldens])
        if len({pair[1] for pair in chosen}) == len(chosen)
    )

    pairs = assign(wanted)

    assert len(pairs) == len(set(pairs.values())) == most
    assert all(found in wanted[golden] for golden, found in pairs.items())
