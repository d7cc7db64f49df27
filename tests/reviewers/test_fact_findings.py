from __future__ import annotations

from dataclasses import replace

import pytest

from reviewers.fact_findings import as_findings
from reviewers.findings import Location, Severity
from reviewers.perspectives import by_name
from tests.builders import diff, fact, file_diff, hunk

CHANGE = diff(file_diff("a.py", hunk(" one", "+two", "+three", " four", "+five", old_start=10, new_start=10)))


def test_a_fact_is_a_finding_of_the_reviewer_it_concerns() -> None:
    (finding,) = as_findings([fact(path="a.py", start_line=11, reviewer="security", rule="injection")], CHANGE)

    assert (finding.reviewer, finding.rule, finding.path) == ("security", "injection", "a.py")
    assert finding.location == Location(path="a.py", start_line=11, end_line=11)
    assert finding.anchor == "two"
    assert [each.source for each in finding.evidence] == ["ruff"]
    assert finding.models == ()


def test_the_anchor_is_what_was_added() -> None:
    (finding,) = as_findings([fact(path="a.py", start_line=11, end_line=14)], CHANGE)

    assert finding.anchor == "two\nthree\nfive"


def test_the_message_names_the_cure_and_does_not_repeat_the_title() -> None:
    (finding,) = as_findings([fact(path="a.py", start_line=11, code="S608", message="A query is put together")], CHANGE)

    assert finding.title == "A query is put together"
    assert finding.message == by_name("security").rule("injection").help


def test_a_long_title_is_cut_between_words() -> None:
    (finding,) = as_findings([fact(path="a.py", start_line=11, message="word " * 30)], CHANGE)

    assert finding.title == "Word " + "word " * 13 + "word…"
    assert finding.message.startswith("Word " + "word " * 28)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param("forEach does not wait", "forEach does not wait", id="a name by its shape"),
        pytest.param("math/rand can be foretold", "math/rand can be foretold", id="a package"),
        pytest.param("max_size is ignored.", "max_size is ignored", id="an underscore"),
        pytest.param("two has 15 paths through it", "two has 15 paths through it", id="a name in the code"),
        pytest.param("closes a cycle", "Closes a cycle", id="a plain word"),
        pytest.param("e.g. this", "E.g. this", id="an abbreviation"),
    ],
)
def test_a_title_begins_with_a_capital_unless_with_a_name(message: str, expected: str) -> None:
    (finding,) = as_findings([fact(path="a.py", start_line=11, message=message)], CHANGE)

    assert finding.title == expected


def test_a_message_that_begins_with_a_name_keeps_it_too() -> None:
    told = fact(path="a.py", start_line=11, message="forEach, filter and the like " + "do not wait " * 10)

    (finding,) = as_findings([told], CHANGE)

    assert finding.message.startswith("forEach, filter")


@pytest.mark.parametrize(("cwe", "expected"), [("CWE-89", "CWE-89"), (None, "CWE-74")])
def test_the_weakness_is_the_tools_or_else_the_rules(cwe: str | None, expected: str) -> None:
    told = replace(fact(path="a.py", start_line=11, reviewer="security", rule="injection"), cwe=cwe)

    (finding,) = as_findings([told], CHANGE)

    assert finding.cwe == expected


def test_facts_of_one_fault_in_one_place_are_one_finding() -> None:
    facts = [
        fact(path="a.py", start_line=11, code="C901", severity=Severity.LOW, confidence=0.9),
        fact(path="a.py", start_line=11, code="PLR0912", severity=Severity.HIGH, confidence=0.5),
    ]

    (finding,) = as_findings(facts, CHANGE)

    assert [each.code for each in finding.evidence] == ["C901", "PLR0912"]
    assert (finding.severity, finding.confidence) == (Severity.HIGH, 0.9)


def test_facts_of_different_places_are_different_findings() -> None:
    facts = [fact(path="a.py", start_line=11), fact(path="a.py", start_line=12)]

    assert len({finding.fingerprint for finding in as_findings(facts, CHANGE)}) == 2


@pytest.mark.parametrize(
    ("path", "line"), [pytest.param("b.py", 11, id="another file"), pytest.param("a.py", 90, id="another line")]
)
def test_a_fact_of_another_diff_has_no_place(path: str, line: int) -> None:
    (finding,) = as_findings([fact(path=path, start_line=line)], CHANGE)

    assert (finding.location, finding.anchor) == (None, "")


def test_what_several_tools_say_of_lines_that_they_share_is_one_finding_where_the_fewest_are_marked() -> None:
    facts = [
        fact(path="a.py", start_line=11, end_line=14, source="CodeQL"),
        fact(path="a.py", start_line=12, source="ruff"),
    ]

    (finding,) = as_findings(facts, CHANGE)

    assert (finding.location, finding.anchor) == (Location(path="a.py", start_line=12, end_line=12), "three")
    assert [each.source for each in finding.evidence] == ["CodeQL", "ruff"]


def test_what_one_tool_says_twice_of_lines_that_meet_is_two_findings() -> None:
    facts = [fact(path="a.py", start_line=11, end_line=12), fact(path="a.py", start_line=12, end_line=14)]

    assert len(as_findings(facts, CHANGE)) == 2
