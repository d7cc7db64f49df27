"""The table of errors and strategies in ``docs/fallback.md``, run cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from llm_runtime import errors
from llm_runtime.errors import AllModelsExhausted, AnswerUnusable, Attempt, LLMError
from llm_runtime.fallback import FALLBACK_STRATEGIES, Figures
from llm_runtime.fallback.auto_picker import AutoPickerLLM
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Exchange, Request
from tests.llm_runtime.doubles import FakeClock, completion, spec
from tests.llm_runtime.fallback.doubles import Fallbacks, PriceList, ScheduledDouble

PAGE = (Path(__file__).parents[3] / "docs" / "fallback.md").read_text(encoding="utf-8")
REQUEST = Request(system="Be brief.", question="Why? " * 2_000, max_output_tokens=1_000)
SCHEMA = {"type": "object"}
SECONDS = 30.0
CAP = Decimal("1.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A model of the cast."""

    spec: ModelSpec
    cost: Decimal
    median: float | None
    broken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What the page says of one error under one strategy."""

    error: str
    when: str
    strategy: str
    says: str


def table(page: str, first_heading: str) -> Iterator[dict[str, str]]:
    """The rows under the header whose first column has that name, by the names of the columns."""
    lines = iter(page.splitlines())
    header = next(cells(line) for line in lines if line.startswith(f"| {first_heading} |"))
    next(lines)
    for line in lines:
        if not line.startswith("|"):
            return
        yield dict(zip(header, cells(line), strict=True))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def cast(page: str) -> list[Member]:
    return [
        Member(
            spec=spec(
                row["model"].partition("/")[2],
                row["model"].partition("/")[0],
                window=int(row["window"].replace(",", "")),
                schema=row["schema mode"] == "yes",
            ),
            cost=Decimal(row["cost of the request"].removeprefix("$")),
            median=float(row["median"].removesuffix(" s")) if row["median"].endswith(" s") else None,
            broken=row["state"] == "breaker open",
        )
        for row in table(page, "model")
    ]


def matrix(page: str) -> list[Cell]:
    return [
        Cell(error=row["error"], when=row["when"], strategy=strategy, says=row[strategy])
        for row in table(page, "error")
        for strategy in FALLBACK_STRATEGIES
    ]


def asked(when: str) -> Request:
    """The request of a row."""
    return replace(
        REQUEST,
        schema=SCHEMA if "a schema is asked for" in when else None,
        exchanges=(Exchange(answer="Fine!", reply="Answer in JSON."),) if "again" in when else (),
        timeout_seconds=SECONDS if "deadline" in when else None,
    )


def raised(error: str, when: str) -> LLMError:
    """The error of a row."""
    kind: type[LLMError] = getattr(errors, error)
    if kind is AllModelsExhausted:
        model, last = re.search(r"model, (\S+), was (\w+)", when).groups()  # type: ignore[union-attr] # else the row is wrong
        attempt = Attempt(model=model, error=raised(last, ""), seconds=1.0, cost_usd=None)
        return AllModelsExhausted("all of them failed", attempts=(attempt,))
    if kind is errors.WouldWaitTooLong:
        return errors.WouldWaitTooLong("no room", eta=60.0)
    if kind is errors.Misbuilt:
        return errors.Misbuilt(("it could not work",))
    if issubclass(kind, AnswerUnusable):
        return kind("not usable", completion=completion("Fine!" if "with a text" in when else " "))
    status = re.match(r"\d{3}", when)
    return kind("it failed", status=int(status[0]) if status else None)


def outcome(page: str, cell: Cell) -> str:
    """What really happens: who is asked next, or what the caller sees."""
    primary, *others = cast(page)
    clock, heard = FakeClock(), Fallbacks()
    estimates = PriceList({member.spec.id: member.cost for member in others})
    medians = {member.spec.id: member.median for member in others}
    error = raised(cell.error, cell.when)
    llm = AutoPickerLLM(
        ScheduledDouble(primary.spec, error, clock=clock, seconds=SECONDS),
        [ScheduledDouble(member.spec, completion(member.spec.name), broken=member.broken) for member in others],
        strategy=FALLBACK_STRATEGIES[cell.strategy](Figures(estimate=estimates.estimate, p50=medians.get)),
        clock=clock,
        observer=heard,
        calculator=estimates,
        affordable=lambda cost: cost <= CAP,
    )
    try:
        answer = llm.complete(asked(cell.when))
    except LLMError as caught:
        assert heard.seen == []
        return "raised" if caught is error else "exhausted"
    assert [fallback.chosen.partition("/")[2] for fallback in heard.seen] == [answer.text]
    return answer.text


def mismatches(page: str) -> list[str]:
    return [
        f"{cell.error} ({cell.when}), {cell.strategy}: {happened}, not {cell.says}"
        for cell in matrix(page)
        if (happened := outcome(page, cell)) != cell.says
    ]


@pytest.mark.parametrize("cell", matrix(PAGE), ids=lambda cell: f"{cell.error} {cell.when} {cell.strategy}")
def test_what_the_page_says_is_what_happens(cell: Cell) -> None:
    assert outcome(PAGE, cell) == cell.says


@pytest.mark.parametrize(
    ("row", "wrong", "told"),
    [
        pytest.param(
            "| Refused | | gpt-plain | llama-open |",
            "| Refused | | gpt-plain | gpt-plain |",
            "Refused (), smart: llama-open, not gpt-plain",
            id="another model",
        ),
        pytest.param(
            "| Cancelled | | raised |",
            "| Cancelled | | gpt-plain |",
            "Cancelled (), sequential: raised, not gpt-plain",
            id="a model for an error that is raised",
        ),
        pytest.param(
            "| Overloaded | | gpt-plain |",
            "| Overloaded | | exhausted |",
            "Overloaded (), sequential: gpt-plain, not exhausted",
            id="no model where there is one",
        ),
    ],
)
def test_a_wrong_cell_is_noticed(row: str, wrong: str, told: str) -> None:
    page = PAGE.replace(row, wrong)

    assert page != PAGE
    assert mismatches(page) == [told]


def test_every_kind_of_error_has_a_row() -> None:
    # Packages above this one have kinds of their own, which their layers raise around the chain.
    ours = {kind.__name__ for kind in leaves(LLMError) if kind.__module__ == errors.__name__}
    assert {cell.error for cell in matrix(PAGE)} == ours


def test_every_strategy_has_a_column_and_a_line() -> None:
    (header, *_) = [line for line in PAGE.splitlines() if line.startswith("| error |")]

    assert cells(header)[2:] == list(FALLBACK_STRATEGIES)
    assert [row["name"] for row in table(PAGE, "name")] == [f"`{name}`" for name in FALLBACK_STRATEGIES]


def test_the_rows_of_the_table_differ_enough_to_tell_strategies_apart() -> None:
    columns = {
        strategy: tuple(cell.says for cell in matrix(PAGE) if cell.strategy == strategy)
        for strategy in FALLBACK_STRATEGIES
    }

    assert len(set(columns.values())) == len(columns)


def leaves(kind: type[LLMError]) -> Iterator[type[LLMError]]:
    """The classes of the runtime's own tree that have no class below them."""
    below = [child for child in kind.__subclasses__() if child.__module__ == errors.__name__]
    if not below:
        yield kind
    for child in below:
        yield from leaves(child)


def test_a_fallback_is_never_asked_that_is_too_small_broken_or_too_dear() -> None:
    says = {cell.says for cell in matrix(PAGE)}

    assert says.isdisjoint({"gpt-tiny", "claude-broken", "gemini-dear"})
