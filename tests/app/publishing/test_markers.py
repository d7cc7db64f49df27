from __future__ import annotations

import pytest

from app.publishing.markers import (
    MOST_REMEMBERED,
    SUMMARY,
    Posted,
    decided_marker,
    decisions_by,
    finding_marker,
    is_review,
    is_summary,
    markers_of,
    read_posted,
    review_marker,
    reviewed_marker,
    told_marker,
)


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        pytest.param(f"{SUMMARY}\ntext", ["summary"], id="at the start"),
        pytest.param(f"text\n\n{finding_marker('aa')}\n", ["finding"], id="at the end"),
        pytest.param(f"text {finding_marker('aa')}", ["finding"], id="behind the last line"),
        pytest.param(
            f"{SUMMARY}\r\ntext\r\n{finding_marker('a')}\r\n{finding_marker('b')}",
            ["summary", "finding", "finding"],
            id="both, CRLF",
        ),
        pytest.param(SUMMARY, ["summary"], id="alone"),
        pytest.param(f"```\n{finding_marker('aa')}\n```\nmore", [], id="quoted in the middle"),
        pytest.param(f"{finding_marker('aa')}\n{finding_marker('bb')}\nmore", ["finding", "finding"], id="a run"),
        pytest.param("<!-- another:finding id=aa -->", [], id="somebody else's"),
        pytest.param("<!-- quartet:finding id=a>b -->", [], id="odd fields"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_markers_are_read_at_the_edges_of_a_text_only(body: str, kinds: list[str]) -> None:
    assert [marker.kind for marker in markers_of(body)] == kinds


def test_a_summary_and_a_review_are_known_by_their_markers() -> None:
    assert is_summary(f"{SUMMARY}\ntext")
    assert not is_summary(f"text\n{review_marker('abc')}")
    assert not is_summary(f"Thank you for {SUMMARY}")
    assert is_review(f"text\n{review_marker('abc')}")
    assert not is_review(f"{SUMMARY}\ntext")


def test_what_was_told_is_read_from_comments_and_the_summary() -> None:
    summary = "\n".join((SUMMARY, reviewed_marker("abc", ["security", "bugs"]), told_marker(["11", "22"]), "text"))

    posted = read_posted([f"text\n{finding_marker('22')}\n{finding_marker('33')}"], summary)

    assert posted == Posted(
        fingerprints=("11", "22", "33"),
        commented=frozenset({"22", "33"}),
        head="abc",
        spoken=frozenset({"bugs", "security"}),
        summary=summary,
        summarised=False,
    )


def test_a_review_says_what_it_told_and_who_spoke_where_the_summary_does_not_know_it() -> None:
    summary = "\n".join((SUMMARY, reviewed_marker("abc", ["bugs"]), told_marker(["11"]), "text"))

    posted = read_posted([], summary, [f"text\n{told_marker(['22'])}\n{reviewed_marker('def', ['security'])}"])

    assert posted == Posted(
        fingerprints=("11", "22"),
        head="def",
        spoken=frozenset({"security"}),
        summary=summary,
        summarised=False,
    )


def test_nothing_was_told_where_nothing_was_posted() -> None:
    assert read_posted([], None) == Posted()


def test_the_oldest_are_forgotten_first() -> None:
    (marker,) = markers_of(told_marker(str(number) for number in range(MOST_REMEMBERED + 1)))

    assert marker.fields["ids"].split(",")[0] == "1"


@pytest.mark.parametrize(
    "reason", ["", "the caller checks it", "--> <!-- quartet:told ids=x -->", "a=b ids=c\n%41 ü \ud800"]
)
def test_a_decision_is_read_as_it_was_written(reason: str) -> None:
    body = f"{decided_marker('dismissed', ids=['bb', 'aa'], by='mona-l', reason=reason)}\ntext"

    (decision,) = decisions_by(body)

    assert (decision.kind, decision.ids, decision.by) == ("dismissed", ("aa", "bb"), "mona-l")
    assert decision.reason == reason.replace("\ud800", "?")
    assert [marker.kind for marker in markers_of(body)] == ["decided"]


def test_a_pause_is_read_as_it_was_written() -> None:
    (decision,) = decisions_by(decided_marker("paused", by="renovate[bot]"))

    assert (decision.kind, decision.ids, decision.by) == ("paused", (), "renovate[bot]")


@pytest.mark.parametrize("fields", ["", " kind=", " kind=merged by=mona", " by=mona ids=aa"])
def test_what_is_malformed_decides_nothing(fields: str) -> None:
    assert decisions_by(f"<!-- quartet:decided{fields} -->\ntext") == ()


def test_a_decision_that_is_quoted_decides_nothing() -> None:
    assert decisions_by(f"I read:\n{decided_marker('dismissed', ids=['aa'], by='mona')}\nin your comment") == ()
