from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.errors import GitHubError, GitHubFailed, GitHubUnreachable, NotPermitted, PostFailed
from app.publishing.publish import publish
from reviewers.findings import Finding
from tests.app.conftest import Waits
from tests.app.publishing.conftest import ELSEWHERE, LONG, PROTOCOLS, PULL, Start, at
from tests.builders import gap
from tests.fakes.github import rate_limited, refused, secondary_limited
from tests.fakes.server import Reply


@PROTOCOLS
@pytest.mark.parametrize(
    "reply", [pytest.param(Reply(status=502), id="502"), pytest.param(Reply(body=b"xx", cut=True), id="cut")]
)
@pytest.mark.parametrize("path", ["/reviews", "/comments"])
def test_a_write_that_happened_unseen_is_not_repeated(start: Start, path: str, reply: Reply, graphql: bool) -> None:
    github, run = start(graphql=graphql)
    github.fault("POST", path, reply, applied=True)

    run.post(at(30))

    assert len(github.reviews) == 1
    assert len(github.issue_comments) == 1


@pytest.mark.parametrize("path", ["/reviews", "/comments"])
def test_it_is_not_repeated_either_where_nobody_says_who_wrote_what(start: Start, path: str) -> None:
    github, run = start(graphql=False, bare=True)
    github.fault("POST", path, Reply(status=502), applied=True)

    run.post(at(30))

    assert len(github.reviews) == 1
    assert len(github.issue_comments) == 1


@PROTOCOLS
@pytest.mark.parametrize("path", ["/reviews", "/comments"])
def test_a_write_that_did_not_happen_is_repeated(start: Start, path: str, graphql: bool, waits: Waits) -> None:
    github, run = start(graphql=graphql)
    github.fault("POST", path, Reply(status=502), times=2)

    run.post(at(30))

    assert len(github.reviews) == 1
    assert len(github.issue_comments) == 1
    assert waits.seconds.count(1.5) == 2


def test_a_review_that_never_arrives_is_an_error(start: Start) -> None:
    github, run = start()
    github.fault("POST", "/reviews", Reply(status=502), times=3)

    with pytest.raises(GitHubFailed):
        run.post(at(30))

    assert github.issue_comments == []


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        pytest.param(
            refused(403, "Unable to create comment because issue is locked."), PostFailed, "unlock", id="locked"
        ),
        pytest.param(rate_limited(), PostFailed, "run again after that", id="limited"),
    ],
)
def test_a_summary_that_cannot_be_posted_is_said_with_what_was(
    start: Start, reply: Reply, error: type[GitHubError], words: str
) -> None:
    github, run = start()
    github.fault("POST", "/comments", reply)

    with pytest.raises(error, match=rf"posted one review with 1 comment, but not the summary: .*{words}"):
        run.post(at(30))


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        pytest.param(
            refused(403, "Resource not accessible by integration"), "the permission it lacks", id="permission"
        ),
        pytest.param(refused(403, "Repository was archived so is read-only."), "unarchive", id="archived"),
        pytest.param(refused(404, "Not Found"), "may read but not post a review on octo/app#7", id="read-only token"),
    ],
)
def test_a_review_that_is_not_permitted_says_what_to_do(start: Start, reply: Reply, words: str) -> None:
    github, run = start()
    github.fault("POST", "/reviews", reply)

    with pytest.raises(NotPermitted, match=words):
        run.post(at(30))


def test_a_summary_alone_that_is_not_permitted_is_that_error(start: Start) -> None:
    _, run = start(replace(PULL, locked=True))
    fetched = run.fetch()
    incomplete = replace(run.review(fetched, ()), gaps=(gap(),))

    with pytest.raises(NotPermitted, match="unlock the conversation"):
        publish(run.client, fetched.pull, incomplete, fetched.snapshot.diff)


def test_a_summary_that_was_deleted_meanwhile_is_posted_anew(start: Start) -> None:
    github, run = start()
    run.post(at(30))
    github.push(7, {"a.py": LONG.replace("line 3", "Line 3")})
    github.fault("PATCH", "/issues/comments/", refused(404, "Not Found"))

    run.post(at(30), at(31))

    assert len(github.issue_comments) == 2


def test_a_secondary_limit_is_waited_out_and_nothing_is_doubled(start: Start, waits: Waits) -> None:
    github, run = start()
    github.fault("POST", "/reviews", secondary_limited(retry_after=5))

    run.post(at(30))

    assert len(github.reviews) == 1
    assert "waiting 5 s" in waits.words[0]


def test_a_cut_connection_while_looking_is_an_error(start: Start) -> None:
    github, run = start()
    github.fault("POST", "/reviews", Reply(status=502))
    github.fault("GET", "/reviews", Reply(body=b"xx", cut=True), times=4)

    with pytest.raises(GitHubUnreachable):
        run.post(at(30))


BROKEN_OFF = refused(403, "Resource not accessible by integration")
ALONE = pytest.mark.parametrize(
    "server",
    [
        pytest.param({}, id="by GraphQL"),
        pytest.param({"graphql": False, "viewer": "quartet-bot"}, id="by REST"),
        pytest.param({"graphql": False, "bare": True}, id="by REST where nobody says who anybody is"),
    ],
)


@ALONE
@pytest.mark.parametrize("found", [(at(30), ELSEWHERE), (ELSEWHERE,)], ids=["comments and others", "no comment"])
def test_a_run_that_broke_off_before_its_summary_is_completed(
    start: Start, server: dict[str, Any], found: tuple[Finding, ...]
) -> None:
    github, run = start(**server)
    github.fault("POST", "issues/7/comments", BROKEN_OFF)
    with pytest.raises(PostFailed):
        run.post(*found)

    run.post(*found)

    assert len(github.reviews) == 1
    (summary,) = github.issue_comments
    assert "**High · Fault elsewhere**" in summary["body"]


@ALONE
def test_a_run_that_broke_off_before_it_edited_the_summary_is_completed(start: Start, server: dict[str, Any]) -> None:
    github, run = start(**server)
    run.post(at(30))
    github.push(7, {"a.py": LONG.replace("line 3", "Line 3")})
    github.fault("PATCH", "issues/comments/", BROKEN_OFF)
    with pytest.raises(PostFailed):
        run.post(at(30), at(31), ELSEWHERE)

    run.post(at(30), at(31), ELSEWHERE)

    assert len(github.reviews) == 2
    (summary,) = github.issue_comments
    assert "**High · Fault elsewhere**" in summary["body"]


def test_what_the_models_say_anew_after_a_run_that_broke_off_is_not_posted(start: Start) -> None:
    github, run = start()
    github.fault("POST", "issues/7/comments", BROKEN_OFF)
    with pytest.raises(PostFailed):
        run.post(at(30))

    run.post(at(30), at(32))

    assert len(github.reviews) == 1
