from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.wishes import Wish
from reviewers.findings import Severity
from reviewers.verification.values import Dissent, Standing, Vote
from tests.app.commands.conftest import FINDING, Open, Room
from tests.app.store.booking import book
from tests.builders import call, coverage, fact, gap, second_look, skipped
from tests.fakes.server import json_reply

OTHER = replace(FINDING, title="Rows are read twice", rule="other-rule", anchor="def total(rows):")


def wish(room: Room) -> Wish | None:
    return room.services.turns.state(room.repository, 7).wish


def test_a_review_by_command_is_wanted_of_the_head_of_that_moment_and_its_check_waits(room: Room) -> None:
    assert room.says("/review security, Bugs --full") == []

    wanted = wish(room)
    (check,) = room.github.checks
    assert wanted is not None
    assert (wanted.reason, wanted.reviewers, wanted.full) == ("command", ("security", "bugs"), True)
    assert (wanted.head, wanted.check) == (room.head, check["id"])
    assert check["status"] == "queued"
    assert room.reactions == ["eyes", "rocket"]
    assert room.services.queue.depths()["background"] == 1


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        pytest.param("/review securty", "security", id="reviewer"),
        pytest.param("/review --ful", "/review [REVIEWER …] [--full]", id="option"),
    ],
)
def test_a_review_that_cannot_be_meant_is_not_wanted(room: Room, command: str, hint: str) -> None:
    (said,) = room.says(command)

    assert hint in said
    assert wish(room) is None
    assert room.reactions == ["eyes", "confused"]


def test_a_head_that_was_reviewed_is_said_to_be(room: Room) -> None:
    room.store.end_review(room.begin(), state="done")

    (said,) = room.says("/review")

    assert "`/review --full` asks about all of it again" in said


def test_what_waits_behind_a_running_review_is_cancelled_with_its_check(room: Room) -> None:
    room.services.turns.want(room.repository, 7, Wish(reason="push", head="a" * 40, check=1), not_before=0.0)
    turn = room.services.turns.take(room.repository, 7)
    assert turn is not None
    with turn:
        room.says("/review")

        room.says("/cancel")

        (check,) = room.github.checks
        assert check["status"] == "completed"
        assert check["conclusion"] == "cancelled"
        turn.check()
        assert turn.reason_to_stop == "cancelled"


def test_a_review_that_waits_is_cancelled_with_its_check(room: Room) -> None:
    room.says("/review")

    assert room.says("/cancel") == []
    assert wish(room) is None
    assert [check["conclusion"] for check in room.github.checks] == ["cancelled"]


def test_a_review_that_runs_is_told_to_stop_and_ends_its_check_itself(room: Room) -> None:
    room.says("/review")
    turn = room.services.turns.take(room.repository, 7)

    assert turn is not None
    with turn:
        room.says("/cancel")
        assert room.services.turns.state(room.repository, 7).cancelled
        assert [check["status"] for check in room.github.checks] == ["queued"]
        turn.done()


def test_where_nothing_is_reviewed_nothing_is_cancelled(room: Room) -> None:
    assert "Nothing is being reviewed" in room.says("/cancel")[0]


def test_a_pause_names_who_paused_and_ends_with_a_review_of_what_came_meanwhile(room: Room) -> None:
    room.says("/pause")
    paused = room.store.paused("octo/app", 7)

    room.says("/resume")

    assert paused is not None
    assert paused.by == "mona"
    assert room.store.paused("octo/app", 7) is None
    assert wish(room) is not None


def test_the_end_of_a_pause_in_which_nothing_came_wants_no_review(room: Room) -> None:
    room.store.end_review(room.begin(), state="done")
    room.says("/pause")

    assert room.says("/resume") == []
    assert wish(room) is None


def test_what_is_not_paused_cannot_go_on(room: Room) -> None:
    assert "is not paused" in room.says("/resume")[0]


def test_the_cost_is_told_by_reviewer_and_model_and_what_is_not_known_is_not_nothing(room: Room) -> None:
    known = call(provider="openai", model="gpt", cost_usd=Decimal("0.25"))
    unknown = call(provider="local", model="llama", cost_usd=None)
    book(room.database_url, "octo/app", 7, "bugs", [known, known])
    book(room.database_url, "octo/app", 7, "security", [unknown])
    book(room.database_url, "octo/app", 8, "bugs", [known])

    (said,) = room.says("/cost")

    assert "| bugs | openai/gpt | 2 | $0.5000 |" in said
    assert "| security | local/llama | 1 | cost unknown |" in said
    assert "**At least $0.5000** for 3 calls; what 1 call of them cost is not known." in said


def test_the_coverage_of_the_last_review_names_what_was_left_out_and_why(room: Room) -> None:
    review = room.begin(head="0123456789abcdef")
    covered = coverage(44, 4, [skipped("poetry.lock", "lock file", 40)])
    room.store.end_review(review, state="done", coverage=covered, gaps=[gap(reason="@mona did not answer")])

    (said,) = room.says("/coverage")

    assert "4 of 44 changed lines reviewed" in said
    assert "- lock file: 1 file, 40 lines: `poetry.lock`" in said
    assert "@&#8203;mona did not answer" in said
    assert f"The head is `{room.head[:12]}` by now" in said


def test_without_a_review_there_is_no_coverage(room: Room) -> None:
    assert "No review of this pull request has been finished" in room.says("/coverage")[0]


def test_the_configuration_is_that_of_the_base_branch_with_where_each_value_comes_from(open_room: Open) -> None:
    room = open_room(config="caps:\n  findings: 7\n")
    room.github.pulls[7].head_files = {".quartet.yml": "caps:\n  findings: 9\n"}

    (said,) = room.says("/config")

    assert "| `caps.findings` | 7 | repository |" in said
    assert "| `language` | english | default |" in said.lower()


