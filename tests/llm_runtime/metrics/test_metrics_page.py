"""The page on metrics is held to what Prometheus and Datadog's agent are really given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from llm_runtime.events import WaitReason
from llm_runtime.metrics.datadog import DatadogMetrics
from llm_runtime.metrics.local import LATEST_ANSWERS
from llm_runtime.metrics.prometheus import UNTIL_RESTART_SHOWN_SECONDS, PrometheusMetrics
from tests.llm_runtime.metrics.agent import ListeningAgent
from tests.llm_runtime.metrics.exposed import Series, series
from tests.llm_runtime.metrics.happenings import EVENTS
from tests.llm_runtime.metrics.queries import faults, metrics_in

PAGE = (Path(__file__).parents[3] / "docs/metrics.md").read_text(encoding="utf-8")


def rows(*headings: str) -> list[list[str]]:
    """The cells of the table with these headings; a pipe within a cell is written as ``\\|``."""
    _, found, rest = PAGE.partition(f"| {' | '.join(headings)} |\n")
    assert found, f"no table with {headings}"
    lines = rest.splitlines()[1:]
    table = lines[: next(at for at, line in enumerate(lines) if not line.startswith("|"))]
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table]
    return [[cell.strip().replace("\\|", "|").strip("`") for cell in row] for row in cells]


@pytest.fixture(scope="module")
def exposed() -> list[Series]:
    metrics = PrometheusMetrics(registry=CollectorRegistry())
    for event in EVENTS.values():
        metrics.record(event)
    return series(metrics.exposition())


def test_the_page_lists_what_prometheus_reads_and_nothing_else(exposed: list[Series]) -> None:
    shown: dict[str, tuple[str, set[str], str]] = {}
    for one in exposed:
        _, labels, _ = shown.setdefault(one.family, (one.type, set(), one.help))
        labels.update(one.labels.keys() - {"le"})

    listed = {
        name: (kind, set(filter(None, labels.split(", "))), meaning)
        for name, kind, labels, meaning in rows("metric", "type", "labels", "meaning")
    }
    assert listed == shown


def test_the_page_names_the_values_of_the_labels(exposed: list[Series]) -> None:
    values = {label: re.findall(r"`([a-z_]+)`", f"`{text}`") for label, text in rows("label", "values")}

    assert values["kind"] == ["input", "cached_input", "cache_write", "output", "reasoning"]
    assert set(values["kind"]) == {one.labels["kind"] for one in exposed if "kind" in one.labels}
    assert set(values["outcome"]) == {one.labels["outcome"] for one in exposed if "outcome" in one.labels}
    assert values["reason"] == [reason.name.lower() for reason in WaitReason]


def test_every_metric_has_a_query_that_asks_for_it(exposed: list[Series]) -> None:
    asked = {name for _, query in rows("question", "query") for name in metrics_in(query)}

    families = {one.name: one.family for one in exposed}
    assert {families[name] for name in asked} == set(families.values())


@pytest.mark.parametrize(("question", "query"), [pytest.param(*row, id=row[0]) for row in rows("question", "query")])
def test_a_query_asks_for_metrics_and_labels_that_exist(exposed: list[Series], question: str, query: str) -> None:
    assert faults(query, exposed) == []


def test_the_page_lists_what_datadog_is_sent_and_nothing_else() -> None:
    pytest.importorskip("datadog", reason="the extra 'datadog' is not installed")
    kinds = {"c": "count", "d": "distribution"}
    sent: dict[str, tuple[str, set[str]]] = {}
    with ListeningAgent() as agent:
        metrics = DatadogMetrics("127.0.0.1", agent.port)
        for event in EVENTS.values():
            metrics.record(event)
        metrics.close()
        for metric in agent.metrics():
            sent.setdefault(metric.name, (kinds[metric.type], set()))[1].update(metric.tags)

    listed = {name: (kind, set(filter(None, tags.split(", ")))) for name, kind, tags in rows("metric", "type", "tags")}
    assert listed == sent


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    assert f"exact over the latest {LATEST_ANSWERS:,} answers" in PAGE
    assert "shown as open for an hour" in PAGE
    assert UNTIL_RESTART_SHOWN_SECONDS == 3_600
