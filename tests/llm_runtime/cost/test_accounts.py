from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_runtime.cost.accounts import Account, Hold, cap_nanos, from_nanos, to_nanos

ACCOUNT = Account(name="review:acme/shop#7", cap_usd=Decimal(1))


def test_an_account_that_comes_twice_in_a_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="an account comes twice: review:acme/shop#7, review:acme/shop#7"):
        Hold(id="one", accounts=(ACCOUNT, ACCOUNT), amount=Decimal(1), lease_seconds=600)


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\$-1 cannot be held; take an amount that is not negative"):
        Hold(id="one", accounts=(ACCOUNT,), amount=Decimal(-1), lease_seconds=600)


@given(nanos=st.integers(0, 2**53))
def test_billionths_go_to_dollars_and_back(nanos: int) -> None:
    assert to_nanos(from_nanos(nanos)) == cap_nanos(from_nanos(nanos)) == nanos


@given(dollars=st.decimals(min_value=0, max_value=1_000_000, places=15))
def test_amounts_are_rounded_up_and_caps_down(dollars: Decimal) -> None:
    assert from_nanos(cap_nanos(dollars)) <= dollars <= from_nanos(to_nanos(dollars))
    assert to_nanos(dollars) - cap_nanos(dollars) <= 1
