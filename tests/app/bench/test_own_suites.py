"""The suites that lie in the repository: what they hold, and what evidence alone says of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app import wiring
from app.bench.asking import Purse
from app.bench.evidence_suite import evidence_suite
from app.bench.journal import Journal
from app.bench.labelled_suite import labelled_suite
from app.bench.naming import find_suite
from app.bench.running import Bench, run
from app.bench.suites import read_suite
from app.reviewing import Wishes
from app.tools import run_tools
from llm_runtime.clock import SystemClock
from reviewers.bench.case import Case
from reviewers.perspectives import REVIEWERS

SEEDED = Path(__file__).parents[3] / "bench" / "suites" / "seeded"
LABELLED = Path("/work/shared/labelled")
CASES = read_suite(SEEDED)


def told(cases: tuple[Case, ...]) -> dict[str, list[str]]:
    """For each case what evidence alone says of it."""
    bench = Bench(
        wishes=Wishes(reviewers=tuple(REVIEWERS), models={}),
        llms={},
        judges=(),
        purse=Purse(),
        run_tools=run_tools,
        calculator=wiring.calculator(),
        clock=SystemClock(),
        journal=Journal(None, setting={}),
    )
    return {
        result.case.id: [f"{finding.path}: {finding.title}" for finding in result.matched.alarms]
        for result in run(cases, bench).results
    }


def test_seeded_has_cases_of_all_perspectives_and_six_languages_and_half_of_them_are_clean() -> None:
    languages = Counter(language for case in CASES for language in case.languages)
    perspectives = Counter(case.perspective for case in CASES)

    assert len(CASES) >= 60
    assert set(perspectives) == {reviewer.name for reviewer in REVIEWERS}
    assert min(perspectives.values()) >= 8
    assert sum(count >= 6 for count in languages.values()) >= 6
    assert 0.4 <= sum(case.clean for case in CASES) / len(CASES) <= 0.6


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_a_case_asks_for_can_be_told(case: Case) -> None:
    rules = {(reviewer.name, rule.name) for reviewer in REVIEWERS for rule in reviewer.rules}

    assert case.perspective in {reviewer.name for reviewer in REVIEWERS}
    assert all(golden.text for golden in case.goldens)
    assert {(spot.reviewer, spot.rule) for golden in case.goldens for spot in golden.spots if spot.rule} <= rules


@pytest.mark.parametrize("perspective", [reviewer.name for reviewer in REVIEWERS])
def test_evidence_alone_says_nothing_of_clean_cases(perspective: str) -> None:
    clean = tuple(case for case in CASES if case.clean and case.perspective == perspective)

    assert {name: said for name, said in told(clean).items() if said} == {}


def test_the_evidence_suite_has_an_example_of_every_kind_of_every_rule() -> None:
    cases = evidence_suite()

    assert len({case.id for case in cases}) == len(cases)
    flagged = {case.id.rpartition("-flagged-")[0] for case in cases if case.goldens}
    clean = {case.id.rpartition("-clean-")[0] for case in cases if case.clean}
    assert {f"reviewer-{reviewer.name}" for reviewer in REVIEWERS} <= flagged & clean


@pytest.mark.skipif(not LABELLED.exists(), reason="the labelled collection is not on this machine")
def test_the_labelled_collection_is_a_suite() -> None:
    claimed, whole = (labelled_suite(LABELLED, claimed_only=only) for only in (True, False))

    assert find_suite(str(LABELLED), claimed_only=True).cases == claimed
    assert 100 < len(claimed) < len(whole)
    assert {case.id for case in claimed} <= {case.id for case in whole}
