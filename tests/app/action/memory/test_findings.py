from __future__ import annotations

from dataclasses import replace

import pytest

from app.publishing.markers import finding_marker
from app.votes import heed_votes
from tests.app.action.memory.conftest import (
    OTHER,
    WITHOUT,
    Forget,
    decided,
    post,
    remember,
    told,
)
from tests.app.commands.conftest import FINDING, Open, Room
from tests.app.jobs.test_second_look import finds_division, posted, review
from tests.builders import finding
from tests.fakes.models import Answer, Asked, says


def test_a_finding_that_was_told_is_known_again_with_all_that_was_known_of_it(reviewed: Room, forget: Forget) -> None:
    before = told(reviewed)

    after = told(remember(forget(reviewed)))

    assert replace(after.finding, suggestion=before.finding.suggestion) == before.finding
    assert (after.id, after.comment, after.head, after.model) == (before.id, before.comment, before.head, before.model)


def test_what_is_explained_is_the_same_but_for_the_price(reviewed: Room, forget: Forget) -> None:
    ask = f"/explain {told(reviewed).id[:8]}"
    (before,) = reviewed.says(ask)

    (after,) = remember(forget(reviewed)).says(ask)

    shown = [part for part in before.split("\n\n") if not part.startswith(("**Cost**", "<!--"))]
    assert [part for part in after.split("\n\n") if not part.startswith("<!--")] == shown


def test_a_finding_that_the_summary_alone_tells_is_known_again(room: Room, forget: Forget) -> None:
    post(room, inline_limit=0)
    before = told(room)
    assert posted(room) == []

    after = told(remember(forget(room)))

    assert (after.id, after.comment, after.head) == (before.id, None, before.head)


def test_a_finding_of_a_comment_that_has_no_hidden_line_for_it_is_read_from_its_text(
    room: Room, forget: Forget
) -> None:
    body = (
        "**High · A &lt;b&gt; \\*c\\* by `x_y`**\n\nIt fails\\_here.\n\nTwice.\n\n```suggestion\nx\n```\n\n"
        "> ruff B1: no\n\nbugs/logic-error · also security · openai/gpt · `0123abcd`\n\n"
        f"{finding_marker('0123abcd01234567')}\n{finding_marker('aaaa000011112222')}"
    )
    room.github.add_review(comments=[{"path": "shop.py", "line": 2, "side": "RIGHT", "body": body}])

    lost = remember(forget(room))

    one = told(lost)
    # Without the code that it stands on, nobody could see that it is still there.
    assert lost.store.reviewed("octo/app", 7).findings == ()
    assert (one.id, one.finding.aliases, one.head) == ("0123abcd01234567", ("aaaa000011112222",), room.head)
    assert (one.finding.reviewer, one.finding.rule, one.finding.severity.label) == ("bugs", "logic-error", "high")
    assert (one.finding.title, one.finding.message) == ("A <b> *c* by `x_y`", "It fails_here.\n\nTwice.")
    assert one.finding.location is not None
    assert (one.finding.location.path, one.finding.location.start_line) == ("shop.py", 2)


@pytest.mark.parametrize("graphql", [True, False], ids=["by GraphQL", "by REST"])
def test_it_is_known_again_by_either_of_githubs_ways(reviewed: Room, forget: Forget, *, graphql: bool) -> None:
    before = told(reviewed)
    reviewed.app.graphql = graphql

    assert told(remember(forget(reviewed))).id == before.id


def test_what_the_store_knows_is_left_as_it_is(reviewed: Room) -> None:
    before = told(reviewed)

    remember(reviewed)

    assert told(reviewed) == before
    assert decided(reviewed) == {}


def test_what_another_run_told_since_is_added_to_what_is_known(reviewed: Room, forget: Forget) -> None:
    here = remember(forget(reviewed))
    reviewed.tell(FINDING)
    new = finding(anchor="another", path="shop.py")
    reviewed.github.add_review(
        comments=[
            {
                "path": "shop.py",
                "line": 1,
                "side": "RIGHT",
                "body": f"**High · x**\n\ny\n\nbugs/z\n\n{finding_marker(new.fingerprint)}",
            }
        ]
    )

    remember(here)

    assert new.fingerprint in {one.id for one in here.store.told_findings("octo/app", 7)}


def test_a_vote_on_a_finding_counts_after_the_store_was_lost(reviewed: Room, forget: Forget) -> None:
    before = told(reviewed)
    assert before.comment is not None
    reviewed.github.add_reaction(before.comment, "-1", login="mona")
    room = remember(forget(reviewed))

    heed_votes(room.store, room.client, room.repository, 7)

    assert decided(room)[before.id].kind == "dismissed"


def test_what_is_fixed_by_a_later_push_is_closed(reviewing: Room, forget: Forget) -> None:
    room = remember(forget(reviewing))
    reviewing.github.push(7, {"shop.py": WITHOUT})

    review(room)

    (comment,) = posted(room)
    assert "✅ Fixed in" in comment["body"]
    assert told(room).fixed_at is not None


def test_what_is_fixed_stays_fixed_when_the_store_is_lost_then(reviewing: Room, forget: Forget) -> None:
    reviewing.github.push(7, {"shop.py": WITHOUT})
    review(reviewing)
    assert told(reviewing).fixed_at is not None

    assert told(remember(forget(reviewing))).fixed_at is not None


def test_what_still_stands_is_told_no_second_time(reviewing: Room, forget: Forget) -> None:
    room = remember(forget(reviewing))
    reviewing.github.push(7, OTHER)

    review(room)

    assert len(posted(room)) == 1
    assert told(room).fixed_at is None


def test_where_nothing_is_brought_back_nothing_is_told_a_second_time_all_the_same(
    reviewing: Room, forget: Forget
) -> None:
    reviewing.github.push(7, OTHER)

    review(forget(reviewing))

    assert len(posted(reviewing)) == 1


def test_what_a_model_does_not_see_a_second_time_stands_as_it_does_without_a_loss(
    open_room: Open, forget: Forget
) -> None:
    seen: list[bool] = []

    def finds_once(asked: Asked) -> Answer:
        answer = says({"findings": [], "dropped_evidence": []}) if any(seen) else finds_division(asked)
        seen.append("Division by zero" in str(answer))
        return answer

    room = open_room(finds_once)
    review(room)
    lost = remember(forget(room))
    room.github.push(7, OTHER)

    review(lost)

    assert "✅ Fixed" not in posted(lost)[0]["body"]
    assert told(lost).fixed_at is None
