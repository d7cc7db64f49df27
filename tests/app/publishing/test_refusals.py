from __future__ import annotations

from typing import Any

import pytest

from app.errors import HeadMoved, NotPermitted, PostFailed
from tests.app.publishing.conftest import PROTOCOLS, Start, at
from tests.fakes.github import refused
from tests.fakes.server import Reply


@PROTOCOLS
@pytest.mark.parametrize("bad", [(30,), (39,), (30, 31), (32, 37), tuple(range(30, 40))])
def test_what_github_refuses_goes_into_the_summary(start: Start, bad: tuple[int, ...], graphql: bool) -> None:
    github, run = start(graphql=graphql, refuses=lambda comment: comment["line"] in bad)

    published = run.post(*(at(line) for line in range(30, 40)))

    (posted,) = github.reviews
    assert [comment["line"] for comment in posted["comments"]] == [line for line in range(30, 40) if line not in bad]
    assert [item.title for item in published.refused] == [f"Fault in line {line}" for line in bad]
    assert all(f"**High · Fault in line {line}**" in github.issue_comments[0]["body"] for line in bad)
    assert github.pending == []


def test_one_refused_comment_among_ten_is_found_in_few_writes(start: Start) -> None:
    github, run = start(refuses=lambda comment: comment["line"] == 37)

    run.post(*(at(line) for line in range(30, 40)))

    assert len(github.writes) <= 1 + 2 * 4 + 2


SERVERS = pytest.mark.parametrize(
    "server",
    [
        pytest.param({}, id="keeps what is begun"),
        pytest.param({"graphql": False, "bare": True, "drafts": "submitted"}, id="submits what is begun"),
        pytest.param({"graphql": False, "bare": True, "drafts": "refused"}, id="refuses what is only begun"),
    ],
)


@SERVERS
@pytest.mark.parametrize("bad", [30, 32, 35])
def test_one_refused_among_few_leaves_one_review_with_the_others(
    start: Start, server: dict[str, Any], bad: int
) -> None:
    github, run = start(**server, refuses=lambda comment: comment["line"] == bad)

    run.post(*(at(line) for line in range(30, 36)))

    (posted,) = github.reviews
    assert [comment["line"] for comment in posted["comments"]] == [line for line in range(30, 36) if line != bad]
    assert f"**High · Fault in line {bad}**" in github.issue_comments[0]["body"]


@SERVERS
@pytest.mark.parametrize("bad", [(30,), (31, 38), tuple(range(30, 40))])
def test_refusals_leave_one_review_and_lose_and_double_nothing(
    start: Start, server: dict[str, Any], bad: tuple[int, ...]
) -> None:
    github, run = start(**server, refuses=lambda comment: comment["line"] in bad)
    faults = [at(line) for line in range(30, 40)]

    run.post(*faults)
    run.post(*faults)

    (posted,) = github.reviews
    (summary,) = github.issue_comments
    commented = {comment["line"] for comment in posted["comments"]}
    assert commented.isdisjoint(bad)
    assert all(f"Fault in line {line} " in posted["body"] for line in set(range(30, 40)) - commented)
    assert all(f"**High · Fault in line {line}**" in summary["body"] for line in set(range(30, 40)) - commented)


def test_a_refusal_that_no_comment_explains_loses_nothing(start: Start) -> None:
    github, run = start()
    github.fault("POST", "/reviews", refused(422, "Unprocessable Entity", "odd"), times=3)

    run.post(at(30), at(31))

    (posted,) = github.reviews
    assert posted["comments"] == []
    assert "Fault in line 30" in posted["body"]


def test_a_review_that_is_refused_to_the_last_is_an_error(start: Start) -> None:
    github, run = start()
    github.fault("POST", "/reviews", refused(422, "Validation Failed", "was submitted too quickly"), times=100)

    with pytest.raises(PostFailed, match="nothing was posted: GitHub refuses the content of a review on octo/app#7: "):
        run.post(at(30))

    assert github.issue_comments == []


def test_a_push_during_the_post_is_told_from_a_refusal(start: Start) -> None:
    github, run = start()
    github.before("POST", "/reviews", lambda: github.push(7, {"a.py": "other\n"}))

    with pytest.raises(HeadMoved):
        run.post(at(30))

    assert github.reviews == []


@PROTOCOLS
@pytest.mark.parametrize(
    "stale",
    [
        pytest.param(
            {"body": "<!-- quartet:review head=abc -->", "comments": [{"body": "x"}]}, id="ours, by its marker"
        ),
        pytest.param({}, id="empty"),
    ],
)
def test_a_stale_unsubmitted_review_of_ours_is_discarded(start: Start, stale: dict[str, Any], graphql: bool) -> None:
    github, run = start(graphql=graphql, viewer="mona")
    github.add_review(state="PENDING", **stale)

    run.post(at(30))

    assert github.pending == []
    assert len(github.comments) == 1


@PROTOCOLS
def test_an_app_discards_any_of_its_own(start: Start, graphql: bool) -> None:
    github, run = start(graphql=graphql)
    github.add_review(state="PENDING", body="half", comments=[{"body": "x"}])

    run.post(at(30))

    assert github.pending == []


@PROTOCOLS
@pytest.mark.parametrize(
    "unsent", [pytest.param({"body": "draft"}, id="body"), pytest.param({"comments": [{"body": "x"}]}, id="comment")]
)
def test_a_persons_unsent_remarks_are_kept(start: Start, unsent: dict[str, Any], graphql: bool) -> None:
    github, run = start(graphql=graphql, viewer="mona")
    github.add_review(state="PENDING", **unsent)

    with pytest.raises(NotPermitted, match="your account has an unsubmitted review on octo/app#7"):
        run.post(at(30))

    assert len(github.pending) == 1


def test_a_trial_that_breaks_off_leaves_nothing_behind(start: Start) -> None:
    github, run = start(refuses=lambda comment: comment["line"] == 31)
    github.fault("POST", "/reviews", Reply(status=502), after=1, applied=True)

    run.post(*(at(line) for line in range(30, 40)))

    assert github.pending == []
    (posted,) = github.reviews
    assert [comment["line"] for comment in posted["comments"]] == [30, *range(32, 40)]
