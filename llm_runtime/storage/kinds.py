"""Which kind of store an address names, for everybody who keeps accounts in one; nothing is loaded or connected."""

from __future__ import annotations

from enum import Enum, auto

from llm_runtime.addresses import scheme_of
from llm_runtime.errors import LedgerUnavailable

MEMORY = "memory"
"""The address of a store that only this process has."""


class Kind(Enum):
    """A kind of store."""

    MEMORY = auto()
    REDIS = auto()
    SQL = auto()


_SCHEMES = {
    "redis": Kind.REDIS,
    "rediss": Kind.REDIS,
    "unix": Kind.REDIS,
    "sqlite": Kind.SQL,
    "postgresql": Kind.SQL,
    "postgres": Kind.SQL,
}


def kind_of(address: str, nothing: str) -> Kind:
    """The kind of store at an address.

    Args:
        address: ``memory``; ``sqlite:///path``; ``postgresql://…``; ``redis://…``, ``rediss://…`` or ``unix://…``.
        nothing: What the error begins with: ``no ledger is kept``.

    Raises:
        LedgerUnavailable: No store is at such an address.

    >>> kind_of("postgresql+psycopg://bot:secret@db/limits", "no ledger is kept")
    <Kind.SQL: 3>
    """
    if address == MEMORY:
        return Kind.MEMORY
    named = scheme_of(address)
    found = _SCHEMES.get(named.partition("+")[0])
    if found is None:
        # Nothing else of it is repeated: it may hold a password, or be a key that was pasted here.
        begins = f"an address that begins with {named!r}" if named else "such an address"
        raise LedgerUnavailable(f"{nothing} at {begins}; take memory, sqlite:///path, postgresql://… or redis://…")
    return found
