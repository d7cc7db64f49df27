"""The accounts of all processes that share a Redis server; a hold and a settlement are one script each."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from llm_runtime.clock import Clock
from llm_runtime.cost.accounts import (
    REMEMBERED_SECONDS,
    Account,
    Balance,
    Held,
    Hold,
    Refused,
    cap_nanos,
    from_nanos,
    to_nanos,
)
from llm_runtime.storage.redis import RedisScript, Value, lua_script

if TYPE_CHECKING:
    import redis

_FORMAT = 1
"""Goes up with every change of what is stored; until all processes know it, each version has accounts of its own."""

_MOST_NANOS = 10**18
"""A thousand millions of dollars: sums of a few of them still fit into the server's 64 bits."""


class RedisAccounts:
    """An account ledger on a Redis or Valkey server. Every operation is one round trip and atomic over all accounts.

    What time it is, is said by the server. An account vanishes when nobody has used it for its ``keep_seconds``. A
    server that loses its memory has forgotten what was spent: give it ``appendonly yes`` where caps must hold beyond
    a restart, and ``noeviction``, or ``volatile-ttl`` with room to spare.

    Args:
        server: ``redis://user:password@host:6379/0``, ``rediss://…`` (TLS) or ``unix:///path``; or a client of
            redis-py, also of a cluster, which stays the caller's to close.
        clock: Tells the time instead of the server; then for all who share the ledger.
        prefix: What the names of all keys begin with.

    Raises:
        LedgerUnavailable: redis-py is not installed, or the URL cannot be read.

    Example:
        >>> accounts = RedisAccounts("redis://127.0.0.1:1/0")
        >>> accounts.balance("repository:acme/shop:2026-11-21")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        llm_runtime.errors.LedgerUnavailable: Redis at 127.0.0.1:1/0 cannot be reached ...
        >>> accounts.close()
    """

    def __init__(
        self, server: str | redis.Redis | redis.RedisCluster, *, clock: Clock | None = None, prefix: str = "quartet"
    ) -> None:
        self._script = RedisScript(server, lua_script("llm_runtime.cost.ledgers", "redis_accounts.lua"))
        self._clock = clock
        # A hold counts in several accounts at once, so a cluster has to keep all of them on one server.
        self._prefix = f"{prefix}:{{money}}:{_FORMAT}"

    def hold(self, hold: Hold) -> Held | Refused:
        """Set the amount aside in all accounts of the hold, or in none.

        Raises:
            ValueError: The amount is more than can be counted.
            LedgerUnavailable: The server cannot be used.
        """
        amount = _countable(hold.amount)
        caps: list[Value] = []
        for account in hold.accounts:
            cap = cap_nanos(account.cap_usd)
            # No digits at all are less than nothing.
            caps += (account.keep_seconds, cap if cap >= 0 else "")
        decided, balances = self._run("hold", hold.accounts, hold.id, amount, hold.lease_seconds, *caps)
        return Held(balances=balances) if decided == "held" else Refused(balances=balances)

    def settle(self, hold: Hold, cost: Decimal) -> tuple[Balance, ...]:
        """Replace the amount by what the call really cost.

        Raises:
            ValueError: The cost is negative, or more than can be counted.
            LedgerUnavailable: The server cannot be used.
        """
        if cost < 0:
            msg = f"a call cannot cost ${cost}; take an amount that is not negative"
            raise ValueError(msg)
        keeps = (account.keep_seconds for account in hold.accounts)
        _, balances = self._run("settle", hold.accounts, hold.id, _countable(cost), REMEMBERED_SECONDS, *keeps)
        return balances

    def balance(self, account: str) -> Balance:
        """What is gone from an account."""
        _, (balance,) = self._run("balance", (Account(name=account, cap_usd=Decimal(0)),))
        return balance

    def first(self, account: Account, note: str) -> bool:
        """Leave a note at an account: True for the first who leaves it."""
        decided, _ = self._run("first", (account,), note, uuid.uuid4().hex, account.keep_seconds)
        return decided == "first"

    def close(self) -> None:
        """Close the connections of this process."""
        self._script.close()

    def _run(self, operation: str, accounts: Iterable[Account], *values: Value) -> tuple[str, tuple[Balance, ...]]:
        now: Value = "" if self._clock is None else self._clock.monotonic()
        names = [account.name for account in accounts]
        keys = [f"{self._prefix}:settled"]
        for name in names:
            keys += (f"{self._prefix}:account:{name}", f"{self._prefix}:leases:{name}")
        reply = self._script.run(keys, (operation, now, *values))
        decided, *sums = [part.decode() if isinstance(part, bytes) else part for part in reply]
        return decided, tuple(
            Balance(account=name, spent=from_nanos(int(gone) - int(held)), held=from_nanos(int(held)))
            for name, gone, held in zip(names, sums[::2], sums[1::2], strict=False)
        )


def _countable(dollars: Decimal) -> int:
    nanos = to_nanos(dollars)
    if nanos > _MOST_NANOS:
        msg = f"${dollars} is more than a ledger counts; take at most ${from_nanos(_MOST_NANOS)}"
        raise ValueError(msg)
    return nanos
