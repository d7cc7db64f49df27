from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from llm_runtime.catalog import MODELS, find
from llm_runtime.llm import ModelSpec
from llm_runtime.scheduling.limits import RateLimits, Shape
from llm_runtime.scheduling.overrides import LimitOverride, parse_override, parse_overrides
from llm_runtime.scheduling.tier_figures import PUBLISHED
from llm_runtime.scheduling.tiers import DEFAULT_TIER, TIERS, find_limits
from tests.llm_runtime.doubles import spec

PAGE = Path(__file__).parent.parent.parent.parent / "docs/limits.md"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_every_model_of_the_catalogue_has_limits_with_source_and_date_in_every_tier(model: ModelSpec) -> None:
    for tier in TIERS[model.provider]:
        limits = find_limits(model, tier)

        assert limits.requests_per_minute
        assert limits.input_tokens_per_minute
        assert re.search(r"20\d\d", limits.source)


def test_every_provider_has_the_tier_that_is_taken_unasked() -> None:
    assert all(DEFAULT_TIER in tiers for tiers in TIERS.values())


@pytest.mark.parametrize("provider", TIERS)
def test_a_higher_tier_never_admits_less(provider: str) -> None:
    tiers = list(TIERS[provider].values())

    for lower, higher in pairwise(tiers):
        for model, limits in lower.items():
            above = higher[model]
            assert (above.requests_per_minute or 0) >= (limits.requests_per_minute or 0)
            assert (above.input_tokens_per_minute or 0) >= (limits.input_tokens_per_minute or 0)
            assert (above.output_tokens_per_minute or 0) >= (limits.output_tokens_per_minute or 0)
            assert above.requests_per_day is None or limits.requests_per_day is not None


@pytest.mark.parametrize(
    ("name", "tier", "expected"),
    [
        pytest.param("openai/gpt-6.1-sol", "tier1", (500, 500_000, None, None), id="a successor"),
        pytest.param("openai/gpt-4.1-mini", "tier1", (500, 200_000, None, 10_000), id="requests per day"),
        pytest.param("anthropic/claude-opus-5-5", "tier1", (1_000, 2_000_000, 400_000, None), id="a number"),
        pytest.param("anthropic/claude-opus-5-5", "Build", (5_000, 5_000_000, 1_000_000, None), id="the vendor's name"),
        pytest.param("gemini/gemini-2.5-pro", "tier2", (1_000, 5_000_000, None, 50_000), id="gemini"),
        pytest.param("gemini/gemini-4-argon", "tier2", (1_000, 5_000_000, None, None), id="gemini, a successor"),
    ],
)
def test_a_model_and_a_tier_have_the_vendors_limits(name: str, tier: str, expected: tuple[int | None, ...]) -> None:
    assert figures(find_limits(find(name), tier)) == expected


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        pytest.param("claude-fable-5-1", "claude-fable-5-2", True, id="a class that shares"),
        pytest.param("claude-opus-5-5", "claude-opus-5", False, id="a class that does not"),
        pytest.param("claude-opus-5-5-20260922", "claude-opus-5-5", True, id="a dated version"),
        pytest.param("openai/gpt-5.4-2026-03-05", "openai/gpt-5.4", True, id="openai's way to date it"),
        pytest.param("openai/gpt-5.4-mini", "openai/gpt-5.4", False, id="another size"),
    ],
)
def test_models_that_share_a_limit_have_one_pool(one: str, other: str, shared: bool) -> None:
    assert (find_limits(find(one)).pool == find_limits(find(other)).pool) is shared


def test_each_vendor_counts_in_its_own_way() -> None:
    shapes = {provider: find_limits(next(m for m in MODELS if m.provider == provider)).shape for provider in TIERS}

    assert shapes == {
        "openai": Shape(larger_counts=True, token_burst=1.0),
        "anthropic": Shape(cached_input_counts=False, token_burst=1.0),
        "gemini": Shape(day_offset_seconds=-28_800, quota_is_daily=True, token_burst=1.0),
    }


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(spec("gpt-9", window=32_768, output=8_192), id="of a known vendor"),
        pytest.param(spec("claude-9", "anthropic", window=200_000, output=32_000), id="of another"),
        pytest.param(spec("command-z", "cohere", window=128_000, output=4_000), id="of an unknown one"),
    ],
)
def test_a_model_that_nobody_described_has_cautious_limits_that_admit_its_whole_window(model: ModelSpec) -> None:
    limits = find_limits(model)
    demand = limits.demand(
        input_tokens=model.context_window - model.max_output_tokens, output_tokens=model.max_output_tokens
    )

    assert (limits.source, limits.requests_per_minute) == ("", 50)
    assert demand.input_tokens <= (limits.caps.input_tokens or 0)
    assert limits.caps.output_tokens is None or demand.output_tokens <= limits.caps.output_tokens


def test_a_server_of_ones_own_has_no_limits_but_configured_ones() -> None:
    local = spec("qwen3-coder:30b", source="")
    free = find_limits(local, own_server=True)
    slowed = find_limits(local, overrides=parse_overrides(["openai/qwen3-coder:30b: rpm=6"]), own_server=True)

    assert (free.unlimited, bool(free.source)) == (True, True)
    assert figures(slowed) == (6, None, None, None)


def test_an_unknown_tier_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="anthropic has no tier 'gold'; there are tier1, tier2, tier3, start, build"):
        find_limits(find("claude-opus-5-5"), "gold")


