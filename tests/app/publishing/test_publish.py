from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.errors import HeadMoved
from tests import openapi
from tests.app.publishing.conftest import ELSEWHERE, LONG, PROTOCOLS, PULL, Start, at
from tests.fakes.github import FakePull
from tests.fakes.server import json_reply


@PROTOCOLS
def test_findings_become_one_review_and_one_summary(start: Start, graphql: bool) -> None:
    github, run = start(graphql=graphql)

    published = run.post(at(30), at(31), ELSEWHERE)

    (posted,) = github.reviews
    assert [comment["line"] for comment in posted["comments"]] == [30, 31]
    assert posted["state"] == "COMMENTED"
    assert posted["body"].endswith(f"<!-- quartet:review head={PULL.head_sha} -->")
    assert github.issue_comments[0]["body"].startswith("<!-- quartet:summary -->\n")
    assert published.line == "posted one review with 2 comments and 1 more in the summary"


@pytest.mark.parametrize(
    ("files", "graphql", "most"),
    [
        pytest.param(3, True, 6, id="3 files by GraphQL"),
        pytest.param(12, True, 6, id="12 files by GraphQL"),
        pytest.param(3, False, 10, id="3 files by REST"),
        pytest.param(12, False, 12, id="12 files by REST"),
    ],
)
def test_a_whole_run_takes_few_requests(start: Start, files: int, graphql: bool, most: int) -> None:
    base = {"a.py": LONG, ".quartet.yml": "reviewers: [bugs]\n", **{f"{number}.py": LONG for number in range(1, files)}}
    head = {path: text.replace("line 3", "LINE 3") for path, text in base.items()}
    github, run = start(FakePull(base_files=base, head_files=head), graphql=graphql)

    run.post(at(30), ELSEWHERE)

    assert len(github.requests) <= most


@PROTOCOLS
def test_a_second_run_on_the_same_head_posts_nothing_new(start: Start, graphql: bool) -> None:
    github, run = start(graphql=graphql)
    run.post(at(30), ELSEWHERE)
    before = len(github.writes)

    published = run.post(at(30), ELSEWHERE)

    assert len(github.writes) == before
    assert published.line == "nothing new to post"


def test_a_second_run_knows_its_own_words_where_nobody_says_who_wrote_them(start: Start) -> None:
    github, run = start(graphql=False, bare=True)
    run.post(at(30), ELSEWHERE)
    before = len(github.writes)

    published = run.post(at(30), ELSEWHERE)

    assert len(github.writes) == before
    assert published.line == "nothing new to post"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"repository": {}}, id="an empty repository"),
        pytest.param({"repository": {"pullRequest": {}}}, id="an empty pull request"),
    ],
)
def test_graphql_that_answers_something_else_than_was_asked_is_not_believed(start: Start, data: dict[str, Any]) -> None:
    pull = FakePull(base_files={**PULL.base_files, "AGENTS.md": "Be kind.\n"}, head_files=PULL.head_files)
    github, run = start(pull, bare=True)
    github.fault("POST", "/graphql", json_reply({"data": data}), times=100)
    fetched = run.fetch()
    run.post(at(30), ELSEWHERE)

    published = run.post(at(30), ELSEWHERE)

    assert published.line == "nothing new to post"
    assert [rule.path for rule in fetched.snapshot.guidance] == ["AGENTS.md"]


def test_what_graphql_tells_needs_no_seal(start: Start) -> None:
    github, run = start()

    run.post(at(30))

    assert (
        "quartet:seal" not in github.reviews[0]["body"] + github.comments[0]["body"] + github.issue_comments[0]["body"]
    )


@PROTOCOLS
def test_on_a_new_head_only_news_is_posted_and_the_summary_is_edited(start: Start, graphql: bool) -> None:
    github, run = start(graphql=graphql)
    run.post(at(30))
    github.push(7, {"a.py": LONG.replace("line 3", "Line 3")})

    run.post(at(30), at(31))

    assert [[comment["line"] for comment in posted["comments"]] for posted in github.reviews] == [[30], [31]]
    (summary,) = github.issue_comments
    assert "2 findings" in summary["body"]


def test_a_head_that_became_clean_is_said_in_the_summary(start: Start) -> None:
    github, run = start()
    run.post(at(30))
    github.push(7, {"a.py": LONG.replace("line 3", "Line 3")})

    published = run.post()

    assert "Nothing is open" in github.issue_comments[0]["body"]
    assert len(github.reviews) == 1
    assert published.line == "nothing new to post; the summary is up to date"


def test_a_clean_pull_request_gets_no_comment(start: Start) -> None:
    github, run = start()

    run.post()

    assert github.writes == []


def test_the_oldest_of_several_summaries_is_kept_up(start: Start) -> None:
    github, run = start()
    github.add_comment("<!-- quartet:summary -->\nfirst")
    github.add_comment("<!-- quartet:summary -->\nsecond")

    run.post(at(30))

    assert "1 finding" in github.issue_comments[0]["body"]
    assert github.issue_comments[1]["body"] == "<!-- quartet:summary -->\nsecond"


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="by GraphQL"),
        pytest.param({"graphql": False, "viewer": "quartet-bot"}, id="by REST"),
        pytest.param({"graphql": False}, id="by REST as an App, which may not ask who it is"),
        pytest.param({"graphql": False, "bare": True}, id="by REST where nobody says who anybody is"),
    ],
)
def test_a_stranger_cannot_fake_what_was_told(start: Start, options: dict[str, Any]) -> None:
    github, run = start(**options)
    marker = f"<!-- quartet:finding id={at(30).fingerprint} -->"
    github.add_comment(f"<!-- quartet:summary -->\n{marker}", login="mallory")
    github.add_review(login="mallory", comments=[{"path": "a.py", "line": 30, "body": marker}])

    run.post(at(30))

    assert len(github.issue_comments) == 2
    assert [comment["line"] for comment in github.reviews[1]["comments"]] == [30]


def test_conversations_of_more_than_a_page_are_read_to_the_end(start: Start) -> None:
    github, run = start()
    for number in range(120):
        github.add_comment(f"{number}", login="mona")
        github.add_review(login="mona", comments=[{"path": "a.py", "line": 30, "body": f"{number}"}])
    run.post(at(30))

    published = run.post(at(30))

    assert published.review is None


def test_nothing_is_posted_when_the_head_has_moved(start: Start) -> None:
    github, run = start()
    fetched = run.fetch()
    github.push(7, {"a.py": "other\n"})

    with pytest.raises(HeadMoved, match=r"moved from [0-9a-f]{12} to [0-9a-f]{12} while reviewing; nothing was posted"):
        run.post(at(30), fetched=fetched)

    assert github.writes == []


def test_the_fakes_answers_are_compared_with_githubs_description(
    start: Start, record_property: Callable[[str, object], None]
) -> None:
    if not openapi.available():
        pytest.skip(openapi.ABSENT)
    github, run = start(graphql=False)
    run.post(at(30), ELSEWHERE)

    differences = {fault for request, reply in github.exchanges for fault in openapi.answer_faults(request, reply)}

    record_property("differences", sorted(differences))  # advice: the description has faults of its own
    assert github.exchanges
