from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewers.calibration import (
    DEFAULT_THRESHOLDS,
    SECOND_LOOK,
    Tally,
    Thresholds,
    TrackRecord,
    calibrated,
    held_to_thresholds,
)
from reviewers.findings import Finding, Severity
from reviewers.verification.values import Standing, Verification
from tests.builders import fact, finding, review, second_look

SHARES = st.floats(0, 1)
COUNTS = st.integers(0, 200)
KEY = ("security", "injection", "openai/gpt-6.1-sol")


def _told(severity: Severity, confidence: float, verification: Verification | None) -> bool:
    one = calibrated(finding(severity=severity, confidence=confidence, verification=verification))
    return bool(held_to_thresholds(review(one)).findings)


@pytest.mark.parametrize(
    ("severity", "confidence", "verification", "told"),
    [
        pytest.param(Severity.MEDIUM, 0.7, second_look(), True, id="sure and confirmed by another family"),
        pytest.param(Severity.MEDIUM, 0.7, second_look(independence=1), True, id="… by another model"),
        pytest.param(Severity.MEDIUM, 0.7, second_look(independence=0), True, id="… by itself"),
        pytest.param(Severity.MEDIUM, 0.7, second_look(Standing.UNVERIFIED), True, id="sure and not verified"),
        pytest.param(Severity.MEDIUM, 0.5, second_look(Standing.UNVERIFIED), False, id="half sure and not verified"),
        pytest.param(Severity.MEDIUM, 0.5, second_look(), True, id="half sure and confirmed"),
        pytest.param(Severity.MEDIUM, 0.7, second_look(Standing.UNSURE), False, id="sure, and the other is unsure"),
        pytest.param(Severity.HIGH, 0.7, second_look(Standing.UNSURE), True, id="the same of a high one"),
        pytest.param(Severity.CRITICAL, 0.5, second_look(Standing.UNVERIFIED), True, id="critical, half sure"),
        pytest.param(Severity.HIGH, 0.7, second_look(Standing.CONTESTED), False, id="high and contested"),
        pytest.param(Severity.HIGH, 0.9, second_look(Standing.CONTESTED), True, id="high, very sure, contested"),
        pytest.param(Severity.LOW, 0.7, None, True, id="low and sure"),
        pytest.param(Severity.LOW, 0.6, None, False, id="low and less sure"),
    ],
)
def test_what_is_told(severity: Severity, confidence: float, verification: Verification | None, told: bool) -> None:
    assert _told(severity, confidence, verification) is told


def test_what_a_tool_reports_loses_nothing_where_nobody_could_look() -> None:
    report = finding(models=(), confidence=0.6, evidence=[fact(source="ruff")])

    unlooked = calibrated(replace(report, verification=second_look(Standing.UNVERIFIED)))

    assert unlooked.confidence == calibrated(report).confidence == 0.6


def test_thresholds_fall_with_severity() -> None:
    thresholds = [DEFAULT_THRESHOLDS.of(severity) for severity in sorted(Severity)]

    assert thresholds == sorted(thresholds, reverse=True)


def test_what_is_not_told_is_kept_with_what_it_lacks() -> None:
    weak = calibrated(finding(severity=Severity.MEDIUM, confidence=0.5, verification=second_look(Standing.UNVERIFIED)))

    (below,) = held_to_thresholds(review(weak)).below_threshold

    assert below.finding == weak
    assert below.reason == "0.43 sure (not verified); medium findings are told from 0.55 on"


def test_thresholds_of_a_repository_count() -> None:
    one = calibrated(finding(severity=Severity.MEDIUM, confidence=0.9))

    assert held_to_thresholds(review(one), Thresholds(medium=0.95)).findings == ()


@pytest.mark.parametrize(
    ("less", "more"),
    [
        pytest.param(finding(), finding(models=["openai/gpt-6.1-sol", "gemini/gemini-4-argon"]), id="another family"),
        pytest.param(finding(), finding(evidence=[fact()]), id="a tool"),
        pytest.param(finding(verification=second_look(Standing.UNSURE)), finding(), id="no doubt"),
        pytest.param(finding(), finding(verification=second_look()), id="a confirmation"),
        pytest.param(
            finding(verification=second_look(independence=0)),
            finding(verification=second_look()),
            id="from further away",
        ),
    ],
)
def test_more_that_speaks_for_it_makes_it_surer(less: Finding, more: Finding) -> None:
    assert calibrated(less).confidence < calibrated(more).confidence


def test_two_models_of_one_family_are_one_vote() -> None:
    one, both = finding(), finding(models=["openai/gpt-6.1-sol", "openai/gpt-6.1-terra"])

    assert calibrated(one).confidence == calibrated(both).confidence


def test_what_a_tool_alone_reports_is_not_its_own_second() -> None:
    alone = finding(models=(), evidence=[fact()], confidence=0.7)

    assert calibrated(alone).confidence == pytest.approx(0.7)


def test_independence_never_lowers_a_verdict() -> None:
    for weights in SECOND_LOOK.values():
        assert list(weights) == sorted(weights)


@given(SHARES, st.sampled_from([None, *Standing]), COUNTS, COUNTS)
def test_confidence_is_a_share_and_twice_is_once(
    stated: float, standing: Standing | None, accepted: int, dismissed: int
) -> None:
    record = TrackRecord({KEY: Tally(accepted, dismissed)})
    verification = None if standing is None else second_look(standing)

    once = calibrated(finding(confidence=stated, verification=verification), record)

    assert 0 <= once.confidence <= 1
    assert once.stated == stated
    assert calibrated(once, record) == once


@given(SHARES, SHARES)
def test_who_says_to_be_surer_is_taken_to_be(one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert calibrated(finding(confidence=low)).confidence <= calibrated(finding(confidence=high)).confidence


@given(COUNTS, COUNTS, st.integers(1, 50))
def test_each_acceptance_raises_and_each_dismissal_lowers(accepted: int, dismissed: int, more: int) -> None:
    def sure(tally: Tally) -> float:
        return calibrated(finding(confidence=0.7), TrackRecord({KEY: tally})).confidence

    before = sure(Tally(accepted, dismissed))

    assert sure(Tally(accepted + more, dismissed)) >= before
    assert sure(Tally(accepted, dismissed + more)) <= before


def test_a_record_of_one_rule_says_nothing_of_another() -> None:
    record = TrackRecord({("security", "path-traversal", "openai/gpt-6.1-sol"): Tally(dismissed=50)})

    assert calibrated(finding(), record) == calibrated(finding())


def test_a_rule_that_people_dismiss_falls_below_its_threshold() -> None:
    record = TrackRecord({KEY: Tally(accepted=2, dismissed=40)})
    one = finding(severity=Severity.MEDIUM, confidence=0.8)

    assert held_to_thresholds(review(calibrated(one))).findings
    assert held_to_thresholds(review(calibrated(one, record))).findings == ()
