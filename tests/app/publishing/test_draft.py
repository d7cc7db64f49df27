from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.publishing.bodies import fingerprints
from app.publishing.draft import MOST_COMMENTS, ReviewDraft, comments_on_the_wire, draft, without
from app.publishing.markers import Posted, markers_of, read_posted
from reviewers.diff import Side
from reviewers.findings import Finding, Location
from reviewers.review import Review
from tests.builders import diff, file_diff, finding, gap, hunk, location, review, target

HUNK = hunk(" one", "-two", "+deux", "+trois", " four", old_start=10, new_start=10)
FAR = hunk(" a", "+b", old_start=50, new_start=51)
DIFF = diff(file_diff("shop/orders.py", HUNK, FAR), file_diff("new.py", HUNK, old_path="old.py"))
HEAD = "a" * 40


def at(line: int, **rest: Any) -> Finding:
    return replace(finding(at=location(start_line=line), anchor=f"line {line}"), **rest)


def a_review(*findings: Finding, gaps: tuple[str, ...] = (), head: str = HEAD, models_asked: bool = True) -> Review:
    return replace(
        review(),
        target=replace(target(), head=head),
        findings=findings,
        gaps=tuple(gap(reviewer=name) for name in gaps),
        reviewers=("security", "bugs"),
        models_asked=models_asked,
    )


def after(first: ReviewDraft) -> Posted:
    """What a second run reads of what the first one posted."""
    return read_posted((comment.body for comment in first.inline), first.summary or first.posted.summary)


def test_a_placed_finding_is_told_on_its_line() -> None:
    drafted = draft(a_review(at(11)), DIFF, Posted())

    (comment,) = comments_on_the_wire(drafted.inline)
    assert (comment["path"], comment["line"], comment["side"]) == ("shop/orders.py", 11, "RIGHT")
    assert "start_line" not in comment


def test_a_range_has_a_start() -> None:
    spanning = finding(at=location(start_line=11, end_line=13))

    (comment,) = comments_on_the_wire(draft(a_review(spanning), DIFF, Posted()).inline)

    assert (comment["start_line"], comment["start_side"], comment["line"]) == (11, "RIGHT", 13)


def test_a_comment_on_removed_code_stands_on_the_left() -> None:
    removed = finding(at=location(start_line=11, side=Side.LEFT))

    (comment,) = comments_on_the_wire(draft(a_review(removed), DIFF, Posted()).inline)

    assert (comment["line"], comment["side"]) == (11, "LEFT")


def test_a_finding_under_the_old_path_is_told_under_the_new_one() -> None:
    renamed = finding(at=location(path="old.py", start_line=11, side=Side.LEFT))

    (comment,) = comments_on_the_wire(draft(a_review(renamed), DIFF, Posted()).inline)

    assert comment["path"] == "new.py"


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(None, id="not placed"),
        pytest.param(location(start_line=99), id="outside every hunk"),
        pytest.param(location(start_line=13, end_line=51), id="across hunks"),
        pytest.param(location(start_line=13, end_line=11), id="upside down"),
        pytest.param(location(start_line=14, side=Side.LEFT), id="on the wrong side"),
        pytest.param(location(path="elsewhere.py"), id="in no file of the diff"),
    ],
)
def test_what_github_would_refuse_is_told_in_the_review_and_the_summary(place: Location | None) -> None:
    drafted = draft(a_review(replace(finding(title="Odd one", message="Look."), location=place)), DIFF, Posted())

    assert drafted.inline == ()
    assert "High · Odd one" in (drafted.body or "")
    assert "**High · Odd one**\n\nLook." in (drafted.summary or "")


def test_findings_beyond_the_limit_are_told_in_the_summary() -> None:
    findings = [at(11), at(12), at(13)]

    drafted = draft(a_review(*findings), DIFF, Posted(), inline_limit=2)

    assert [comment.finding for comment in drafted.inline] == findings[:2]
    assert drafted.aside == (findings[2],)


def test_no_review_has_more_comments_than_github_takes() -> None:
    findings = [replace(at(11), occurrence=number) for number in range(MOST_COMMENTS + 5)]

    drafted = draft(a_review(*findings), DIFF, Posted(), inline_limit=1_000)

    assert (len(drafted.inline), len(drafted.aside)) == (MOST_COMMENTS, 5)


