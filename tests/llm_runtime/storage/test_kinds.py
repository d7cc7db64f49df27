"""Limits and money are kept at the same addresses, and one that is none is refused in the same words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from llm_runtime.cost.ledgers.opening import open_accounts
from llm_runtime.errors import LedgerUnavailable
from llm_runtime.scheduling.ledgers.opening import open_ledger

OPENERS = pytest.mark.parametrize(
    ("opener", "nothing"),
    [
        pytest.param(open_accounts, "no accounts are kept", id="accounts"),
        pytest.param(open_ledger, "no ledger is kept", id="limits"),
    ],
)


@OPENERS
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("redys://bot:hunter2@cache", "an address that begins with 'redys'; take memory, sqlite:///path, "),
        ("mongodb+srv://bot:hunter2@cache", "an address that begins with 'mongodb+srv'; take memory, "),
        ("sk-ant-hunter2:", "such an address; take memory, sqlite:///path, postgresql://… or redis://…"),
        ("sk-ant-hunter2", "such an address; take memory, "),
        ("hunter2:6379", "such an address; take memory, "),
        ("bot+hunter2:x", "such an address; take memory, "),
        ("redis:hunter2", "such an address; take memory, "),
        ("sqlite:hunter2", "such an address; take memory, "),
        ("hunter2@redis://cache", "such an address; take memory, "),
        ("", "such an address; take memory, "),
    ],
)
def test_of_an_unknown_address_its_scheme_alone_is_repeated(
    opener: Callable[[str], object], nothing: str, address: str, told: str
) -> None:
    with pytest.raises(LedgerUnavailable) as raised:
        opener(address)

    assert str(raised.value).startswith(f"{nothing} at {told}")
    assert "hunter2" not in str(raised.value)


@OPENERS
@pytest.mark.parametrize(
    "address",
    [
        "redis://bot:hunter2@cache:port/0",
        "postgresql://bot:hunter2@db:port/limits",
        "postgresql+asyncpg://bot:hunter2@db/limits",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(
    opener: Callable[[str], object], nothing: str, address: str
) -> None:
    with pytest.raises(LedgerUnavailable) as raised:
        opener(address)

    assert "hunter2" not in str(raised.value)
