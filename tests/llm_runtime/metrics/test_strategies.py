"""One suite over every strategy."""

from __future__ import annotations

import importlib
import pkgutil
import typing
from collections.abc import Iterator

import pytest

from llm_runtime import metrics
from llm_runtime.events import Event
from llm_runtime.metrics.strategy import MetricsStrategy
from tests.llm_runtime.metrics.happenings import EVENTS, SECRETS
from tests.llm_runtime.metrics.strategies import STRATEGIES, Seen


@pytest.fixture(params=list(STRATEGIES))
def seen(request: pytest.FixtureRequest) -> Iterator[Seen]:
    with STRATEGIES[request.param]() as strategy:
        yield strategy


def test_every_shape_of_an_event_is_among_those_that_are_tested() -> None:
    assert {type(event) for event in EVENTS.values()} == set(typing.get_args(Event))


def test_every_strategy_is_tested() -> None:
    for module in pkgutil.iter_modules(metrics.__path__, f"{metrics.__name__}."):
        importlib.import_module(module.name)
    written = {strategy.__module__ for strategy in MetricsStrategy.__subclasses__()}

    assert {f"{metrics.__name__}.{name}" for name in STRATEGIES} == {
        module for module in written if module.startswith(metrics.__name__)
    }


@pytest.mark.parametrize("name", list(EVENTS))
def test_every_event_leaves_a_figure(seen: Seen, name: str) -> None:
    strategy, figures = seen
    before = figures()

    strategy.record(EVENTS[name])

    assert figures() != before


def test_no_figure_carries_the_name_of_an_account_or_the_text_of_an_error(seen: Seen) -> None:
    strategy, figures = seen

    for event in EVENTS.values():
        strategy.record(event)

    assert "repository" in figures()
    assert [secret for secret in SECRETS if secret in figures()] == []
