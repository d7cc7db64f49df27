"""The disagreement table, line by line."""

from __future__ import annotations

from itertools import product

import pytest

from reviewers.findings import Severity
from reviewers.verification.disagreement import OF_A_FAULT, Position, severity_between
from reviewers.verification.values import Standing

HOLDS, YIELDS, UNSURE, SILENT = Position.HOLDS, Position.YIELDS, Position.UNSURE, Position.SILENT


@pytest.mark.parametrize(
    ("claimant", "opponent", "decided"),
    [
        pytest.param(YIELDS, None, Standing.REFUTED, id="who reported it takes it back"),
        pytest.param(UNSURE, None, Standing.REFUTED, id="who reported it cannot show it"),
        pytest.param(SILENT, None, Standing.REFUTED, id="who reported it is not heard"),
        pytest.param(HOLDS, YIELDS, Standing.CONFIRMED, id="who refuted it is convinced"),
        pytest.param(HOLDS, UNSURE, Standing.UNSURE, id="who refuted it cannot show it any more"),
        pytest.param(HOLDS, HOLDS, Standing.CONTESTED, id="both show code"),
        pytest.param(HOLDS, SILENT, Standing.CONTESTED, id="who refuted it is not heard again"),
    ],
)
def test_whether_there_is_a_fault(claimant: Position, opponent: Position | None, decided: Standing) -> None:
    assert OF_A_FAULT[claimant, opponent] is decided


def test_the_table_has_a_line_for_all_that_can_happen() -> None:
    asked_once = {(position, None) for position in Position if position is not HOLDS}

    assert set(OF_A_FAULT) == asked_once | set(product([HOLDS], Position))


@pytest.mark.parametrize(
    ("claimant", "opponent", "decided"),
    [
        pytest.param(YIELDS, None, Severity.MEDIUM, id="who says worse gives in"),
        pytest.param(UNSURE, None, Severity.HIGH, id="who says worse cannot show it"),
        pytest.param(SILENT, None, Severity.CRITICAL, id="who says worse is not heard"),
        pytest.param(HOLDS, YIELDS, Severity.CRITICAL, id="who says less gives in"),
        pytest.param(HOLDS, UNSURE, Severity.CRITICAL, id="who says less cannot show it"),
        pytest.param(HOLDS, SILENT, Severity.CRITICAL, id="who says less is not heard"),
        pytest.param(HOLDS, HOLDS, Severity.HIGH, id="both show code"),
    ],
)
def test_how_bad_it_is(claimant: Position, opponent: Position | None, decided: Severity) -> None:
    assert severity_between(Severity.CRITICAL, Severity.MEDIUM, claimant, opponent) is decided


@pytest.mark.parametrize("claimant", Position)
@pytest.mark.parametrize("opponent", [None, *Position])
def test_the_decision_lies_between_the_two(claimant: Position, opponent: Position | None) -> None:
    decided = severity_between(Severity.HIGH, Severity.LOW, claimant, opponent)

    assert Severity.LOW <= decided <= Severity.HIGH
