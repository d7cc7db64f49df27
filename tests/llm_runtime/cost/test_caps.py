from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from llm_runtime.cost.caps import Cap, Period

NIGHT = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
MORNING = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "before", "after"),
    [
        pytest.param(Period.EVER, "scope:name", "scope:name", id="ever"),
        pytest.param(Period.DAY, "scope:name:2026-11-30", "scope:name:2026-12-01", id="day"),
        pytest.param(Period.MONTH, "scope:name:2026-11", "scope:name:2026-12", id="month"),
    ],
)
def test_a_cap_begins_anew_with_its_period(period: Period, before: str, after: str) -> None:
    cap = Cap(scope="scope", name="name", limit_usd=Decimal(1), period=period)

    assert (cap.account(NIGHT).name, cap.account(MORNING).name) == (before, after)


@pytest.mark.parametrize("period", [Period.DAY, Period.MONTH])
def test_an_account_is_kept_longer_than_its_period(period: Period) -> None:
    cap = Cap(scope="scope", limit_usd=Decimal(1), period=period)

    assert cap.account(NIGHT).keep_seconds > {"day": 2, "month": 32}[period] * 86_400


@pytest.mark.parametrize("dollars", ["-0.01", "NaN", "Infinity"])
def test_a_cap_that_cannot_be_kept_is_refused(dollars: str) -> None:
    with pytest.raises(ValueError, match="for review a day cannot be kept; take zero or more dollars"):
        Cap(scope="review", limit_usd=Decimal(dollars), period=Period.DAY)
