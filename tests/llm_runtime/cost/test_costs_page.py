"""The page on costs is held to the code: its tables are run, its numbers are the constants."""

from __future__ import annotations

import contextlib
import re
import typing
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from llm_runtime import errors
from llm_runtime.cost.accounts import REMEMBERED_SECONDS
from llm_runtime.cost.budget import LEASE_SECONDS, LOOK_SECONDS, PATIENCE_SECONDS, BudgetEnforcingTracker
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.caps import Cap, Period
from llm_runtime.cost.metered import MeteredLLM
from llm_runtime.errors import (
    AnswerUnusable,
    CircuitOpen,
    ConnectionFailed,
    LLMError,
    ModelUnavailable,
    RequestRejected,
    RequestTooLarge,
    ServerFailed,
    WouldWaitTooLong,
)
from llm_runtime.messages import Call, Completion, Request
from tests.llm_runtime.cost.doubles import Remembering
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, Step, completion, spec

PAGE = (Path(__file__).parent.parent.parent.parent / "docs/costs.md").read_text(encoding="utf-8")
REQUEST = Request(system="Be brief.", question="Why?")
CAP = Cap(scope="run", limit_usd=Decimal(1))
PAID = Decimal("0.003")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first column has that heading."""
    lines = iter(PAGE.splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            break
    next(lines)
    table: list[list[str]] = []
    for line in lines:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table


ENDINGS = rows("the call ended with")


def interrupted(_: Request) -> Completion:
    raise KeyboardInterrupt


def unconnected() -> LLMError:
    error = ConnectionFailed("none")
    error.sent = False
    return error


def ending(name: str) -> Step:
    """What the provider does, by the words of the table."""
    special: dict[str, Step] = {
        "an answer": completion(),
        "an answer without a count of tokens": completion(input_tokens=0, output_tokens=0),
        "`ServerFailed`, an answer that nobody can read": ServerFailed("unread", status=200),
        "`ServerFailed`, status 500": ServerFailed("broken", status=500),
        "`ConnectionFailed`, cut in the middle": ConnectionFailed("cut"),
        "`ConnectionFailed`, where none came about": unconnected(),
        "an interruption (Ctrl-C)": interrupted,
    }
    if name in special:
        return special[name]
    match = re.fullmatch(r"`(\w+)`(, with its tokens)?(, without tokens)?", name)
    assert match is not None, name
    kind: Callable[..., LLMError] = getattr(errors, match[1])
    return kind("so", completion=completion()) if match[2] else kind("so")


def called(step: Step) -> tuple[list[Call], Decimal]:
    """The calls that were told of, and what the cap counts."""
    clock, told = FakeClock(), Remembering()
    budget = BudgetEnforcingTracker([CAP], clock=clock)
    llm = MeteredLLM(ScriptedLLM(spec(), step), CostCalculator(clock), clock, observer=told, budget=budget)
    with contextlib.suppress(LLMError, KeyboardInterrupt):
        llm.complete(REQUEST)
    return [event.call for event in told.events if hasattr(event, "call")], budget.spent(CAP)


@pytest.mark.parametrize(
    ("name", "cost", "counted"),
    [pytest.param(*row, id=row[0]) for row in ENDINGS if row[0] != "an answer at an unknown price"],
)
def test_a_call_costs_and_counts_what_the_page_says(name: str, cost: str, counted: str) -> None:
    most = CostCalculator(FakeClock()).estimate(spec(), REQUEST)

    calls, spent = called(ending(name))

    assert [call.cost_usd for call in calls] == {"by its tokens": [PAID], "unknown": [None], "nothing": [0], "–": []}[
        cost
    ]
    assert spent == {"its cost": PAID, "the most it could cost": most, "nothing": 0}[counted]


def test_an_answer_at_a_price_that_became_unknown_counts_what_it_could_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    most = CostCalculator(FakeClock()).estimate(spec(), REQUEST)
    monkeypatch.setattr(CostCalculator, "cost", lambda *_: None)

    calls, spent = called(completion())

    assert ["an answer at an unknown price", "unknown", "the most it could cost"] in ENDINGS
    assert ([call.cost_usd for call in calls], spent) == ([None], most)


def test_the_page_has_every_error_that_a_provider_raises() -> None:
    named = {name for row in ENDINGS for name in re.findall(r"`(\w+)`", row[0])}

    raised = {leaf for kind in (ModelUnavailable, RequestRejected, AnswerUnusable) for leaf in _leaves(kind)}
    # These are raised before anything is sent.
    assert named == {leaf.__name__ for leaf in raised - {WouldWaitTooLong, CircuitOpen, RequestTooLarge}}


def test_the_page_has_both_kinds_of_every_unusable_answer_that_there_are() -> None:
    named = {row[0] for row in ENDINGS}

    assert {f"`{kind.__name__}`, with its tokens" for kind in AnswerUnusable.__subclasses__()} <= named


@pytest.mark.parametrize("row", rows("period"), ids=lambda row: row[0])
def test_a_period_has_the_account_that_the_page_names(row: list[str]) -> None:
    period, account = Period(row[0].strip("`")), row[2].strip("`")
    cap = Cap(scope="repository", name="acme/shop", limit_usd=Decimal(1), period=period)

    assert account == ("–" if period is Period.CALL else cap.account(datetime(2026, 11, 21, tzinfo=UTC)).name)


def test_the_page_has_every_period() -> None:
    assert {row[0].strip("`") for row in rows("period")} == {period.value for period in Period}


def test_the_caps_of_the_page_can_be_built() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, typing.Any] = {"Cap": Cap, "Period": Period, "Decimal": Decimal}

    exec(code, names)

    assert [str(cap) for cap in names["caps"]] == [
        "each call",
        "review acme/shop#7@c0ffee",
        "repository acme/shop a day",
        "installation 4711 a month",
    ]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("for those of others at most 30 s, looking once a second", (PATIENCE_SECONDS, LOOK_SECONDS) == (30, 1)),
        ("one hour later what it held counts as spent", LEASE_SECONDS == 3_600),
        ("that arrives twice counts once, for one hour", REMEMBERED_SECONDS == 3_600),
    ],
)
def test_the_numbers_of_the_page_are_those_of_the_code(words: str, value: bool) -> None:
    assert words in " ".join(PAGE.split())
    assert value


def _leaves(kind: type[LLMError]) -> set[type[LLMError]]:
    children = kind.__subclasses__()
    # Tests make classes of their own, which are no part of the tree.
    own = [child for child in children if child.__module__ == errors.__name__]
    return {leaf for child in own for leaf in _leaves(child)} if own else {kind}
