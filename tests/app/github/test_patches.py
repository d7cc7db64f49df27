from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.errors import GitHubRateLimited
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.snapshot import fetch_snapshot
from reviewers.diff import Diff
from tests.app.conftest import StartGitHub
from tests.fakes.github import FakeGitHub, FakePull, rate_limited, refused
from tests.fakes.server import Reply, json_reply

Connect = Callable[..., GitHubClient]
ID = PullRequestId(owner="octo", repo="app", number=7)
LONG = "".join(f"line {number}\n" for number in range(60))
BASE = {"big.py": LONG, "gone.py": LONG, "old.py": LONG, "small.py": "x\n"}
HEAD = {
    "big.py": LONG.replace("line 3", "LINE 3"),
    "fresh.py": LONG,
    "moved.py": LONG.replace("line 9\n", ""),
    "small.py": "y\n",
}
WHOLE = FakePull(base_files=BASE, head_files=HEAD, renames={"moved.py": "old.py"})
PULL = replace(WHOLE, omitted=frozenset({"big.py", "gone.py", "moved.py", "fresh.py"}))


def diff_of(github: FakeGitHub, connect: Connect) -> Diff:
    return fetch_snapshot(connect(github), ID).snapshot.diff


def without_diff_media_type(github: FakeGitHub) -> None:
    github.fault("GET", "/pulls/7$", refused(406, "too large"), after=1)


@pytest.fixture
def expected(start_github: StartGitHub, connect: Connect) -> Diff:
    return diff_of(start_github(WHOLE), connect)


def shown(diff: Diff) -> list[tuple[Any, ...]]:
    return [(file.path, file.old_path, file.status, file.hunks, file.unseen_lines) for file in diff.files]


def test_patches_that_github_leaves_out_come_from_the_whole_diff(
    start_github: StartGitHub, connect: Connect, expected: Diff
) -> None:
    github = start_github(PULL)

    diff = diff_of(github, connect)

    assert shown(diff) == shown(expected)
    assert len(github.requests) == 4


@pytest.mark.parametrize("graphql", [pytest.param(True, id="by GraphQL"), pytest.param(False, id="by REST")])
def test_where_the_diff_is_too_large_they_come_from_the_contents(
    start_github: StartGitHub, connect: Connect, expected: Diff, graphql: bool
) -> None:
    github = start_github(PULL, graphql=graphql)
    without_diff_media_type(github)

    assert shown(diff_of(github, connect)) == shown(expected)


def test_the_contents_are_compared_with_the_merge_base(start_github: StartGitHub, connect: Connect) -> None:
    moved_on = replace(PULL, branch_files={**BASE, "big.py": "something else by now\n"})
    github = start_github(moved_on)
    without_diff_media_type(github)

    (big,) = diff_of(github, connect).of("big.py")

    assert big.changed_lines == 22
    assert big.unseen_lines == 0


def test_a_comparison_that_shows_a_patch_is_enough(start_github: StartGitHub, connect: Connect, expected: Diff) -> None:
    github = start_github(PULL)
    without_diff_media_type(github)
    entries = [change.entry("") for change in WHOLE.changes]
    github.fault("GET", "/compare/", json_reply({"merge_base_commit": None, "files": entries}))

    assert shown(diff_of(github, connect)) == shown(expected)


@pytest.mark.parametrize("reply", [refused(404, "Not Found"), json_reply([])], ids=["absent", "something else"])
def test_without_a_comparison_the_contents_at_the_base_serve(
    start_github: StartGitHub, connect: Connect, expected: Diff, reply: Reply
) -> None:
    github = start_github(PULL)
    without_diff_media_type(github)
    github.fault("GET", "/compare/", reply)

    assert shown(diff_of(github, connect)) == shown(expected)


def test_without_a_comparison_what_the_base_changed_since_is_not_taken_for_the_pull_requests_work(
    start_github: StartGitHub, connect: Connect
) -> None:
    github = start_github(replace(PULL, branch_files={**BASE, "big.py": LONG.replace("line 5", "LINE 5")}))
    without_diff_media_type(github)
    github.fault("GET", "/compare/", refused(404, "Not Found"))

    (big,) = diff_of(github, connect).of("big.py")

    assert (big.hunks, big.unseen_lines) == ((), 22)


def test_what_nobody_can_deliver_is_unseen(start_github: StartGitHub, connect: Connect) -> None:
    github = start_github(PULL, graphql=False)
    without_diff_media_type(github)
    github.fault("GET", "/compare/", Reply(status=500), times=4)
    github.fault("GET", "/contents/", refused(404, "Not Found"), times=100)

    diff = diff_of(github, connect)

    assert {file.path: file.unseen_lines for file in diff.files} == {
        "big.py": 22,
        "fresh.py": 60,
        "gone.py": 60,
        "moved.py": 1,
        "small.py": 0,
    }


def test_contents_that_cannot_be_read_leave_their_file_unseen(start_github: StartGitHub, connect: Connect) -> None:
    github = start_github(PULL, graphql=False)
    without_diff_media_type(github)
    github.fault("GET", "/contents/big.py", refused(404, "Not Found"))

    (big,) = diff_of(github, connect).of("big.py")

    assert (big.hunks, big.unseen_lines) == ((), 22)


def test_a_diff_that_is_none_is_passed_over(start_github: StartGitHub, connect: Connect, expected: Diff) -> None:
    github = start_github(PULL)
    github.fault("GET", "/pulls/7$", json_reply({"not": "a diff"}), after=1)

    assert shown(diff_of(github, connect)) == shown(expected)


def test_above_three_hundred_files_the_whole_diff_is_not_asked_for(start_github: StartGitHub, connect: Connect) -> None:
    names = [f"f{number:03}.py" for number in range(301)]
    pull = FakePull(base_files={}, head_files=dict.fromkeys(names, "x\n"), omitted=frozenset({"f000.py"}))
    github = start_github(pull)

    diff = diff_of(github, connect)

    assert diff.changed_lines == 301
    assert [request.path for request in github.requests].count("/repos/octo/app/pulls/7") == 1


def test_a_limit_stops_the_search(start_github: StartGitHub, connect: Connect) -> None:
    github = start_github(PULL)
    without_diff_media_type(github)
    github.fault("GET", "/compare/", rate_limited())

    with pytest.raises(GitHubRateLimited):
        diff_of(github, connect)
