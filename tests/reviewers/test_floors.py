from __future__ import annotations

from dataclasses import replace

from reviewers.findings import Finding, Severity
from reviewers.floors import held_to_floors
from reviewers.house_rules import HouseRules, PathRule
from tests.builders import finding, location, review

FROM_HIGH = HouseRules(paths=(PathRule(paths=("tests/",), floor=Severity.HIGH),))


def _at(path: str, severity: Severity = Severity.LOW, line: int = 3) -> Finding:
    place = replace(location(), path=path, start_line=line, end_line=line)
    return replace(finding(severity=severity), path=path, location=place)


def test_what_is_below_its_floor_is_named_and_counted_and_not_told() -> None:
    told = (_at("src/a.py"), _at("tests/b.py", Severity.HIGH))
    before = replace(review(), findings=(*told, _at("tests/a.py"), _at("tests/b.py", Severity.MEDIUM, 7)), note="")

    after = held_to_floors(before, FROM_HIGH)

    assert after.findings == told
    assert after.note == (
        "2 findings are below the floor that the configuration sets there: low at tests/a.py:3, medium at tests/b.py:7"
    )
    assert replace(after, findings=before.findings, note="") == before


def test_what_a_review_noted_before_stays() -> None:
    before = replace(review(), findings=(_at("tests/a.py"),), note="No model was asked")

    note = held_to_floors(before, FROM_HIGH).note

    assert (
        note
        == "No model was asked; 1 finding is below the floor that the configuration sets there: low at tests/a.py:3"
    )


def test_of_many_the_first_are_named() -> None:
    many = tuple(_at(f"tests/{number}.py") for number in range(8))

    after = held_to_floors(replace(review(), findings=many), FROM_HIGH)

    assert after.findings == ()
    assert after.note.startswith("8 findings are below") or "; 8 findings are below" in after.note
    assert after.note.endswith("low at tests/4.py:3, 3 more")


def test_a_review_above_its_floors_is_told_as_it_is() -> None:
    before = review()

    assert held_to_floors(before, FROM_HIGH) is before
