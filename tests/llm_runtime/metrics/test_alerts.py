"""The alert rules ask for metrics and labels that exist, and tell when they should: ``promtool`` runs where it is."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from llm_runtime.metrics.prometheus import PrometheusMetrics
from tests.llm_runtime.metrics.exposed import SCRAPED, Series, series
from tests.llm_runtime.metrics.happenings import EVENTS
from tests.llm_runtime.metrics.queries import faults, groups_of

FOLDER = Path(__file__).parents[3] / "docs/prometheus"
PROMTOOL = shutil.which("promtool")
RULES: dict[str, Mapping[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
TESTS: list[Mapping[str, Any]] = yaml.safe_load((FOLDER / "alerts_test.yml").read_text())["tests"]


@pytest.fixture(scope="module")
def exposed() -> list[Series]:
    metrics = PrometheusMetrics(registry=CollectorRegistry())
    for event in EVENTS.values():
        metrics.record(event)
    return series(metrics.exposition())


@pytest.mark.parametrize("alert", list(RULES))
def test_a_rule_asks_for_metrics_and_labels_that_exist(exposed: list[Series], alert: str) -> None:
    assert faults(RULES[alert]["expr"], exposed) == []


@pytest.mark.parametrize("alert", list(RULES))
def test_an_alert_says_what_happened_with_labels_that_its_rule_leaves(alert: str) -> None:
    rule = RULES[alert]
    grouped = (
        set.intersection(*(group - {"le"} for group in groups_of(rule["expr"]))) if groups_of(rule["expr"]) else set()
    )
    left = grouped or (SCRAPED if "sum(" not in rule["expr"] else set())

    shown = " ".join(rule["annotations"].values())
    assert set(re.findall(r"\$labels\.(\w+)", shown)) <= left
    assert rule["annotations"].keys() == {"summary", "description"}
    assert rule["labels"]["severity"] in {"info", "warning", "critical"}


@pytest.mark.parametrize("alert", list(RULES))
def test_an_alert_is_shown_to_tell_and_to_be_silent(alert: str) -> None:
    asked = [one for test in TESTS for one in test["alert_rule_test"] if one["alertname"] == alert]

    assert {"exp_alerts" in one for one in asked} == {True, False}


def test_the_series_of_the_tests_exist(exposed: list[Series]) -> None:
    labels: dict[str, set[str]] = {}
    for one in exposed:
        labels.setdefault(one.name, set()).update(one.labels)

    for test in TESTS:
        for given in test["input_series"]:
            name, _, written = given["series"].partition("{")
            assert set(re.findall(r"(\w+)=", written)) - SCRAPED == labels[name]


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (apt-get install prometheus)")
def test_the_rules_tell_and_are_silent_as_their_tests_say() -> None:
    done = subprocess.run(
        [str(PROMTOOL), "test", "rules", "alerts_test.yml"], cwd=FOLDER, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tests_are_of_rules_that_exist() -> None:
    assert {one["alertname"] for test in TESTS for one in test["alert_rule_test"]} == set(RULES)


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("rate(quartet_llm_call_total[5m])", "no metric quartet_llm_call_total"),
        ("sum by (reason) (quartet_llm_calls_total)", "quartet_llm_calls_total has no label reason"),
        ('quartet_llm_errors_total{error="Tired"}', "quartet_llm_errors_total has no error Tired"),
        ('quartet_llm_errors_total{kind="input"}', "quartet_llm_errors_total has no kind input"),
    ],
)
def test_a_rule_that_asks_for_what_nobody_exposes_is_found(exposed: list[Series], query: str, fault: str) -> None:
    assert faults(query, exposed) == [fault]
