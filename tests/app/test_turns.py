from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from hypothesis import given

from app.errors import QueueDown, TurnLost
from app.events import RepositoryId
from app.turn import LEAVE_SECONDS
from app.turns import MAX_TRIES, Turns
from app.wishes import Wish
from llm_runtime.errors import Cancelled
from tests.app.test_wishes import WISHES
from tests.fakes.redis_server import own_prefix, own_redis, redis_server

REPOSITORY = RepositoryId(installation=5, owner="Acme", repo="shop")
PUSH = Wish(reason="push")
LONG = 30.0
DEADLINE = 20.0

Connect = Callable[..., Turns]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """``connect(**options)`` speaks for one worker; all of a test share their pull requests."""
    prefix = own_prefix()
    with ExitStack() as stack:

        def connect(**options: Any) -> Turns:
            options = {"prefix": prefix, "look_seconds": 0.01, **options}
            return stack.enter_context(closing(Turns(redis_server().url, **options)))

        yield connect


@pytest.fixture
def turns(connect: Connect) -> Turns:
    return connect()


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something comes true that others bring about."""
    end = time.monotonic() + DEADLINE
    while not holds():
        if time.monotonic() > end:
            return False
        threading.Event().wait(0.005)
    return True


def test_who_takes_the_turn_gets_the_wish_and_nobody_else_gets_one(turns: Turns, connect: Connect) -> None:
    turns.want(REPOSITORY, 7, Wish(reason="command", reviewers=("security",), comment=3), not_before=0)

    turn = turns.take(REPOSITORY, 7)

    assert turn is not None
    assert turn.wish == Wish(reason="command", reviewers=("security",), comment=3)
    assert connect().take(REPOSITORY, 7) is None


def test_names_of_repositories_are_the_same_in_any_case(turns: Turns) -> None:
    turns.want(REPOSITORY, 7, PUSH, not_before=0)

    assert turns.take(RepositoryId(installation=5, owner="ACME", repo="Shop"), 7) is not None


def test_where_nothing_is_wanted_there_is_no_turn(turns: Turns) -> None:
    assert turns.take(REPOSITORY, 7) is None


def test_what_is_not_due_waits(turns: Turns) -> None:
    turns.want(REPOSITORY, 7, PUSH, not_before=time.time() + 600)

    assert turns.take(REPOSITORY, 7) is None
    assert turns.orphans() == ()


def test_pushes_that_wait_are_one_at_the_moment_of_the_first(turns: Turns) -> None:
    first = turns.want(REPOSITORY, 7, PUSH, not_before=0)
    second = turns.want(REPOSITORY, 7, PUSH, not_before=time.time() + 600)

    turn = turns.take(REPOSITORY, 7)

    assert (first, second) == (1, 2)
    assert turn is not None
    assert turn.number_wanted == 2
    assert turn.done() is False


def test_a_push_while_reviewing_stops_the_review_and_is_not_forgotten(turns: Turns) -> None:
    turns.want(REPOSITORY, 7, Wish(reason="command", comment=3), not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn is not None
    with turn:
        turns.want(REPOSITORY, 7, Wish(reason="push"), not_before=0)
        assert eventually(lambda: turn.reason_to_stop == "superseded")
        with pytest.raises(Cancelled):
            turn.cancellation.check()
        assert turn.hand_back() is True

    again = turns.take(REPOSITORY, 7)

    assert again is not None
    assert again.wish == Wish(reason="command", comment=3)
    assert (again.number_wanted, again.fence, again.attempt) == (2, 2, 1)


def test_what_was_fulfilled_is_not_repeated_by_what_came_meanwhile(turns: Turns) -> None:
    turns.want(REPOSITORY, 7, Wish(reason="command", reviewers=("bugs",), comment=3), not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn is not None
    turns.want(REPOSITORY, 7, Wish(reason="command", reviewers=("security",), comment=4), not_before=0)

    more = turn.done()

    assert more is True
    state = turns.state(REPOSITORY, 7)
    assert (state.wanted, state.done, state.held_until) == (2, 1, None)
    assert state.wish == Wish(reason="command", reviewers=("security",), comment=4)


def test_a_newer_push_keeps_its_debounce_when_the_review_is_handed_back(turns: Turns) -> None:
    turns.want(REPOSITORY, 7, PUSH, not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn is not None
    later = time.time() + 600
    turns.want(REPOSITORY, 7, PUSH, not_before=later)

    turn.hand_back()

    assert turns.state(REPOSITORY, 7).due == pytest.approx(later, abs=0.001)


def test_what_is_parked_waits_until_its_moment(turns: Turns) -> None:
    turns.want(REPOSITORY, 7, PUSH, not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn is not None

    more = turn.hand_back(not_before=time.time() + 600)

    assert more is True
    assert turns.take(REPOSITORY, 7) is None
    assert turns.orphans() == ()


def test_cancelling_stops_the_review_and_nothing_is_wanted_any_more(turns: Turns) -> None:
    turns.want(REPOSITORY, 7, PUSH, not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn is not None
    with turn:
        assert turns.cancel(REPOSITORY, 7) is True
        assert eventually(lambda: turn.reason_to_stop == "cancelled")
        assert turn.hand_back() is False

    state = turns.state(REPOSITORY, 7)
    assert (state.wish, state.done, state.wanted) == (None, 1, 1)
    assert turns.take(REPOSITORY, 7) is None


def test_what_is_wanted_after_a_cancel_is_done(turns: Turns) -> None:
    turns.want(REPOSITORY, 7, Wish(reason="command", comment=1), not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn is not None
    turns.cancel(REPOSITORY, 7)
    turns.want(REPOSITORY, 7, Wish(reason="command", comment=2), not_before=0)
    turn.hand_back()

    again = turns.take(REPOSITORY, 7)

    assert again is not None
    assert again.wish.comments == (2,)


def test_cancelling_where_nothing_is_wanted_says_so(turns: Turns) -> None:
    assert turns.cancel(REPOSITORY, 7) is False


def test_a_turn_is_kept_for_longer_than_its_lease(connect: Connect) -> None:
    turns = connect(lease_seconds=0.5)
    turns.want(REPOSITORY, 7, PUSH, not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn is not None
    first = turns.state(REPOSITORY, 7).held_until
    assert first is not None
    with turn:
        assert eventually(lambda: (turns.state(REPOSITORY, 7).held_until or 0) > first + 1)

        assert connect().take(REPOSITORY, 7) is None


def test_a_turn_that_is_not_kept_is_taken_over_with_its_wish_and_a_higher_fence(connect: Connect) -> None:
    turns = connect(lease_seconds=0.05)
    turns.want(REPOSITORY, 7, Wish(reason="command", comment=3), not_before=0)
    dead = turns.take(REPOSITORY, 7)
    assert dead is not None
    assert eventually(lambda: turns.orphans() == ((REPOSITORY, 7),))

    living = turns.take(REPOSITORY, 7)

    assert living is not None
    assert (living.fence, living.attempt, living.wish.comments) == (2, 2, (3,))
    for write in (dead.check, dead.done, dead.hand_back):
        with pytest.raises(TurnLost, match="another worker has taken over Acme/shop#7"):
            write()


def test_a_turn_that_was_given_up_may_not_write(turns: Turns) -> None:
    turns.want(REPOSITORY, 7, PUSH, not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn is not None
    turn.done()

    with pytest.raises(TurnLost, match="was given up"):
        turn.check()


def test_an_error_hands_the_turn_back_as_tried(turns: Turns) -> None:
    turns.want(REPOSITORY, 7, PUSH, not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn is not None
    with pytest.raises(ValueError, match="the work"), turn:
        raise ValueError("the work failed")

    again = turns.take(REPOSITORY, 7)

    assert again is not None
    assert again.attempt == 2


def test_what_fails_again_and_again_is_left_alone_until_something_is_wanted(turns: Turns) -> None:
    turns.want(REPOSITORY, 7, PUSH, not_before=0)
    for _ in range(MAX_TRIES):
        assert turns.orphans() == ((REPOSITORY, 7),)
        turn = turns.take(REPOSITORY, 7)
        assert turn is not None
        turn.hand_back(tried=True)
    assert turns.orphans() == ()

    turns.want(REPOSITORY, 7, PUSH, not_before=0)

    assert turns.orphans() == ((REPOSITORY, 7),)


def test_the_end_of_the_process_stops_the_review(connect: Connect) -> None:
    ending = threading.Event()
    turns = connect(stop=ending.is_set)
    turns.want(REPOSITORY, 7, PUSH, not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn is not None
    with turn:
        ending.set()

        assert eventually(lambda: turn.reason_to_stop == "stopping")


def test_a_process_that_ends_while_models_are_asked_leaves_its_turn_to_another(connect: Connect) -> None:
    now, left = [100.0], threading.Event()
    turns = connect(stop=lambda: True, clock=lambda: now[0])
    turns.want(REPOSITORY, 7, PUSH, not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn

    with turn, turn.leavable(left.set):
        assert eventually(lambda: turn.reason_to_stop == "stopping")
        assert turns.state(REPOSITORY, 7).held_until is not None
        now[0] += LEAVE_SECONDS

        assert left.wait(DEADLINE)
        with pytest.raises(TurnLost, match="given up"):
            turn.check()
    other = connect().take(REPOSITORY, 7)
    assert other
    assert (other.attempt, other.wish.reason) == (1, "push")


def test_a_process_that_ends_keeps_its_turn_while_it_posts(connect: Connect) -> None:
    now, looked = [100.0], threading.Semaphore(0)

    def stop() -> bool:
        looked.release()
        return True

    turns = connect(stop=stop, clock=lambda: now[0], lease_seconds=1_000)
    turns.want(REPOSITORY, 7, PUSH, not_before=0)
    turn = turns.take(REPOSITORY, 7)
    assert turn

    with turn:
        with turn.leavable(lambda: pytest.fail("it was left")):
            assert eventually(lambda: turn.reason_to_stop == "stopping")
        now[0] += LEAVE_SECONDS * 10
        for _ in range(100):
            assert looked.acquire(timeout=DEADLINE)

        turn.check()
        assert turn.done() is False


def test_a_turn_is_lost_when_redis_is_away_for_longer_than_the_lease() -> None:
    now = [0.0]
    with own_redis() as server, closing(Turns(server.url, lease_seconds=10, clock=lambda: now[0])) as turns:
        turns.want(REPOSITORY, 7, PUSH, not_before=0)
        turn = turns.take(REPOSITORY, 7)
        assert turn is not None
        server.kill()
        now[0] = 5.0
        turn.check()
        now[0] = 9.0

        with pytest.raises(TurnLost):
            turn.check()
        assert turn.reason_to_stop == "lost"


def test_a_restart_of_redis_forgets_nothing() -> None:
    with own_redis("--appendonly", "yes", "--appendfsync", "always") as server, closing(Turns(server.url)) as turns:
        turns.want(REPOSITORY, 7, PUSH, not_before=0)
        turns.want(REPOSITORY, 8, PUSH, not_before=0)
        turn = turns.take(REPOSITORY, 7)
        assert turn is not None
        server.kill()
        server.start()

        turn.check()
        assert turns.take(REPOSITORY, 7) is None
        assert turns.orphans() == ((REPOSITORY, 8),)


def test_without_redis_the_error_names_the_server_and_not_its_password() -> None:
    with own_redis() as server:
        server.kill()
        url = f"redis://:secret@127.0.0.1:{server.port}/0"
        with closing(Turns(url)) as turns, pytest.raises(QueueDown) as caught:
            turns.want(REPOSITORY, 7, PUSH, not_before=0)

    assert str(caught.value) == f"Redis at 127.0.0.1:{server.port} cannot be reached; start it, or correct REDIS_URL"


@given(earlier=WISHES, later=WISHES)
def test_redis_merges_wishes_as_the_program_does(earlier: Wish, later: Wish) -> None:
    with closing(Turns(redis_server().url, prefix=own_prefix())) as turns:
        turns.want(REPOSITORY, 7, earlier, not_before=0)
        turns.want(REPOSITORY, 7, later, not_before=0)

        assert turns.state(REPOSITORY, 7).wish == later.after(earlier)
