"""What the vendors publish of their limits: figures for each class of models and each tier, with source and date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from llm_runtime.scheduling.limits import Shape


class Figures(NamedTuple):
    """Requests, input tokens and output tokens per minute, and requests per day; None is unlimited."""

    requests: int
    input_tokens: int
    output_tokens: int | None = None
    daily: int | None = None


Tiers = Mapping[str, Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One vendor's word.

    Attributes:
        shape: How it counts.
        source: Where its figures were read, and when.
        models: Figures of the models that it publishes some for.
        successors: Models that it publishes none for, and whose figures stand in for theirs.
        pools: Models that share one limit with others, and the name of that limit.
        names: The vendor's own names of the tiers, where it does not number them.
    """

    shape: Shape
    source: str
    models: Mapping[str, Tiers]
    successors: Mapping[str, str]
    pools: Mapping[str, str]
    names: Mapping[str, str]


def _tiers(*figures: Figures) -> Tiers:
    return {f"tier{number}": figure for number, figure in enumerate(figures, start=1)}


_GPT = _tiers(
    Figures(500, 500_000),
    Figures(5_000, 1_000_000),
    Figures(5_000, 2_000_000),
    Figures(10_000, 4_000_000),
    Figures(15_000, 40_000_000),
)
_GPT_SMALL = _tiers(
    Figures(500, 500_000),
    Figures(5_000, 2_000_000),
    Figures(5_000, 4_000_000),
    Figures(10_000, 10_000_000),
    Figures(30_000, 180_000_000),
)
_GPT_4 = _tiers(
    Figures(500, 30_000),
    Figures(5_000, 450_000),
    Figures(5_000, 800_000),
    Figures(10_000, 2_000_000),
    Figures(10_000, 30_000_000),
)
_GPT_4_SMALL = _tiers(
    Figures(500, 200_000, daily=10_000),
    Figures(5_000, 2_000_000),
    Figures(5_000, 4_000_000),
    Figures(10_000, 10_000_000),
    Figures(30_000, 150_000_000),
)
_FABLE = _tiers(
    Figures(1_000, 500_000, 100_000),
    Figures(2_000, 1_500_000, 300_000),
    Figures(4_000, 4_000_000, 800_000),
)
_CLAUDE = _tiers(
    Figures(1_000, 2_000_000, 400_000),
    Figures(5_000, 5_000_000, 1_000_000),
    Figures(10_000, 10_000_000, 2_000_000),
)
_PRO = _tiers(
    Figures(150, 2_000_000, daily=10_000),
    Figures(1_000, 5_000_000, daily=50_000),
    Figures(2_000, 8_000_000),
)
_FLASH = _tiers(
    Figures(1_000, 1_000_000, daily=10_000),
    Figures(2_000, 3_000_000, daily=100_000),
    Figures(10_000, 8_000_000),
)
_FLASH_LITE = _tiers(
    Figures(4_000, 4_000_000),
    Figures(10_000, 10_000_000),
    Figures(30_000, 30_000_000),
)

# A whole minute's tokens may go at once: Anthropic's bucket holds as many (its page says so), the others name no
# smaller one, and should there be one, the first rejection teaches it.
PUBLISHED: Mapping[str, Published] = {
    "openai": Published(
        # The larger of input and allowed output is counted before a call, and cached input counts.
        shape=Shape(larger_counts=True, token_burst=1.0),
        source="developers.openai.com/api/docs/models, the model's page, read through copies of 2026-09",
        models={
            **dict.fromkeys(("gpt-6-astra", "gpt-6-sol", "gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.5", "gpt-5.4"), _GPT),
            **dict.fromkeys(("gpt-6-luna", "gpt-5.6-luna", "gpt-5.4-mini", "gpt-5-mini"), _GPT_SMALL),
            **dict.fromkeys(("gpt-4.1", "gpt-4o"), _GPT_4),
            "gpt-4.1-mini": _GPT_4_SMALL,
        },
        successors={"gpt-6.1-sol": "gpt-6-sol", "gpt-6.1-terra": "gpt-5.6-terra"},
        pools={},
        names={},
    ),
    "anthropic": Published(
        # Output counts as it is produced, input that a cache served not at all.
        shape=Shape(cached_input_counts=False, token_burst=1.0),
        source="platform.claude.com/docs/en/api/rate-limits, read through copies of 2026-09 and 2026-10",
        models={
            "claude-fable-5-1": _FABLE,
            **dict.fromkeys(("claude-opus-5-5", "claude-opus-5", "claude-opus-4-8"), _CLAUDE),
            **dict.fromkeys(("claude-sonnet-5-5", "claude-sonnet-5", "claude-sonnet-4-6"), _CLAUDE),
            "claude-haiku-4-5": _CLAUDE,
        },
        successors={"claude-fable-5-2": "claude-fable-5-1", "claude-haiku-5-5": "claude-haiku-4-5"},
        pools={
            "claude-fable-5-2": "claude-fable-5",
            "claude-fable-5-1": "claude-fable-5",
            "claude-opus-4-8": "claude-opus-4",
            "claude-sonnet-4-6": "claude-sonnet-4",
        },
        names={"start": "tier1", "build": "tier2", "scale": "tier3"},
    ),
    "gemini": Published(
        # The day ends at midnight in California, here in winter time.
        shape=Shape(day_offset_seconds=-8 * 3_600, quota_is_daily=True, token_burst=1.0),
        source="ai.google.dev/gemini-api/docs/rate-limits as last published, 2025; AI Studio alone tells them now",
        models={"gemini-2.5-pro": _PRO, "gemini-2.5-flash": _FLASH, "gemini-2.5-flash-lite": _FLASH_LITE},
        successors={
            **dict.fromkeys(("gemini-4-argon", "gemini-3.1-pro-preview"), "gemini-2.5-pro"),
            **dict.fromkeys(
                ("gemini-3.8-flash", "gemini-3.7-flash", "gemini-3.6-flash", "gemini-3.5-flash"), "gemini-2.5-flash"
            ),
            "gemini-3.5-flash-lite": "gemini-2.5-flash-lite",
        },
        pools={},
        names={},
    ),
}
