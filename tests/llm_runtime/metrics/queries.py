"""A query for Prometheus comes in, which metrics and labels it asks for goes out: enough of PromQL for our own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.llm_runtime.metrics.exposed import SCRAPED, Series

_METRIC = re.compile(r"\bquartet_\w+")
_SELECTED = re.compile(r"\b(quartet_\w+)\{([^}]*)\}")
_MATCHER = re.compile(r'(\w+)(?:=|!=|=~|!~)"([^"]*)"')
_GROUPED = re.compile(r"\bby \(([^)]*)\)")


def metrics_in(query: str) -> set[str]:
    """The names of the series that are asked for."""
    return set(_METRIC.findall(query))


def groups_of(query: str) -> list[set[str]]:
    """The labels of each ``by (…)``."""
    return [set(group.replace(" ", "").split(",")) for group in _GROUPED.findall(query)]


def faults(query: str, exposed: Iterable[Series]) -> list[str]:
    """What the query asks for and nobody exposes."""
    labels: dict[str, set[str]] = {}
    values: dict[tuple[str, str], set[str]] = {}
    for one in exposed:
        labels.setdefault(one.name, set()).update(one.labels)
        for label, written in one.labels.items():
            values.setdefault((one.name, label), set()).add(written)
    found = [f"no metric {name}" for name in sorted(metrics_in(query) - labels.keys())]
    for name in metrics_in(query) & labels.keys():
        found += [
            f"{name} has no label {label}"
            for group in groups_of(query)
            for label in sorted(group - labels[name] - SCRAPED)
        ]
    for name, matchers in _SELECTED.findall(query):
        for label, wanted in _MATCHER.findall(matchers):
            found += [
                f"{name} has no {label} {one}"
                for one in wanted.split("|")
                if one not in values.get((name, label), set())
            ]
    return found
