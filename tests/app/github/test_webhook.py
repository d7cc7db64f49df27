from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events import (
    CheckAsked,
    CommentWritten,
    InstallationChanged,
    MergeGroupAsked,
    PullRequestChanged,
    PullRequestReviewed,
    RepositoryId,
    RepositoryRenamed,
    ThreadChanged,
    from_data,
    to_data,
)
from app.github.deliveries import Ignored
from app.github.webhook import EVENTS, NotADelivery, parse, verify
from tests.fetch_openapi import WEBHOOKS

SECRET = "It's a Secret to Everybody"
BODY = b"Hello, World!"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
HEAD = "1" * 40
HERE = RepositoryId(installation=11, owner="octo-org", repo="octo.repo")
ENVELOPE: dict[str, Any] = {
    "installation": {"id": 11},
    "repository": {"id": 5, "name": "octo.repo", "owner": {"login": "octo-org"}},
    "sender": {"login": "mona", "type": "User"},
}
PULL: dict[str, Any] = {
    "number": 7,
    "draft": True,
    "head": {"sha": HEAD, "ref": "topic"},
    "base": {"sha": "2" * 40, "ref": "main"},
    "user": {"login": "dependabot[bot]", "type": "Bot"},
    "labels": [{"name": "quartet"}, {"name": "größer"}],
}
COMMENT: dict[str, Any] = {"id": 99, "body": "/review", "user": {"login": "mona", "type": "User"}}


def payload(action: str, **parts: Any) -> dict[str, Any]:
    return {"action": action, **ENVELOPE, **parts}


def test_the_signature_of_githubs_own_example_is_right() -> None:
    assert verify(SECRET, BODY, SIGNATURE)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(None, id="missing"),
        pytest.param("", id="empty"),
        pytest.param("sha256=", id="without digits"),
        pytest.param(SIGNATURE[:-1], id="truncated"),
        pytest.param(SIGNATURE + "0", id="with a digit more"),
        pytest.param(f"{SIGNATURE},{SIGNATURE}", id="doubled"),
        pytest.param(SIGNATURE.upper(), id="in capitals"),
        pytest.param(SIGNATURE.removeprefix("sha256="), id="without the name of the digest"),
        pytest.param(f" {SIGNATURE}", id="with a space"),
        pytest.param(SIGNATURE.replace("a", "а"), id="with a Cyrillic letter"),
        pytest.param(SIGNATURE.replace("7", "７"), id="with a wide digit"),
        pytest.param("sha256=" + "\udcff" * 64, id="not to be encoded"),
        pytest.param("sha1=" + hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest(), id="with the old digest"),
        pytest.param("sha256=" + hmac.new(b"another", BODY, hashlib.sha256).hexdigest(), id="with another secret"),
    ],
)
def test_a_signature_that_is_not_exactly_right_is_wrong(signature: str | None) -> None:
    assert not verify(SECRET, BODY, signature)


def test_a_signature_is_one_of_every_byte() -> None:
    assert not verify(SECRET, BODY + b"\n", SIGNATURE)


def test_without_a_secret_nothing_is_right() -> None:
    signature = "sha256=" + hmac.new(b"", BODY, hashlib.sha256).hexdigest()

    assert not verify("", BODY, signature)


@pytest.mark.parametrize("action", ["opened", "reopened", "synchronize", "ready_for_review", "closed", "labeled"])
def test_a_changed_pull_request_is_told_with_all_that_rules_ask_about(action: str) -> None:
    event = parse("pull_request", payload(action, pull_request=PULL, label={"name": "quartet"}))

    assert event == PullRequestChanged(
        repository=HERE,
        number=7,
        action=action,  # type: ignore[arg-type] # mypy does not read the list above
        head=HEAD,
        base_ref="main",
        head_ref="topic",
        draft=True,
        author="dependabot[bot]",
        author_is_bot=True,
        labels=("quartet", "größer"),
        label="quartet",
        sender="mona",
    )


