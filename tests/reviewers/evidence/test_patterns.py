from __future__ import annotations

import json

import pytest

from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence.patterns import PATTERNS
from reviewers.evidence_source import Printed
from reviewers.findings import Severity
from reviewers.patterns.rules import FOLDER, load
from reviewers.patterns.scanner import scan
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import codes, gathered

SQL = """\
def orders():
    name = request.args["name"]
    query = f"SELECT * FROM orders WHERE name = '{name}'"
    return db.execute(query)
"""
RULES = tuple(load(path.name for path in FOLDER.iterdir() if path.is_dir()))


def test_a_fault_is_told_under_its_reviewers_rule() -> None:
    (fact,) = gathered(added_file("shop/orders.py", SQL), sources=[PATTERNS]).facts

    assert (fact.source, fact.code, fact.start_line) == ("patterns", "py-sql-from-request", 4)
    assert (fact.reviewer, fact.rule, fact.cwe, fact.severity) == ("security", "injection", "CWE-89", Severity.HIGH)
    assert fact.message.endswith("bind it as a parameter.")


def test_code_that_was_there_before_is_not_told_even_where_the_value_came_in_by_the_change() -> None:
    before, sink = SQL.splitlines()[:3], SQL.splitlines()[3]
    change = hunk(*(f"+{line}" for line in before), f" {sink}")

    assert (
        gathered(file_diff("shop/orders.py", change), contents={"shop/orders.py": SQL}, sources=[PATTERNS]).facts == ()
    )


def test_where_the_file_is_not_known_its_hunks_are_read_for_less() -> None:
    change = hunk(*(f"+{line}" for line in SQL.splitlines()), old_start=90, new_start=100)

    (fact,) = gathered(file_diff("shop/orders.py", change), sources=[PATTERNS]).facts

    assert (fact.start_line, fact.confidence) == (103, 0.72)


def test_a_hunk_that_begins_in_the_middle_of_a_block_is_read() -> None:
    change = hunk("       stop();", "     }", "+    if (n === NaN) stop();", "   }", old_start=40, new_start=40)

    assert codes(gathered(file_diff("web/total.ts", change), sources=[PATTERNS])) == [(42, 42, "js-compare-nan")]


def test_a_rule_that_needs_the_whole_file_is_silent_on_a_part() -> None:
    answer = {
        "remarks": [["0/code.py", "py-x", 1, 1]],
        "rules": {"py-x": _meaning(whole=True)},
        "unread": [],
    }
    change = file_diff("a.py", hunk("+x = 1", old_start=5, new_start=5))
    (part,) = PATTERNS.pieces(change, None)

    assert PATTERNS.parse(Printed(json.dumps(answer)), {"0/code.py": part}).remarks == ()


@pytest.mark.parametrize(
    ("path", "count"),
    [("shop/orders.py", 1), ("tests/test_orders.py", 0), ("shop/{{ name }}.py", 0), ("shop/orders.txt", 0)],
)
def test_tests_and_templates_of_files_are_left_alone(path: str, count: int) -> None:
    assert len(gathered(added_file(path, SQL), sources=[PATTERNS]).facts) == count


def test_what_a_bundler_wrote_is_left_alone() -> None:
    assert gathered(added_file("web/app.min.js", "if (n === NaN) stop();"), sources=[PATTERNS]).facts == ()


def test_a_line_that_is_too_long_to_be_placed_is_not_read_and_said_so() -> None:
    evidence = gathered(added_file("web/data.js", "x = '" + "a" * 60_000 + "';\n"), sources=[PATTERNS])

    assert evidence.facts == ()
    assert evidence.note == "patterns did not read 1 changed line in web/data.js (too long to be parsed)"


def test_code_that_the_grammar_could_not_make_sense_of_proves_nothing() -> None:
    assert scan({"0/code.ts": "if (a === NaN ((( {\n"})["remarks"] == []


@pytest.mark.parametrize("output", ["", "[]", '{"remarks": [["0/x.py", "a", 1, 1]], "rules": {}, "unread": []}'])
def test_an_answer_that_is_none_is_refused(output: str) -> None:
    with pytest.raises(ToolAnswerUnreadable):
        PATTERNS.parse(Printed(output), {})


def test_the_source_signs_what_its_rules_report_and_reads_the_languages_that_have_some() -> None:
    assert {(rule.reviewer, rule.rule) for rule in RULES} <= PATTERNS.signs
    assert all(PATTERNS.wants(f"a{ending}") for ending in (".py", ".ts", ".tsx", ".go", ".java", ".cs", ".rb", ".php"))


def test_there_are_rules_for_each_language_that_is_promised() -> None:
    promised = ("python", "javascript", "typescript", "go", "java", "csharp", "ruby", "php")

    assert len(RULES) >= 60
    assert all(sum(language in rule.languages for rule in RULES) >= 5 for language in promised)


def _meaning(**fields: object) -> dict[str, object]:
    meaning = {
        "message": "It is wrong.",
        "reviewer": "bugs",
        "rule": "logic-error",
        "cwe": None,
        "severity": "low",
        "confidence": 0.5,
        "in_tests": False,
        "whole": False,
    }
    return {**meaning, **fields}
