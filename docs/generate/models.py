"""Models and costs: the catalogue and the prices of one day come in, tables go out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby

from app.model_choice import choose_models
from docs.generate.tables import code, table
from llm_runtime.catalog import MODELS
from llm_runtime.cost.rates import Rate, Rates, find_rates
from llm_runtime.llm import ModelSpec
from reviewers.perspectives import REVIEWERS

PAGE = "models.md"
PRICED_ON = datetime(2026, 11, 21, tzinfo=UTC)
"""The day whose prices the page shows; move it when the prices are looked up again."""

_VENDORS = {"openai": "OpenAI", "anthropic": "Anthropic", "gemini": "Google Gemini"}
_SELLERS = {"openai": "openai", "anthropic": "anthropic", "gemini": "google"}
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")


def defaults() -> str:
    """For each reviewer who is asked, and who stands in, by the keys that there are."""
    every = choose_models(REVIEWERS, named={}, available=lambda _: True)
    rows = [["all three", *(_chain(every[reviewer.name]) for reviewer in REVIEWERS)]]
    for vendor, title in _VENDORS.items():
        alone = choose_models(REVIEWERS, named={}, available=vendor.__eq__)
        rows.append([f"{title} alone", *(_chain(alone[reviewer.name]) for reviewer in REVIEWERS)])
    return table(["keys", *(code(reviewer.name) for reviewer in REVIEWERS)], rows)


def catalogue() -> str:
    """Each vendor's models: window, answer, prices, and where the facts were read."""
    return "\n\n".join(_vendor(vendor, list(models)) for vendor, models in groupby(MODELS, lambda spec: spec.provider))


def _vendor(vendor: str, models: list[ModelSpec]) -> str:
    rows = [
        [
            code(spec.id),
            f"{spec.context_window:,}",
            f"{spec.max_output_tokens:,}",
            *_prices(find_rates(_SELLERS[vendor], spec.name, PRICED_ON)),
        ]
        for spec in models
    ]
    heads = ["model", "window:", "longest answer:", "input:", "from a cache:", "written to a cache:", "output:"]
    sources = "\n".join(f"- {source}: {', '.join(names)}" for source, names in _sources(models))
    return f"### {_VENDORS[vendor]}\n\n{table(heads, rows)}\n\nWindows and longest answers were read in:\n\n{sources}"


def _sources(models: list[ModelSpec]) -> Iterator[tuple[str, list[str]]]:
    for source in dict.fromkeys(spec.source for spec in models):
        yield source, [code(spec.name) for spec in models if spec.source == source]


def _prices(rates: Rates | None) -> list[str]:
    if rates is None:
        return ["unknown"] * 4
    return [_price(rate) for rate in (rates.input, rates.cached, rates.written, rates.output)]


def _price(rate: Rate | None) -> str:
    if rate is None:
        return "as input"
    steps = [f"{_dollars(price)} above {start:,}" for start, price in rate.steps]
    return "; ".join([_dollars(rate.base), *reversed(steps)])


def _dollars(price: Decimal) -> str:
    return f"${price:.2f}" if price == price.quantize(Decimal("0.01")) else f"${price.normalize():f}"


def _chain(specs: tuple[ModelSpec, ...]) -> str:
    first, *others = [code(spec.name) for spec in specs]
    return f"{first}, then {', '.join(others)}" if others else first
