"""Why a call is not sent, in one line that names the cap, what is left of it, and the cure."""

from __future__ import annotations

from decimal import Decimal

from llm_runtime.cost.accounts import Balance
from llm_runtime.cost.caps import Cap, Period
from llm_runtime.errors import BudgetExceeded
from llm_runtime.llm import ModelSpec

_ANEW = {Period.DAY: ", or wait for midnight (UTC)", Period.MONTH: ", or wait for the first of the month (UTC)"}


def no_price(spec: ModelSpec, cap: Cap) -> BudgetExceeded:
    """Nobody knows what the call may cost."""
    return _exceeded(
        spec,
        f"no price is known, so a cap of ${cap.limit_usd} cannot be kept; "
        "take a model with a published price, or leave the cap out",
    )


def never_fits(spec: ModelSpec, amount: Decimal, cap: Cap, spent: Decimal) -> BudgetExceeded:
    """It would not fit even if every call under way turned out to cost nothing."""
    left = max(Decimal(0), cap.limit_usd - spent)
    return _exceeded(
        spec,
        f"the next call may cost ${amount:.4f}, but of the cap of ${cap.limit_usd} ({cap}) only ${left:.4f} is left; "
        f"raise the cap, or take a cheaper model{_ANEW.get(cap.period, '')}",
    )


def not_now(spec: ModelSpec, amount: Decimal, cap: Cap, balance: Balance) -> BudgetExceeded:
    """It would fit if calls under way gave back enough, but they did not in time."""
    left = max(Decimal(0), cap.limit_usd - balance.spent - balance.held)
    return _exceeded(
        spec,
        f"the next call may cost ${amount:.4f}, but of the cap of ${cap.limit_usd} ({cap}) only ${left:.4f} is left "
        f"beside ${balance.held:.4f} set aside for calls under way; try again when they have ended, or raise the cap",
    )


def _exceeded(spec: ModelSpec, why: str) -> BudgetExceeded:
    return BudgetExceeded(f"{spec.id}: {why}", provider=spec.provider, model=spec.name)
