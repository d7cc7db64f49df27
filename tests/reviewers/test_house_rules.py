from __future__ import annotations

from dataclasses import replace

import pytest

from reviewers.findings import Severity
from reviewers.house_rules import NO_HOUSE_RULES, HouseRules, PathRule, above_floor
from tests.builders import finding

TESTS_FROM_HIGH = PathRule(paths=("tests/",), floor=Severity.HIGH)
PAYMENTS = PathRule(paths=("src/payments/**", "!src/payments/fakes/**"), instructions="Amounts are cents.")


def test_instructions_are_told_where_a_file_is_meant() -> None:
    rules = HouseRules(paths=(TESTS_FROM_HIGH, PAYMENTS))

    assert rules.instructions_for(["README.md", "src/payments/a.py"]) == (PAYMENTS,)
    assert rules.instructions_for(["src/payments/fakes/a.py", "tests/b.py"]) == ()


def test_of_two_floors_the_later_one_counts() -> None:
    rules = HouseRules(paths=(TESTS_FROM_HIGH, PathRule(paths=("tests/security/",), floor=Severity.LOW)))

    floors = [rules.floor_of(path) for path in ("tests/a.py", "tests/security/a.py", "src/a.py")]
    assert floors == [Severity.HIGH, Severity.LOW, None]


def test_what_is_below_its_floor_is_kept_apart_and_nothing_is_lost() -> None:
    findings = [
        replace(finding(severity=severity), path=path)
        for path in ("tests/a.py", "src/a.py", "")
        for severity in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)
    ]

    told, below = above_floor(findings, HouseRules(paths=(TESTS_FROM_HIGH,)))

    assert [(each.path, each.severity) for each in below] == [("tests/a.py", Severity.MEDIUM)]
    assert [each for each in findings if each not in below] == list(told)


@pytest.mark.parametrize("severity", list(Severity))
def test_without_rules_everything_is_told(severity: Severity) -> None:
    one = finding(severity=severity)

    assert above_floor([one], NO_HOUSE_RULES) == ((one,), ())
