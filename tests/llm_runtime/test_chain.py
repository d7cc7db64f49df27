from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from llm_runtime.chain import Chain, Role, Wanted, inspect
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.credentials import Credential
from llm_runtime.scheduling.limits import RateLimits

SOL, TERRA = "openai/gpt-6.1-sol", "openai/gpt-6.1-terra"
VENDOR = Credential(api_key="sk-1")
OWN = Credential(api_key="", base_url="http://gpu.local:8000/v1")


def looked_at(*models: str, credential: Credential = VENDOR, role: Role = Role.FALLBACK, **fields: Any) -> Chain:
    first, *others = models
    named = [(Role.PRIMARY, first), *((role, other) for other in others)]
    fields = {"tiers": {}, "overrides": {}, "capped": False, **fields}
    return inspect(Wanted(models=named, credentials={"openai": credential}, **fields), CostCalculator())


def test_calls_with_another_key_count_against_other_limits() -> None:
    (one,) = looked_at(SOL).links
    (other,) = looked_at(SOL, credential=Credential(api_key="sk-2")).links

    assert one.key != other.key
    assert one.key.credential == VENDOR.fingerprint
    assert "sk-1" not in repr(one)


def test_models_of_one_pool_share_their_limits() -> None:
    pool = RateLimits(requests_per_minute=9, pool="all of them")

    sol, terra = looked_at(SOL, TERRA, overrides={SOL: pool, TERRA: pool}).links

    assert sol.key == terra.key
    assert sol.spec.name != terra.spec.name


@pytest.mark.parametrize(
    ("tiers", "tier"),
    [({}, "tier1"), ({"": "tier2"}, "tier2"), ({"": "tier2", "openai": "tier3"}, "tier3")],
)
def test_a_providers_own_tier_goes_before_that_of_all(tiers: Mapping[str, str], tier: str) -> None:
    assert looked_at(SOL, tiers=tiers).links[0].tier == tier


def test_prices_are_for_a_million_tokens() -> None:
    (link,) = looked_at(SOL).links

    assert link.input_price is not None
    assert Decimal("0.1") < link.input_price < Decimal(100)


def test_an_equal_window_is_not_a_larger_one() -> None:
    (fault,) = looked_at(SOL, TERRA, role=Role.LARGER).faults

    assert "cannot take over what is too long" in fault


def test_of_a_model_that_nobody_has_described_all_that_is_unknown_is_remarked() -> None:
    remarks = looked_at("openai/something-new").remarks

    assert [remark.removeprefix("openai/something-new: ") for remark in remarks] == [
        "its limits are not known, so cautious ones are kept; set yours",
        "nobody has described this model, so its window is a cautious guess",
        "no price is known, so its cost is unknown",
    ]


def test_a_server_of_ones_own_has_no_limits_to_be_cautious_of() -> None:
    chain = looked_at("openai/llama-4-mine", credential=OWN)

    assert chain.links[0].limits.unlimited
    assert not any("limits are not known" in remark for remark in chain.remarks)


def test_a_vendors_model_behind_another_address_keeps_the_vendors_limits() -> None:
    assert not looked_at(SOL, credential=OWN).links[0].limits.unlimited
