"""Prometheus's text format comes in, its series go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

SCRAPED = frozenset({"job", "instance"})
"""Labels that Prometheus itself adds to each series."""


@dataclass(frozen=True, slots=True)
class Series:
    """One sample.

    Attributes:
        family: The metric's name as it is queried; of a histogram without ``_bucket``, ``_sum`` and ``_count``.
    """

    family: str
    type: str
    help: str
    name: str
    labels: Mapping[str, str]
    value: float


def series(text: bytes) -> list[Series]:
    return [
        Series(
            f"{family.name}_total" if family.type == "counter" else family.name,
            family.type,
            family.documentation,
            sample.name,
            sample.labels,
            sample.value,
        )
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        # When a counter began: this client adds it in one process and leaves it out in several.
        if not sample.name.endswith("_created") and family.name.startswith("quartet_llm_")
        if not family.name.endswith("_created")
    ]


def value(text: bytes, name: str, **labels: str) -> float:
    """The sum of all samples of this name with these labels."""
    found = [one.value for one in series(text) if one.name == name and labels.items() <= one.labels.items()]
    assert found, f"no {name} with {labels}"
    return sum(found)