def test_a_configuration_that_cannot_be_used_is_told_with_its_lines(open_room: Open) -> None:
    (said,) = open_room(config="ask: write\ncaps:\n  finding: 7\n").says("/config")

    assert "line 3" in said


def test_a_finding_is_explained_by_all_that_is_known_of_it(room: Room) -> None:
    told = replace(FINDING, evidence=(fact(message="divides"),), models=("openai/gpt", "google/gemini"), also=("bugs",))
    room.tell(told)
    review = room.store.last_review("octo/app", 7)
    assert review is not None
    room.store.end_review(review.id, state="done", cost_usd=Decimal("0.5"))

    (said,) = room.says(f"/explain {told.fingerprint[:6]}")

    assert told.fingerprint[:8] in said
    assert "return sum(rows) / len(rows)" in said
    assert "divides" in said
    assert "openai/gpt, google/gemini" in said
    assert f"{told.reviewer}/{told.rule}" in said
    assert "$0.5000" in said


def test_an_explanation_tells_the_second_look_the_votes_and_who_dissents(room: Room) -> None:
    told = replace(
        FINDING,
        stated=0.7,
        votes=(
            Vote(reviewer="bugs", model="openai/gpt", severity="critical", confidence=0.7),
            Vote(reviewer="security", model="google/gemini", severity="medium", confidence=0.8),
        ),
        verification=second_look(Standing.CONTESTED, quote="    if not rows:", reason="The line before @mona asks."),
        dissent=(Dissent(by="google/gemini", view="it is not a fault", quote="if not rows:", reason="Read.", round=2),),
    )
    room.tell(told)

    (said,) = room.says(f"/explain {told.fingerprint[:6]}")

    assert "contested by anthropic/claude-sonnet-5-5: The line before" in said
    assert "if not rows:" in said
    assert "google/gemini, as security: medium" in said
    assert "its author said 70 %" in said
    assert "google/gemini holds that it is not a fault: Read." in said
    assert "in round 2" in said
    assert "@mona asks" not in said


def test_who_names_no_finding_is_shown_those_that_are_open(room: Room) -> None:
    room.tell(FINDING, OTHER)

    (said,) = room.says("/explain")

    assert f"- `{FINDING.fingerprint[:8]}` Division by zero" in said
    assert f"- `{OTHER.fingerprint[:8]}` Rows are read twice" in said


def test_a_finding_is_dismissed_for_the_repository_with_who_and_why_and_its_thread_ends(room: Room) -> None:
    told = replace(FINDING, aliases=("aaaaaaaaaaaaaaaa",))
    first, other = room.tell(told, OTHER)

    (said,) = room.says(f"/dismiss {told.fingerprint[:8]} the caller checks @octo")

    decided = room.store.dispositions("octo/app")
    assert {(one.kind, one.by, one.reason) for one in decided.values()} == {
        ("dismissed", "mona", "the caller checks @octo")
    }
    assert set(decided) == {told.fingerprint, "aaaaaaaaaaaaaaaa"}
    assert "@&#8203;octo" in said
    assert ended(room, first)
    assert not ended(room, other)


def ended(room: Room, first: int) -> bool:
    return bool(room.github.threads.get(first, {}).get("resolved")) or any(
        str(first) in node for node in room.github.minimized
    )


def test_in_its_thread_a_finding_needs_no_name_even_where_the_reason_looks_like_one(room: Room) -> None:
    (first,) = room.tell(FINDING)

    (replied,) = room.replies(first, "/dismiss dead code anyhow")

    assert "Dismissed" in replied
    assert room.store.dispositions("octo/app")[FINDING.fingerprint].reason == "dead code anyhow"


def test_a_finding_of_another_repository_cannot_be_named(room: Room) -> None:
    room.tell(FINDING)
    review = room.store.begin_review(
        repository="acme/secret", number=1, installation=1, head="a", base="b", reason="push"
    )
    room.store.remember_findings(review, [OTHER])

    (said,) = room.says(f"/explain {OTHER.fingerprint}")

    assert "No finding here begins with" in said


def test_what_failed_the_check_and_is_dismissed_has_the_check_made_again(room: Room) -> None:
    room.tell(replace(FINDING, severity=Severity.CRITICAL))
    review = room.store.last_review("octo/app", 7)
    assert review is not None
    room.store.end_review(review.id, state="done", conclusion="failure")

    room.says(f"/dismiss {FINDING.fingerprint}")

    wanted = wish(room)
    assert wanted is not None
    assert not wanted.full


@pytest.mark.parametrize("applied", [True, False])
def test_a_reply_that_may_have_been_written_is_there_once(room: Room, applied: bool) -> None:
    (first,) = room.tell(FINDING)
    broken = json_reply({"message": "Server Error"}, status=502)
    room.app.fault("POST", f"/comments/{first}/replies", broken, applied=applied)

    room.replies(first, "/explain")

    assert len(room.replied) == 1


def test_a_hostile_finding_is_shown_and_does_nothing(room: Room) -> None:
    hostile = replace(
        FINDING, title="@octo/team <!-- quartet:summary -->", message="<img src=x> ![a](https://evil.example) #1"
    )
    room.tell(hostile)

    (said,) = room.says("/explain")
    (explained,) = room.says(f"/explain {hostile.fingerprint}")

    for text in (said, explained):
        assert "@octo" not in text
        assert text.count("<!--") == 1
        assert "<img" not in text
