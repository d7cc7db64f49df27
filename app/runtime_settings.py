"""What the environment says of tiers and limits, as the runtime's own values."""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import Misconfigured
from llm_runtime.providers import PROVIDERS
from llm_runtime.scheduling.overrides import LimitOverride, parse_overrides

EVERYWHERE = ""
"""In place of a provider's name: all that are not named themselves."""


def parse_tiers(text: str) -> dict[str, str]:
    """Tiers out of ``tier2`` or ``openai=tier3,anthropic=tier2``, by provider.

    Raises:
        Misconfigured: It names a provider that there is not, or nothing behind one.

    >>> parse_tiers("tier1, openai=tier3")
    {'': 'tier1', 'openai': 'tier3'}
    """
    tiers: dict[str, str] = {}
    for entry in filter(None, map(str.strip, text.split(","))):
        provider, _, tier = entry.rpartition("=")
        provider, tier = provider.strip(), tier.strip()
        if provider not in (EVERYWHERE, *PROVIDERS) or not tier:
            msg = f"QUARTET_TIER cannot be used: {entry!r} is not such as tier2 or {next(iter(PROVIDERS))}=tier2"
            raise Misconfigured(msg)
        tiers[provider] = tier
    return tiers


def parse_limits(text: str) -> Mapping[str, LimitOverride]:
    """Limits out of ``openai/gpt-6.1-sol: rpm=500; anthropic: rpm=50 tpm=none``, by model or provider.

    Raises:
        Misconfigured: A limit cannot be read.
    """
    try:
        return parse_overrides(filter(None, map(str.strip, text.split(";"))))
    except ValueError as error:
        msg = f"QUARTET_LIMITS cannot be used: {error}"
        raise Misconfigured(msg) from error
