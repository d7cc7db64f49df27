from __future__ import annotations

from dataclasses import replace

import pytest

from app.verdicts import Conclusion, Policy, for_some_alone, verdict_of
from reviewers.diff import Side
from reviewers.findings import Severity
from reviewers.review import Coverage, Gap, Review, Skipped
from tests.builders import finding, location, review

LENIENT, STRICT = Policy(), Policy(fail_on=Severity.HIGH, incomplete_fails=True)
HIGH, LOW = finding(severity=Severity.HIGH), finding(severity=Severity.LOW)
GAP = Gap(reviewer="bugs", path="a.py", reason="openai/gpt-6.1-sol: overloaded")
UNSEEN = Coverage(changed_lines=4, reviewed_lines=0, skipped=(Skipped(path="a.lock", reason="lock file", lines=4),))


@pytest.mark.parametrize(
    ("given", "policy", "expected"),
    [
        pytest.param(review(), LENIENT, "success", id="reviewed and clean"),
        pytest.param(review(LOW), STRICT, "success", id="a finding below the threshold"),
        pytest.param(review(HIGH), LENIENT, "success", id="a finding, and no threshold"),
        pytest.param(review(HIGH), STRICT, "failure", id="a finding at the threshold"),
        pytest.param(replace(review(), gaps=(GAP,)), LENIENT, "neutral", id="incomplete"),
        pytest.param(replace(review(), gaps=(GAP,)), STRICT, "failure", id="incomplete where that fails"),
        pytest.param(replace(review(HIGH), gaps=(GAP,)), Policy(fail_on=Severity.HIGH), "failure", id="both"),
        pytest.param(replace(review(), coverage=UNSEEN), LENIENT, "neutral", id="nothing was reviewed"),
        pytest.param(replace(review(), coverage=UNSEEN), STRICT, "neutral", id="nothing was reviewed, strictly"),
        pytest.param(replace(review(), models_asked=False), LENIENT, "neutral", id="no model was asked"),
        pytest.param(
            replace(review(), coverage=Coverage(changed_lines=0, reviewed_lines=0)), LENIENT, "neutral", id="empty"
        ),
    ],
)
def test_a_check_ends_by_what_really_happened(given: Review, policy: Policy, expected: str) -> None:
    assert verdict_of(given, policy).conclusion == Conclusion(expected)


def test_what_is_missing_is_in_the_summary() -> None:
    verdict = verdict_of(replace(review(), gaps=(GAP,), coverage=UNSEEN), LENIENT)

    assert "1 unanswered question" in verdict.title
    assert "bugs (a.py): openai/gpt-6.1-sol: overloaded" in verdict.summary
    assert "lock file: 1 file, 4 lines" in verdict.summary


def test_only_lines_of_the_head_are_annotated() -> None:
    removed = finding(at=replace(location(), side=Side.LEFT))
    elsewhere = replace(finding(), location=None)
    here = finding(at=location(path="a.py", start_line=3), title="Name reaches the query", severity=Severity.CRITICAL)

    (annotation,) = verdict_of(review(removed, here, elsewhere), LENIENT).annotations

    assert (annotation["path"], annotation["start_line"], annotation["annotation_level"]) == ("a.py", 3, "failure")
    assert annotation["title"] == "Name reaches the query"


def test_a_thousand_findings_fit_into_what_github_takes() -> None:
    many = review(*(finding(title="x" * 400, message="y" * 20_000) for _ in range(1_000)))

    verdict = verdict_of(many, LENIENT)

    assert len(verdict.summary) <= 65_535
    assert all(len(one["title"]) <= 255 and len(one["message"]) <= 64 * 1024 for one in verdict.annotations)


def test_what_a_model_says_cannot_mention_anybody_in_the_summary() -> None:
    verdict = verdict_of(review(finding(title="@everyone look <img src=x>")), LENIENT)

    assert "@everyone" not in verdict.summary
    assert "<img" not in verdict.summary


def test_remarks_stand_in_the_summary() -> None:
    assert "octo/.github line 3" in verdict_of(review(), LENIENT, ["octo/.github line 3: unknown key"]).summary


def test_the_silence_of_some_is_not_green_for_all() -> None:
    verdict = for_some_alone(verdict_of(review(), LENIENT), ["bugs", "performance"])

    assert verdict.conclusion is Conclusion.NEUTRAL
    assert verdict.title.endswith("not asked: bugs, performance")


def test_what_some_found_fails_the_check_as_ever() -> None:
    assert for_some_alone(verdict_of(review(HIGH), STRICT), ["bugs"]).conclusion is Conclusion.FAILURE