def test_a_clean_review_says_nothing() -> None:
    drafted = draft(a_review(), DIFF, Posted())

    assert (drafted.body, drafted.summary) == (None, None)


def test_a_review_with_gaps_alone_has_a_summary_and_no_review() -> None:
    drafted = draft(a_review(gaps=("bugs",)), DIFF, Posted())

    assert drafted.body is None
    assert "**Not answered**" in (drafted.summary or "")


def test_after_findings_a_clean_head_says_that_nothing_is_open() -> None:
    first = draft(a_review(at(11)), DIFF, Posted())

    second = draft(a_review(head="b" * 40), DIFF, after(first))

    assert second.body is None
    assert "### Quartet · Nothing is open" in (second.summary or "")


@pytest.mark.parametrize("models_asked", [pytest.param(True, id="models"), pytest.param(False, id="evidence alone")])
def test_a_second_run_on_the_same_head_changes_nothing(models_asked: bool) -> None:
    findings = (at(11), replace(at(12), location=None))
    first = draft(a_review(*findings, models_asked=models_asked), DIFF, Posted())

    second = draft(a_review(*findings, models_asked=models_asked), DIFF, after(first))

    assert (second.body, second.summary) == (None, None)


def test_a_reviewer_that_spoke_at_this_head_has_nothing_to_add() -> None:
    first = draft(a_review(at(11)), DIFF, Posted())

    second = draft(a_review(at(11), at(12)), DIFF, after(first))

    assert (second.body, second.summary) == (None, None)


def test_a_reviewer_that_had_a_gap_may_speak_later() -> None:
    first = draft(a_review(at(11), gaps=("bugs",)), DIFF, Posted())
    late = at(12, reviewer="bugs", rule="logic-error", cwe=None)

    second = draft(a_review(at(11), at(13), late), DIFF, after(first))

    assert [comment.finding for comment in second.inline] == [late]
    assert "reviewers=bugs,security" in (second.summary or "")
    assert "2 findings" in (second.summary or "")


def test_a_finding_that_a_silent_reviewer_shares_is_new() -> None:
    first = draft(a_review(gaps=("bugs",)), DIFF, Posted())
    shared = at(12, also=("bugs",))

    second = draft(a_review(shared), DIFF, after(first))

    assert [comment.finding for comment in second.inline] == [shared]


def test_a_new_head_is_reviewed_anew_but_told_findings_are_not_repeated() -> None:
    first = draft(a_review(at(11)), DIFF, Posted())

    second = draft(a_review(at(11), at(12), head="b" * 40), DIFF, after(first))

    assert [comment.finding for comment in second.inline] == [at(12)]
    assert "1 finding: 1 high (1 told before still open)" in (second.body or "")
    assert "2 findings" in (second.summary or "")


def test_a_finding_is_known_by_any_of_its_fingerprints() -> None:
    first = draft(a_review(at(11)), DIFF, Posted())
    merged = at(12, aliases=(at(11).fingerprint,))

    second = draft(a_review(merged, head="b" * 40), DIFF, after(first))

    assert second.body is None


def test_a_comment_carries_every_fingerprint() -> None:
    merged = at(12, aliases=("0123456789abcdef",))

    (comment,) = draft(a_review(merged), DIFF, Posted()).inline

    told = [marker.fields["id"] for marker in markers_of(comment.body) if marker.kind == "finding"]
    assert told == list(fingerprints(merged))


def test_what_was_told_stays_told_when_comments_are_deleted() -> None:
    first = draft(a_review(at(11)), DIFF, Posted())
    clean = draft(a_review(head="b" * 40), DIFF, read_posted([], first.summary))

    third = draft(a_review(at(11), head="c" * 40), DIFF, read_posted([], clean.summary))

    assert third.body is None


def test_a_told_finding_without_a_comment_stays_in_full_in_the_summary() -> None:
    aside = replace(at(12), location=None, message="All of it.")
    first = draft(a_review(at(11), aside), DIFF, Posted())

    second = draft(a_review(at(11), aside, head="b" * 40), DIFF, after(first))

    assert (second.summary or "").count("All of it.") == 1


def test_refused_comments_move_aside() -> None:
    drafted = draft(a_review(at(11), at(12)), DIFF, Posted())

    moved = without(drafted, drafted.inline[:1])

    assert [comment.finding for comment in moved.inline] == [at(12)]
    assert moved.aside == (at(11),)
    assert moved.new == (at(11), at(12))