@pytest.mark.parametrize(
    ("said", "opened_at"),
    [
        pytest.param("2026-11-21T09:30:00Z", datetime(2026, 11, 21, 9, 30, tzinfo=UTC), id="as GitHub writes it"),
        pytest.param("2026-11-21T09:30:00", None, id="without a time zone"),
        pytest.param("yesterday", None, id="in words"),
        pytest.param(1_763_717_400, None, id="as a number"),
        pytest.param(None, None, id="not at all"),
    ],
)
def test_when_a_pull_request_was_opened_is_told_where_it_can_be_read(said: object, opened_at: datetime | None) -> None:
    event = parse("pull_request", payload("opened", pull_request={**PULL, "created_at": said}))

    assert isinstance(event, PullRequestChanged)
    assert event.opened_at == opened_at
    assert from_data(json.loads(json.dumps(to_data(event)))) == event


REVIEW = {"user": {"login": "lisa", "type": "User"}, "submitted_at": "2026-11-21T09:30:00Z", "state": "commented"}
REVIEWED = {"number": 7, "user": {"login": "mona"}}


def test_a_persons_review_is_told_with_when_it_was() -> None:
    event = parse("pull_request_review", payload("submitted", pull_request=REVIEWED, review=REVIEW))

    assert event == PullRequestReviewed(repository=HERE, number=7, at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("review", "reason"),
    [
        pytest.param({**REVIEW, "user": {"login": "mona"}}, "author", id="the author's"),
        pytest.param({**REVIEW, "user": {"login": "quartet[bot]", "type": "Bot"}}, "no person", id="a machine's"),
        pytest.param({**REVIEW, "user": None}, "no person", id="nobody's"),
        pytest.param({**REVIEW, "submitted_at": None}, "when", id="at no time"),
    ],
)
def test_a_review_that_says_nothing_of_how_long_people_take_is_left_out(review: dict[str, object], reason: str) -> None:
    read = parse("pull_request_review", payload("submitted", pull_request=REVIEWED, review=review))

    assert isinstance(read, Ignored)
    assert reason in read.reason


def test_a_comment_in_the_conversation_of_a_pull_request_is_told() -> None:
    issue = {"number": 7, "pull_request": {"url": "https://api.github.com/…"}}

    event = parse("issue_comment", payload("created", issue=issue, comment=COMMENT))

    assert event == CommentWritten(repository=HERE, number=7, comment=99, body="/review", author="mona")


def test_a_reply_on_the_diff_is_told_with_the_comment_it_replies_to() -> None:
    comment = {**COMMENT, "in_reply_to_id": 90}

    event = parse("pull_request_review_comment", payload("created", pull_request=PULL, comment=comment))

    assert event == CommentWritten(
        repository=HERE, number=7, comment=99, on_diff=True, in_reply_to=90, body="/review", author="mona"
    )


@pytest.mark.parametrize(("action", "resolved"), [("resolved", True), ("unresolved", False)])
def test_a_resolved_thread_is_told_by_its_first_comment(action: str, *, resolved: bool) -> None:
    thread = {"comments": [{"id": 90}, {"id": 99}]}

    event = parse("pull_request_review_thread", payload(action, pull_request=PULL, thread=thread))

    assert event == ThreadChanged(repository=HERE, number=7, comment=90, resolved=resolved, sender="mona")


def test_a_renamed_repository_is_told_with_its_former_name() -> None:
    event = parse("repository", payload("renamed", changes={"repository": {"name": {"from": "old.app"}}}))

    assert event == RepositoryRenamed(repository=HERE, former=f"{HERE.owner}/old.app")


