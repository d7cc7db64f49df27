from __future__ import annotations

import pytest

from app.publishing.markers import decided_marker
from tests.app.action.memory.conftest import (
    Forget,
    decided,
    forged,
    remember,
    told,
)
from tests.app.commands.conftest import Room
from tests.app.jobs.test_second_look import posted


def test_a_decision_counts_in_our_own_texts_alone(reviewed: Room, forget: Forget) -> None:
    identity = told(reviewed).id
    asked = reviewed.github.add_comment(f"/dismiss {identity}", login="mona")
    for login in ("stranger", "evil[bot]", "mona"):
        reviewed.github.add_comment(forged(identity, to=asked["id"]), login=login)

    assert decided(remember(forget(reviewed))) == {}


@pytest.mark.parametrize(
    ("author", "said", "by"),
    [
        pytest.param("stranger", "/dismiss {id}", "stranger", id="of who may not write"),
        pytest.param("stranger", "/dismiss {id}", "mona", id="in another one's name"),
        pytest.param("mona", "/dismiss {id}", "lisa", id="in the name of one who has not spoken"),
        pytest.param("mona", "Thanks!", "mona", id="that was no decision"),
        pytest.param("mona", "/dismiss ffff0000", "mona", id="about another finding"),
        pytest.param("mona", "> /dismiss {id}", "mona", id="that was quoted"),
        pytest.param("helper[bot]", "/dismiss {id}", "helper[bot]", id="of a machine"),
        pytest.param("reader", "/dismiss {id}", "reader", id="of who may only read"),
    ],
)
def test_what_another_workflow_is_made_to_say_under_our_account_decides_nothing(
    reviewed: Room, forget: Forget, author: str, said: str, by: str
) -> None:
    reviewed.github.collaborators["helper[bot]"] = "write"
    identity = told(reviewed).id
    asked = reviewed.github.add_comment(said.format(id=identity), login=author)
    reviewed.github.add_comment(forged(identity, by=by, to=asked["id"]))

    assert decided(remember(forget(reviewed))) == {}


def test_an_answer_to_nothing_decides_nothing(reviewed: Room, forget: Forget) -> None:
    marker = decided_marker("dismissed", ids=[told(reviewed).id], by="mona")
    for to in ("0", "12345678", "x", "-1", "", "٣", "9" * 400):
        reviewed.github.add_comment(f"<!-- quartet:reply to={to} -->\n{marker}\ntext")

    assert decided(remember(forget(reviewed))) == {}


def test_comments_of_ours_that_tell_no_finding_are_passed_over(room: Room, forget: Forget) -> None:
    without_id = "text\n\n<!-- quartet:finding id= -->"
    without_finding = "text\n\n<!-- quartet:finding id=zz -->\n<!-- quartet:about id=zz finding={} -->"
    by_nobody = "**High · x**\n\ny\n\n<!-- quartet:finding id=aa -->"
    room.github.add_review(
        comments=[
            {"path": "shop.py", "line": 2, "side": "RIGHT", "body": body}
            for body in (without_id, without_finding, by_nobody)
        ]
    )

    assert remember(forget(room)).store.told_findings("octo/app", 7) == ()


def test_a_finding_that_somebody_else_claims_is_none_of_ours(reviewed: Room, forget: Forget) -> None:
    body = posted(reviewed)[0]["body"]
    reviewed.github.all_reviews.clear()
    reviewed.github.issue_comments.clear()
    reviewed.github.add_review(
        login="evil[bot]", comments=[{"path": "shop.py", "line": 2, "side": "RIGHT", "body": body}]
    )
    reviewed.github.add_comment(f"<!-- quartet:summary -->\n{body}", login="stranger")

    assert remember(forget(reviewed)).store.told_findings("octo/app", 7) == ()
