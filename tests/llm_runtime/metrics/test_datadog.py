from __future__ import annotations

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from llm_runtime.metrics.datadog import DatadogMetrics
from tests.llm_runtime.metrics.agent import ListeningAgent, Metric
from tests.llm_runtime.metrics.happenings import ANSWERED, EVENTS, FAILED

SOL = {"provider": "openai", "model": "gpt-6.1-sol"}

datadog = pytest.importorskip("datadog", reason="the extra 'datadog' is not installed")


@pytest.fixture(autouse=True)
def _without_tags_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("DD_", "DATADOG_")):
            monkeypatch.delenv(name)


@pytest.fixture
def agent() -> Iterator[ListeningAgent]:
    with ListeningAgent() as agent:
        yield agent


@pytest.fixture
def metrics(agent: ListeningAgent) -> Iterator[DatadogMetrics]:
    metrics = DatadogMetrics("127.0.0.1", agent.port)
    yield metrics
    metrics.close()


def test_an_answered_call_is_sent_with_its_time_tokens_and_dollars(
    agent: ListeningAgent, metrics: DatadogMetrics
) -> None:
    metrics.record(EVENTS["an answered call"])

    assert agent.metrics() == [
        Metric("quartet.llm.calls", "c", 1, SOL),
        Metric("quartet.llm.call.duration", "d", 2.5, {**SOL, "outcome": "answered"}),
        Metric("quartet.llm.tokens", "c", 300, {**SOL, "kind": "input"}),
        Metric("quartet.llm.tokens", "c", 600, {**SOL, "kind": "cached_input"}),
        Metric("quartet.llm.tokens", "c", 100, {**SOL, "kind": "cache_write"}),
        Metric("quartet.llm.tokens", "c", 50, {**SOL, "kind": "output"}),
        Metric("quartet.llm.tokens", "c", 150, {**SOL, "kind": "reasoning"}),
        Metric("quartet.llm.cost_usd", "c", 0.0123, SOL),
    ]


def test_a_failed_call_is_sent_by_its_error_and_its_unknown_cost_is_not_zero(
    agent: ListeningAgent, metrics: DatadogMetrics
) -> None:
    metrics.record(EVENTS["a failed call"])

    assert agent.metrics() == [
        Metric("quartet.llm.calls", "c", 1, SOL),
        Metric("quartet.llm.call.duration", "d", 0.1, {**SOL, "outcome": "failed"}),
        Metric("quartet.llm.errors", "c", 1, {**SOL, "error": "TimedOut"}),
        Metric("quartet.llm.unpriced_calls", "c", 1, SOL),
    ]


@pytest.mark.parametrize(
    ("event", "sent"),
    [
        ("a wait", Metric("quartet.llm.wait.duration", "d", 1.5, {**SOL, "reason": "rate_limit"})),
        (
            "a fallback",
            Metric(
                "quartet.llm.fallbacks", "c", 1, {**SOL, "chosen": "anthropic/claude-opus-5-5", "error": "Overloaded"}
            ),
        ),
        ("a breaker", Metric("quartet.llm.breaker.openings", "c", 1, {**SOL, "error": "QuotaExhausted"})),
        ("a budget", Metric("quartet.llm.budget.warnings", "c", 1, {"scope": "repository"})),
        ("an unknown price", Metric("quartet.llm.unknown_prices", "c", 1, {**SOL, "model": "a-new-one"})),
        ("unknown limits", Metric("quartet.llm.unknown_limits", "c", 1, {**SOL, "model": "a-new-one"})),
        ("a lost ledger", Metric("quartet.llm.ledger.losses", "c", 1, {})),
        ("a found ledger", Metric("quartet.llm.ledger.recoveries", "c", 1, {})),
    ],
)
def test_every_other_event_is_one_figure(
    agent: ListeningAgent, metrics: DatadogMetrics, event: str, sent: Metric
) -> None:
    metrics.record(EVENTS[event])

    assert agent.metrics() == [sent]


def test_a_name_cannot_forge_tags_or_figures(agent: ListeningAgent, metrics: DatadogMetrics) -> None:
    metrics.record_call(dataclasses.replace(FAILED, model="a,admin:1|#b\nforged:1|c|@0.1 ü", provider="x y"))

    sent = agent.metrics()
    assert {metric.name for metric in sent} == {
        "quartet.llm.calls",
        "quartet.llm.call.duration",
        "quartet.llm.errors",
        "quartet.llm.unpriced_calls",
    }
    assert {metric.tags["model"] for metric in sent} == {"a_admin:1__b_forged:1_c__0.1_ü"}
    assert {metric.tags["provider"] for metric in sent} == {"x_y"}


