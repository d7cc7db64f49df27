"""Turns in processes that are really killed and really paused."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.turns import Turns
from app.wishes import Wish
from tests.app.test_turns import eventually
from tests.app.turn_takers import NUMBER, REPOSITORY, taker
from tests.fakes.redis_server import own_prefix, redis_server

LEASE = 1.5


@pytest.fixture
def prefix() -> str:
    return own_prefix()


@pytest.fixture
def turns(prefix: str) -> Iterator[Turns]:
    with closing(Turns(redis_server().url, prefix=prefix, lease_seconds=LEASE)) as turns:
        turns.want(REPOSITORY, NUMBER, Wish(reason="push"), not_before=0)
        yield turns


def test_of_two_processes_one_gets_the_turn(turns: Turns, prefix: str) -> None:
    with taker(redis_server().url, prefix, LEASE) as one, taker(redis_server().url, prefix, LEASE) as other:
        assert sorted((one.hear(), other.hear())) == ["fence 1", "none"]


def test_the_turn_of_a_process_that_was_killed_is_free_when_its_lease_is_over(turns: Turns, prefix: str) -> None:
    with taker(redis_server().url, prefix, LEASE) as holder:
        assert holder.hear() == "fence 1"
        holder.kill()
        assert turns.take(REPOSITORY, NUMBER) is None

        assert eventually(lambda: turns.orphans() == ((REPOSITORY, NUMBER),))
        again = turns.take(REPOSITORY, NUMBER)
        assert again is not None
        assert again.fence == 2


def test_a_process_that_was_paused_until_its_lease_was_over_may_not_write(turns: Turns, prefix: str) -> None:
    with taker(redis_server().url, prefix, LEASE) as holder:
        assert holder.hear() == "fence 1"
        assert holder.ask("check") == "ours"
        holder.send(signal.SIGSTOP)
        assert eventually(lambda: turns.orphans() == ((REPOSITORY, NUMBER),))
        assert turns.take(REPOSITORY, NUMBER) is not None
        holder.send(signal.SIGCONT)

        assert holder.ask("check") == "lost"
        assert holder.ask("done") == "lost"
