"""Whatever the order of events: one holder at a time, and every wish is taken after it was made, or cancelled."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from app.errors import TurnLost
from app.events import RepositoryId
from app.turn import Turn
from app.turns import Turns
from app.wishes import Wish
from tests.fakes.redis_server import own_prefix, redis_server

REPOSITORY = RepositoryId(installation=5, owner="Acme", repo="shop")


class OneAtATime(RuleBasedStateMachine):
    """Each wish is known by the comment that commanded it."""

    @initialize()
    def begin(self) -> None:
        self.prefix = own_prefix()
        self.turns = Turns(redis_server().url, prefix=self.prefix)
        self.comment = 0
        self.waiting: set[int] = set()
        self.taken: set[int] = set()
        self.holder: Turn | None = None
        self.stale: list[Turn] = []

    def teardown(self) -> None:
        self.turns.close()

    @rule()
    def want(self) -> None:
        self.comment += 1
        self.waiting.add(self.comment)
        wish = Wish(reason="command", comment=self.comment)
        assert self.turns.want(REPOSITORY, 7, wish, not_before=0) == self.comment

    @rule()
    def take(self) -> None:
        turn = self.turns.take(REPOSITORY, 7)
        assert (turn is not None) == (self.holder is None and bool(self.waiting))
        if turn is not None:
            assert set(turn.wish.comments) == self.waiting
            assert all(turn.fence > earlier.fence for earlier in self.stale)
            self.holder, self.taken, self.waiting = turn, self.waiting, set()

    @precondition(lambda self: self.holder is not None)
    @rule()
    def finish(self) -> None:
        assert self.holder is not None
        assert self.holder.done() == bool(self.waiting)
        self._let_go()

    @precondition(lambda self: self.holder is not None)
    @rule()
    def hand_back(self) -> None:
        assert self.holder is not None
        self.waiting |= self.taken
        assert self.holder.hand_back() == bool(self.waiting)
        self._let_go()

    @precondition(lambda self: self.holder is not None)
    @rule()
    def expire(self) -> None:
        with redis_server().client() as client:
            client.hset(f"{self.prefix}:turn:acme/shop#7", "lease", "0")
            client.zadd(f"{self.prefix}:turns", {"acme/shop#7": 0}, xx=True)
        self.waiting |= self.taken
        assert ((REPOSITORY, 7) in self.turns.orphans()) == bool(self.waiting)
        self._let_go()

    @rule()
    def cancel(self) -> None:
        assert self.turns.cancel(REPOSITORY, 7) == bool(self.waiting | self.taken)
        self.waiting, self.taken = set(), set()

    @precondition(lambda self: self.stale and self.holder is not None)
    @rule()
    def write_late(self) -> None:
        for turn in self.stale:
            with pytest.raises(TurnLost):
                turn.check()
        assert self.holder is not None
        self.holder.check()

    def _let_go(self) -> None:
        assert self.holder is not None
        self.stale.append(self.holder)
        self.holder, self.taken = None, set()


def test_the_names_of_keys_are_those_that_expire_uses() -> None:
    prefix = own_prefix()
    with closing(Turns(redis_server().url, prefix=prefix)) as turns, redis_server().client() as client:
        turns.want(REPOSITORY, 7, Wish(reason="push"), not_before=0)

        assert client.exists(f"{prefix}:turn:acme/shop#7")
        assert client.zrange(f"{prefix}:turns", 0, -1) == [b"acme/shop#7"]


TestOneAtATime = OneAtATime.TestCase
TestOneAtATime.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