@pytest.mark.parametrize(
    ("name", "content", "asked"),
    [
        pytest.param("check_run", payload("rerequested"), "review", id="a check again"),
        pytest.param("check_suite", payload("rerequested"), "review", id="all checks again"),
        pytest.param(
            "check_run",
            payload("requested_action", requested_action={"identifier": "full"}),
            "full",
            id="a button",
        ),
    ],
)
def test_what_is_asked_of_a_check_is_told_with_the_pull_requests_of_this_repository(
    name: str, content: dict[str, Any], asked: str
) -> None:
    pulls = [{"number": 7, "base": {"repo": {"id": 5}}}, {"number": 70, "base": {"repo": {"id": 6}}}]

    event = parse(name, {**content, name: {"head_sha": HEAD, "pull_requests": pulls}})

    assert event == CheckAsked(repository=HERE, head=HEAD, numbers=(7,), action=asked, sender="mona")


def test_a_check_of_a_fork_names_no_pull_request() -> None:
    event = parse("check_run", payload("rerequested", check_run={"head_sha": HEAD, "pull_requests": []}))

    assert event == CheckAsked(repository=HERE, head=HEAD, sender="mona")


def test_a_merge_queue_asks_for_its_checks() -> None:
    group = {"head_sha": HEAD, "head_ref": "refs/heads/gh-readonly-queue/main/pr-7"}

    event = parse("merge_group", payload("checks_requested", merge_group=group))

    assert event == MergeGroupAsked(repository=HERE, head=HEAD, head_ref="refs/heads/gh-readonly-queue/main/pr-7")


@pytest.mark.parametrize(
    ("name", "action", "where"),
    [
        ("installation", "created", "repositories"),
        ("installation", "suspend", "repositories"),
        ("installation_repositories", "added", "repositories_added"),
        ("installation_repositories", "removed", "repositories_removed"),
    ],
)
def test_a_changed_installation_names_its_repositories(name: str, action: str, where: str) -> None:
    content = {
        "action": action,
        "installation": {"id": 11, "account": {"login": "octo-org", "type": "Organization"}},
        where: [{"full_name": "octo-org/octo.repo"}],
    }

    event = parse(name, content)

    assert event == InstallationChanged(
        installation=11, account="octo-org", action=action, repositories=("octo-org/octo.repo",)
    )


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("ping", {"zen": "Half measures are as bad as nothing at all."}, "works", id="ping"),
        pytest.param("star", payload("created"), "this event", id="another event"),
        pytest.param("pull_request", payload("unlabeled", pull_request=PULL), "this action", id="another action"),
        pytest.param(
            "issue_comment",
            payload("created", issue={"number": 7}, comment=COMMENT),
            "on an issue",
            id="a comment on an issue",
        ),
        pytest.param(
            "issue_comment",
            payload("edited", issue={"number": 7, "pull_request": {}}, comment=COMMENT),
            "this action",
            id="an edited comment",
        ),
        pytest.param(
            "pull_request_review_comment",
            payload("created", pull_request=PULL, comment={**COMMENT, "user": {"login": "quartet[bot]"}}),
            "a machine wrote",
            id="our own comment",
        ),
        pytest.param(
            "issue_comment",
            payload("created", issue={"number": 7, "pull_request": {}}, comment={**COMMENT, "user": None}),
            "is gone",
            id="a comment of nobody",
        ),
        pytest.param(
            "pull_request_review_thread",
            payload(
                "resolved",
                pull_request=PULL,
                thread={"comments": [{"id": 1}]},
                sender={"login": "quartet[bot]", "type": "Bot"},
            ),
            "no person",
            id="a thread that we resolved",
        ),
        pytest.param(
            "check_run",
            payload("requested_action", check_run={"head_sha": HEAD}),
            "no button",
            id="a button without a name",
        ),
        pytest.param(
            "pull_request",
            {**payload("opened", pull_request=PULL), "installation": None},
            "no installation",
            id="a repository's own webhook",
        ),
    ],
)
def test_what_there_is_nothing_to_do_for_is_ignored_with_the_reason(
    name: str, content: dict[str, Any], reason: str
) -> None:
    ignored = parse(name, content)

    assert isinstance(ignored, Ignored)
    assert reason in ignored.reason


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"pull_request": None}, id="no pull request"),
        pytest.param({"pull_request": [[[]]]}, id="a list for an object"),
        pytest.param({"pull_request": {**PULL, "number": "7"}}, id="a text for a number"),
        pytest.param({"pull_request": {**PULL, "number": True}}, id="a truth for a number"),
        pytest.param({"pull_request": {**PULL, "number": 10**400}}, id="a huge number"),
        pytest.param({"pull_request": {**PULL, "number": -7}}, id="a negative number"),
        pytest.param({"pull_request": {**PULL, "head": {"sha": "../../../etc"}}}, id="a path for a commit"),
        pytest.param({"pull_request": {**PULL, "head": {"sha": HEAD + "\n"}}}, id="a line end after a commit"),
        pytest.param({"repository": {"name": "a/../b", "owner": {"login": "octo"}}}, id="a path for a repository"),
        pytest.param({"repository": {"name": "a", "owner": {"login": "осто"}}}, id="Cyrillic letters for an owner"),
        pytest.param({"repository": {"name": "a", "owner": {"login": "a\nb"}}}, id="two lines for an owner"),
        pytest.param({"installation": {"id": 0}}, id="an installation that cannot be"),
        pytest.param({"installation": "11"}, id="a text for an installation"),
        pytest.param({"action": ["opened"]}, id="a list for an action"),
    ],
)
def test_what_github_never_sends_is_no_delivery(change: dict[str, Any]) -> None:
    assert isinstance(parse("pull_request", {**payload("opened", pull_request=PULL), **change}), NotADelivery)