def test_a_model_with_a_colon_keeps_its_name(agent: ListeningAgent, metrics: DatadogMetrics) -> None:
    metrics.record_unknown_price("openai", "qwen3-coder:30b")

    assert agent.metrics()[0].tags == {"provider": "openai", "model": "qwen3-coder:30b"}


def test_a_cost_of_a_millionth_of_a_dollar_is_sent(agent: ListeningAgent, metrics: DatadogMetrics) -> None:
    metrics.record_call(dataclasses.replace(ANSWERED, cost_usd=Decimal("0.0000015"), usage=None))

    assert agent.metrics()[-1] == Metric("quartet.llm.cost_usd", "c", 0.0000015, SOL)


def test_tags_of_ones_own_and_of_the_environment_are_on_every_figure(
    agent: ListeningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DD_ENV", "staging")
    metrics = DatadogMetrics("127.0.0.1", agent.port, tags=("team:payments",))

    for event in EVENTS.values():
        metrics.record(event)
    metrics.close()

    assert {(sent.tags["team"], sent.tags["env"]) for sent in agent.metrics()} == {("payments", "staging")}


def test_an_agent_that_is_gone_costs_no_error_and_one_that_is_back_is_told() -> None:
    with ListeningAgent() as gone:
        port = gone.port
    metrics = DatadogMetrics("127.0.0.1", port)
    for event in [*EVENTS.values()] * 20:
        metrics.record(event)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as back:
        back.bind(("127.0.0.1", port))
        metrics.record(EVENTS["a lost ledger"])
        metrics.record(EVENTS["a lost ledger"])
        came = back.recv(65_536)
    metrics.close()

    assert came.startswith(b"quartet.llm.ledger.losses:1|c")


def test_an_agent_that_does_not_read_holds_nobody_up(metrics: DatadogMetrics, agent: ListeningAgent) -> None:
    for _ in range(5_000):
        metrics.record(EVENTS["an answered call"])

    assert 0 < len(agent.metrics()) < 5_000 * 8


def test_the_socket_never_waits(agent: ListeningAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    timeouts: list[float | None] = []
    monkeypatch.setattr(socket.socket, "settimeout", lambda _, seconds: timeouts.append(seconds))
    metrics = DatadogMetrics("127.0.0.1", agent.port)

    metrics.record(EVENTS["a lost ledger"])
    metrics.close()

    assert timeouts == [0]


def test_the_client_sends_nothing_about_itself(
    agent: ListeningAgent, metrics: DatadogMetrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time() + 3_600
    monkeypatch.setattr(time, "time", lambda: later)

    metrics.record(EVENTS["a lost ledger"])

    assert [sent.name for sent in agent.metrics()] == ["quartet.llm.ledger.losses"]


def test_names_are_looked_up_once_and_never_during_a_call(
    agent: ListeningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    look_up = socket.getaddrinfo

    def counted(host: str, *rest: object, **more: object) -> object:
        asked.append(host)
        return look_up(host, *rest, **more)  # type: ignore[arg-type] # passed on as it came

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    metrics = DatadogMetrics("localhost", agent.port)
    for event in EVENTS.values():
        metrics.record(event)
    metrics.close()

    assert asked.count("localhost") == 1
    assert len(agent.metrics()) > len(EVENTS)


def test_a_host_that_nobody_knows_is_an_error_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(OSError, match="'agnet', which no name server knows"):
        DatadogMetrics("agnet")


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datadog.dogstatsd.base", None)

    with pytest.raises(ModuleNotFoundError, match=r"pip install 'quartet-review\[datadog\]'"):
        DatadogMetrics()


def test_threads_lose_no_figure_to_an_agent_that_listens(agent: ListeningAgent, metrics: DatadogMetrics) -> None:
    with ThreadPoolExecutor(4) as pool:
        for writer in [pool.submit(metrics.record_ledger_lost) for _ in range(100)]:
            writer.result()

    assert len(agent.metrics()) == 100


def test_a_process_that_is_killed_and_its_forked_child_have_sent_all_they_recorded(agent: ListeningAgent) -> None:
    program = (
        "import os, signal, sys\n"
        "from llm_runtime.metrics.datadog import DatadogMetrics\n"
        f"metrics = DatadogMetrics('127.0.0.1', {agent.port})\n"
        "metrics.record_ledger_lost()\n"
        "if (child := os.fork()) == 0:\n"
        "    metrics.record_ledger_found()\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
        "metrics.record_ledger_lost()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=50)

    assert ended.returncode == -signal.SIGKILL
    assert [sent.name.rpartition(".")[2] for sent in agent.metrics()] == ["losses", "recoveries", "losses"]
