from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewers.adjudication import adjudicate
from reviewers.diff import Side
from reviewers.findings import Finding, Severity
from tests.builders import fact, finding, location


def _ids(*findings: Finding) -> set[str]:
    return {item.fingerprint for item in findings}


def test_the_worst_stands_first_then_the_surest_then_the_placed() -> None:
    low = finding(severity=Severity.LOW, at=location("a.py", 1), anchor="a")
    unsure = finding(confidence=0.6, at=location("b.py", 1), anchor="b")
    unplaced = finding(confidence=0.9, placed=False, path="c.py", anchor="c")
    sure = finding(confidence=0.9, at=location("d.py", 1), anchor="d")

    assert [item.path for item in adjudicate([low, unsure, unplaced, sure])] == ["d.py", "c.py", "b.py", "a.py"]


def test_the_same_remark_of_two_reviewers_is_told_once_with_both_names() -> None:
    bugs = finding(reviewer="bugs", rule="api-misuse", confidence=0.7, models=["openai/m"], evidence=[fact()])
    security = finding(models=["anthropic/n"])

    (told,) = adjudicate([bugs, security])

    assert told.reviewers == ("security", "bugs")
    assert told.models == ("anthropic/n", "openai/m")
    assert told.evidence == (fact(),)
    assert told.aliases == (bugs.fingerprint,)


def test_two_faults_on_one_line_stay_two() -> None:
    injection = finding()
    slow = finding(
        reviewer="performance",
        rule="query-in-loop",
        title="One round trip per row",
        message="Each pass asks the database again; collect the keys and ask once.",
    )

    assert len(adjudicate([injection, slow])) == 2


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(finding(at=location(start_line=40), anchor="other"), id="other lines"),
        pytest.param(finding(at=location(side=Side.LEFT)), id="the other side"),
        pytest.param(finding(at=location("other.py")), id="another file"),
        pytest.param(finding(placed=False), id="one is not placed"),
    ],
)
def test_remarks_that_do_not_stand_together_are_not_merged(other: Finding) -> None:
    assert len(adjudicate([finding(), other])) == 2


def test_remarks_that_share_evidence_are_one_whatever_their_words() -> None:
    one = finding(evidence=[fact()])
    other = finding(reviewer="bugs", rule="logic-error", title="Quite other", message="words here", evidence=[fact()])

    assert len(adjudicate([one, other])) == 1


def test_two_faults_of_one_rule_that_share_a_line_stay_two() -> None:
    first = finding(at=location(start_line=2, end_line=4), anchor="a\nb\nc", title="The name reaches the query")
    second = finding(
        at=location(start_line=4, end_line=6),
        anchor="c\nd\ne",
        title="Another table",
        message="Quite other words about columns.",
    )

    assert len(adjudicate([first, second])) == 2


def test_the_same_fault_in_equal_code_at_two_places_has_two_identities() -> None:
    first, second = finding(at=location(start_line=3)), finding(at=location(start_line=30))

    told = adjudicate([second, first])

    assert [item.occurrence for item in told] == [0, 1]
    assert len(_ids(*told)) == 2
    assert told[0].fingerprint == first.fingerprint


def test_a_suggestion_of_a_merged_remark_is_kept_when_it_stands_on_the_same_lines() -> None:
    with_it = finding(reviewer="bugs", rule="api-misuse", confidence=0.5, suggestion="fixed()")

    (told,) = adjudicate([finding(), with_it])

    assert told.suggestion == "fixed()"


@given(st.permutations([finding(), finding(reviewer="bugs", rule="api-misuse"), finding(at=location(start_line=50))]))
def test_the_order_of_the_answers_does_not_matter(findings: list[Finding]) -> None:
    assert adjudicate(findings) == adjudicate(sorted(findings, key=repr))


@given(
    st.text(min_size=1),
    st.sampled_from(["  ", "\t", "\n", "\r\n"]),
    st.integers(1, 10_000),
    st.text(),
    st.sampled_from(Severity),
)
def test_identity_is_the_code_and_not_the_wording_the_line_or_white_space(
    code: str, space: str, line: int, words: str, severity: Severity
) -> None:
    one = finding(anchor=f"call( {code} )")
    other = replace(
        one,
        anchor=f"{space}call({space}{code}{space}){space}",
        location=location(start_line=line),
        title=words,
        message=words,
        severity=severity,
    )

    assert one.fingerprint == other.fingerprint


def test_identity_changes_with_reviewer_rule_path_and_code() -> None:
    one = finding()

    others = [
        replace(one, reviewer="bugs"),
        replace(one, rule="code-injection"),
        replace(one, path="b.py"),
        replace(one, anchor="other()"),
    ]

    assert len(_ids(one, *others)) == 5


def test_hundreds_of_different_remarks_on_one_line_are_compared_in_a_moment() -> None:
    remarks = [
        finding(
            reviewer=f"reviewer-{number}",
            title=f"{_letters(number)}",
            message=" ".join(f"{_letters(number)}{_letters(word)}" for word in range(200)),
        )
        for number in range(300)
    ]

    assert len(adjudicate(remarks)) == 300


def _letters(number: int) -> str:
    return "word" + "".join(chr(ord("a") + int(digit)) for digit in str(number))