def test_half_a_character_in_a_text_becomes_a_question_mark() -> None:
    event = parse("pull_request", payload("opened", pull_request={**PULL, "labels": [{"name": "a\ud800"}]}))

    assert isinstance(event, PullRequestChanged)
    assert event.labels == ("a?",)


def test_the_reason_quotes_nothing_of_the_payload() -> None:
    refused = parse("pull_request", payload("opened", pull_request={**PULL, "number": "hunter2"}))

    assert isinstance(refused, NotADelivery)
    assert refused.reason.endswith("at pull_request.number")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(sorted({*ENVELOPE, *PULL, *COMMENT, "action", "pull_request", "comment", "check_run"})),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(name=st.sampled_from(sorted(EVENTS)) | st.text(), content=JSON)
def test_no_json_raises(name: str, content: object) -> None:
    parse(name, content)


@given(
    name=st.sampled_from(sorted(EVENTS)),
    action=st.sampled_from(["opened", "created", "resolved", "rerequested", "added", "checks_requested"]),
    content=st.dictionaries(st.sampled_from(["pull_request", "comment", "issue", "thread", "check_run"]), JSON),
)
def test_no_json_in_a_good_envelope_raises(name: str, action: str, content: dict[str, Any]) -> None:
    parse(name, payload(action, **content))


@pytest.mark.skipif(not WEBHOOKS.exists(), reason="GitHub's examples are not there (tests/fetch_openapi.py needs npm)")
def test_every_example_that_github_publishes_is_understood() -> None:
    described = json.loads(WEBHOOKS.read_bytes())
    examples = [(event["name"], example) for event in described for example in event["examples"]]
    told: set[str] = set()

    for name, example in examples:
        read = parse(name, {"installation": {"id": 1}, **example})
        assert not isinstance(read, NotADelivery), (name, read)
        if not isinstance(read, Ignored):
            assert from_data(json.loads(json.dumps(to_data(read)))) == read
            told.add(name)

    assert len(examples) == 329
    # Every example of a comment is one on an issue, and every review is by the author of its pull request.
    assert told == EVENTS - {"ping", "issue_comment", "pull_request_review"}
