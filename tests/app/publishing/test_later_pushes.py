"""What is posted on later pushes: what is open, what is fixed, what somebody dismissed."""

from __future__ import annotations

from dataclasses import replace

from app.publishing.markers import markers_of
from tests.app.publishing.conftest import ELSEWHERE, LONG, PROTOCOLS, PULL, Start, at
from tests.fakes.github import FakeGitHub


def _push(github: FakeGitHub, line: str = "line 40") -> None:
    github.push(7, {"a.py": LONG.replace("line 3", "LINE 3").replace(line, line.upper())})


def _summary(github: FakeGitHub) -> str:
    (comment,) = github.issue_comments
    return str(comment["body"])


def test_what_is_dismissed_gets_no_comment_and_no_row(start: Start) -> None:
    github, run = start()

    run.post(at(30), at(31), dismissed=[at(31)])

    (posted,) = github.reviews
    assert [comment["line"] for comment in posted["comments"]] == [30]
    assert "<summary>1 dismissed</summary>" in _summary(github)
    assert "| Fault in line 31 |" not in _summary(github)
    assert "1 finding" in posted["body"]


def test_a_review_of_which_all_is_dismissed_posts_nothing(start: Start) -> None:
    github, run = start()

    published = run.post(at(30), dismissed=[at(30)])

    assert (github.writes, published.line) == ([], "nothing new to post")


def test_what_is_dismissed_after_it_was_told_leaves_the_table_at_the_same_head_and_that_once(start: Start) -> None:
    github, run = start()
    run.post(at(30), at(31))

    run.post(at(30), at(31), dismissed=[at(31)])
    before = len(github.writes)
    run.post(at(30), at(31), dismissed=[at(31)])

    assert "| Fault in line 31 |" not in _summary(github)
    assert (len(github.reviews), len(github.writes)) == (1, before)


def test_a_dismissal_under_the_name_of_a_merged_remark_holds(start: Start) -> None:
    github, run = start()
    merged = replace(at(30), aliases=(at(31).fingerprint,))

    run.post(merged, dismissed=[at(31)])

    assert github.reviews == []


@PROTOCOLS
def test_what_was_told_stays_told_over_pushes_and_what_is_fixed_is_counted_apart(start: Start, graphql: bool) -> None:
    github, run = start(graphql=graphql)
    run.post(at(30), at(31), ELSEWHERE)
    _push(github)

    run.post(at(30), ELSEWHERE, fixed=[at(31)], unchanged=2)

    assert len(github.reviews) == 1
    assert "<summary>1 fixed</summary>" in _summary(github)
    assert "| Fault in line 30 |" in _summary(github)
    assert "| Fault in line 31 |" not in _summary(github)
    assert f"2 hunks unchanged since `{PULL.head_sha[:12]}`, not asked again" in _summary(github)


def test_what_was_never_told_is_not_said_to_be_fixed(start: Start) -> None:
    github, run = start()
    run.post(at(30))
    _push(github)

    run.post(at(30), fixed=[at(31)])

    assert "fixed" not in _summary(github)


def test_when_all_is_fixed_nothing_is_open(start: Start) -> None:
    github, run = start()
    run.post(at(30))
    _push(github)

    run.post(fixed=[at(30)])

    assert "### Quartet · Nothing is open" in _summary(github)
    assert "<summary>1 fixed</summary>" in _summary(github)


def test_what_is_fixed_and_comes_back_is_in_the_table_and_not_told_anew(start: Start) -> None:
    github, run = start()
    run.post(at(30))
    _push(github)
    run.post(fixed=[at(30)])
    _push(github, "line 50")

    run.post(at(30))

    assert "| Fault in line 30 |" in _summary(github)
    assert len(github.reviews) == 1


@PROTOCOLS
def test_each_finding_is_known_by_the_number_of_its_comment(start: Start, graphql: bool) -> None:
    github, run = start(graphql=graphql)
    merged = replace(at(30), aliases=("feedfeedfeedfeed",))

    published = run.post(merged, at(31), ELSEWHERE, with_comments=True)

    first, second = (comment["id"] for comment in github.state.review_comments())
    assert published.told == {
        merged.fingerprint: first,
        "feedfeedfeedfeed": first,
        at(31).fingerprint: second,
        ELSEWHERE.fingerprint: None,
    }


def test_a_later_run_knows_the_numbers_of_all_that_is_open(start: Start) -> None:
    github, run = start()
    run.post(at(30), at(31))
    _push(github)

    published = run.post(at(31), at(32), fixed=[at(30)], with_comments=True)

    assert set(published.told) == {at(31).fingerprint, at(32).fingerprint}
    assert None not in published.told.values()


def test_nobody_asks_for_numbers_that_nobody_wants(start: Start) -> None:
    github, run = start()
    fetched = run.fetch()
    before = len(github.requests)

    published = run.post(at(30), fetched=fetched)

    assert (len(github.requests) - before, published.told) == (3, {at(30).fingerprint: None})


def test_a_second_opinion_on_the_same_head_is_told_where_somebody_asked_for_it(start: Start) -> None:
    github, run = start()
    run.post(at(30))
    run.post(at(30), at(31))
    unasked = len(github.reviews)

    run.post(at(30), at(31), asked_again=["security"])

    assert (unasked, len(github.reviews)) == (1, 2)
    assert [comment["line"] for comment in github.reviews[1]["comments"]] == [31]


def test_ids_that_people_can_name_stand_in_the_comment_and_in_the_table(start: Start) -> None:
    github, run = start()

    run.post(at(30))

    (comment,) = github.state.review_comments()
    shown = f"`{at(30).fingerprint[:8]}`"
    assert shown in comment["body"]
    assert f"| {shown} |" in _summary(github)
    assert markers_of(comment["body"])[0].fields["id"] == at(30).fingerprint
