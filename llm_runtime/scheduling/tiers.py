"""A model and a tier come in, what its vendor admits goes out, as published, as configured, or as a cautious guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from llm_runtime.llm import ModelSpec
from llm_runtime.scheduling.limits import RateLimits, Shape
from llm_runtime.scheduling.overrides import LimitOverride
from llm_runtime.scheduling.tier_figures import PUBLISHED, Published

DEFAULT_TIER = "tier1"
"""The lowest that is paid for. Where it is too low, what the provider tells beside its answers corrects it upwards."""

OWN_SERVER = "a server of one's own, which no vendor limits"
CONFIGURED = "as configured"

_GUESSED_REQUESTS = 50
_DATE = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2})$")


def _limits(vendor: Published, model: str, tier: str) -> RateLimits:
    predecessor = vendor.successors.get(model)
    figures = vendor.models[predecessor or model][tier]
    return RateLimits(
        requests_per_minute=figures.requests,
        input_tokens_per_minute=figures.input_tokens,
        output_tokens_per_minute=figures.output_tokens,
        # Of a predecessor's limits that of the day is left out: if it is too low, no answer would ever tell.
        requests_per_day=None if predecessor else figures.daily,
        pool=vendor.pools.get(model, model),
        shape=vendor.shape,
        source=f"those of {predecessor}, as none were found for this model: {vendor.source}"
        if predecessor
        else vendor.source,
    )


def _by_tier(vendor: Published) -> Mapping[str, Mapping[str, RateLimits]]:
    tiers = next(iter(vendor.models.values()))
    return {
        tier: {model: _limits(vendor, model, tier) for model in (*vendor.successors, *vendor.models)} for tier in tiers
    }


TIERS: Mapping[str, Mapping[str, Mapping[str, RateLimits]]] = {
    provider: _by_tier(vendor) for provider, vendor in PUBLISHED.items()
}
"""Limits by provider, tier and model."""


def find_limits(
    spec: ModelSpec,
    tier: str = DEFAULT_TIER,
    overrides: Mapping[str, RateLimits | LimitOverride] | None = None,
    *,
    own_server: bool = False,
) -> RateLimits:
    """What may be asked of a model.

    Args:
        spec: The model; a date behind a known name is a version of it and shares its limits.
        tier: The account's tier at the vendor, by number (``tier1``) or by the vendor's own name (``start``).
        overrides: By ``provider/model`` or, for all of a provider's models, ``provider``. A ``LimitOverride`` changes
            what it names, the model's after the provider's; a ``RateLimits`` replaces everything.
        own_server: Whether it is served by a machine of one's own, which has no limits but configured ones.

    Returns:
        The limits. Their source is empty where nobody knows them; they are cautious then, yet large enough for any
        question that fits into the model's window.

    Raises:
        ValueError: The vendor has no such tier.
    """
    base = _DATE.sub("", spec.name)
    limits = RateLimits(source=OWN_SERVER) if own_server else _published(spec, base, tier)
    for key in dict.fromkeys((spec.provider, f"{spec.provider}/{base}", spec.id)):
        match (overrides or {}).get(key):
            case RateLimits() as replacement:
                limits = replacement if replacement.source else replace(replacement, source=CONFIGURED)
            case LimitOverride() as override:
                limits = replace(override.applied(limits), source=CONFIGURED)
    return limits


def _published(spec: ModelSpec, base: str, tier: str) -> RateLimits:
    vendor = PUBLISHED.get(spec.provider)
    if vendor is None:
        return _guess(spec, Shape())
    tiers = TIERS[spec.provider]
    name = vendor.names.get(tier.strip().lower(), tier.strip().lower())
    if name not in tiers:
        known = ", ".join((*tiers, *vendor.names))
        raise ValueError(f"{spec.provider} has no tier {tier!r}; there are {known}")
    return tiers[name].get(base) or _guess(spec, vendor.shape)


def _guess(spec: ModelSpec, shape: Shape) -> RateLimits:
    return RateLimits(
        requests_per_minute=_GUESSED_REQUESTS,
        input_tokens_per_minute=2 * spec.context_window,
        output_tokens_per_minute=None if shape.larger_counts else 2 * spec.max_output_tokens,
        shape=shape,
    )