def test_what_is_configured_for_a_model_counts_more_than_for_its_provider() -> None:
    overrides = parse_overrides(["anthropic: rpm=60 burst=1", "anthropic/claude-opus-5-5: rpm=30 itpm=none"])

    opus, haiku = (find_limits(find(f"claude-{name}"), overrides=overrides) for name in ("opus-5-5", "haiku-5-5"))

    assert figures(opus) == (30, None, 400_000, None)
    assert figures(haiku) == (60, 2_000_000, 400_000, None)
    assert (opus.shape.burst, opus.shape.cached_input_counts, opus.source) == (1, False, "as configured")


def test_limits_that_are_given_whole_replace_everything() -> None:
    ours = RateLimits(requests_per_minute=7, source="our contract")

    assert find_limits(find("gpt-5.5"), overrides={"openai/gpt-5.5": ours}) == ours


def test_an_override_is_for_dated_versions_too_unless_they_have_their_own() -> None:
    overrides = parse_overrides(["openai/gpt-5.4: rpm=7 rpd=9", "openai/gpt-5.4-2026-03-05: rpm=8"])

    assert figures(find_limits(find("openai/gpt-5.4-2026-03-05"), overrides=overrides)) == (8, 500_000, None, 9)


def test_an_override_makes_an_unknown_model_known() -> None:
    overrides = parse_overrides(["openai/gpt-9: rpm=9"])

    assert find_limits(spec("gpt-9"), overrides=overrides).source


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        pytest.param(
            "openai/gpt-6.1-sol: rpm=500 tpm=30000 otpm=8000 rpd=1000 burst=4",
            "openai/gpt-6.1-sol",
            LimitOverride(
                limits={
                    "requests_per_minute": 500,
                    "input_tokens_per_minute": 30_000,
                    "output_tokens_per_minute": 8_000,
                    "requests_per_day": 1_000,
                },
                burst=4,
            ),
            id="everything",
        ),
        pytest.param(
            " openai:RPM=1_000  tpm=2,000,000 ",
            "openai",
            LimitOverride(limits={"requests_per_minute": 1_000, "input_tokens_per_minute": 2_000_000}),
            id="capitals, blanks and grouped digits",
        ),
        pytest.param(
            "openai/qwen3:30b: rpm=none",
            "openai/qwen3:30b",
            LimitOverride(limits={"requests_per_minute": None}),
            id=":",
        ),
    ],
)
def test_a_line_becomes_an_override(line: str, name: str, expected: LimitOverride) -> None:
    assert parse_override(line) == (name, expected)


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        pytest.param("openai/gpt-5.5", "gives no limits; write them as in 'openai/gpt-6.1-sol: rpm=500", id="a name"),
        pytest.param("openai/gpt-5.5:", "gives no limits", id="nothing behind it"),
        pytest.param(": rpm=5", "gives no limits", id="no name"),
        pytest.param("openai: rpm=-5", "rpm=-5 would admit nothing; it must be at least 1, write rpm=none", id="minus"),
        pytest.param("openai: rpm=0", "would admit nothing", id="zero"),
        pytest.param("openai: burst=0", "burst=1 spaces all calls", id="no burst"),
        pytest.param("openai: burst=none", "burst=none is no number", id="an endless burst"),
        pytest.param("openai: rpm=many", "rpm=many is no number; write digits, as in rpm=30000", id="words"),
        pytest.param("openai: rpm=1.5", "is no number", id="a fraction"),
        pytest.param("openai: rpm", "rpm has no value; write rpm=100", id="no value"),
        pytest.param("openai: rpn=5", "there is no limit 'rpn'; did you mean rpm?", id="misspelt"),
        pytest.param("openai: colour=5", "there are rpm, tpm, itpm, otpm, rpd, burst", id="something else"),
        pytest.param("openai: tpm=5 itpm=6", "itpm is given twice; leave one out", id="twice in a line"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_the_cure(line: str, cure: str) -> None:
    with pytest.raises(ValueError, match=re.escape(cure)):
        parse_override(line)


def test_a_name_that_is_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="openai are given twice"):
        parse_overrides(["openai: rpm=5", "openai: rpm=6"])


def test_the_page_shows_the_figures_of_the_data() -> None:
    shown = re.search(r"<!-- tiers -->\n(.*)\n<!-- /tiers -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    assert shown is not None
    assert shown[1] == "\n".join(rendered())


def figures(limits: RateLimits) -> tuple[int | None, ...]:
    return (
        limits.requests_per_minute,
        limits.input_tokens_per_minute,
        limits.output_tokens_per_minute,
        limits.requests_per_day,
    )


def rendered() -> Iterator[str]:
    """The table of the page: models with the same figures share a row."""
    for provider, vendor in PUBLISHED.items():
        by_number = {number: name.capitalize() for name, number in vendor.names.items()}
        yield from (f"### {provider}", "", f"Source: {vendor.source}.", "")
        yield "| models | tier | requests a minute | input tokens a minute | output tokens a minute | requests a day |"
        yield "|---|---|---:|---:|---:|---:|"
        rows: dict[tuple[tuple[int | None, ...], ...], list[str]] = {}
        for model in (*vendor.models, *vendor.successors):
            mark = "*" if model in vendor.successors else ""
            rows.setdefault(tuple(figures(tier[model]) for tier in TIERS[provider].values()), []).append(
                f"`{model}`{mark}"
            )
        for by_tier, models in rows.items():
            for index, (tier, numbers) in enumerate(zip(TIERS[provider], by_tier, strict=True)):
                named = f"`{tier}`" + (f" ({by_number[tier]})" if tier in by_number else "")
                cells = ("–" if number is None else f"{number:,}" for number in numbers)
                yield f"| {', '.join(models) if index == 0 else ''} | {named} | {' | '.join(cells)} |"
        yield ""


def test_an_override_of_a_limit_that_does_not_exist_is_refused_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="no limit is called 'rpm'; there are input_tokens_per_minute"):
        LimitOverride(limits={"rpm": 5})
