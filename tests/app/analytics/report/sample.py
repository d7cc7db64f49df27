"""A year of reviews that never were, as the answers that the page is made of."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from llm_runtime.analytics.answer import Answer, Cell, Column, Kind, Share

UNTIL = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
MODELS = (
    "anthropic/claude-opus-4-6",
    "openai/gpt-5.2",
    "gemini/gemini-3-pro-preview",
    "anthropic/claude-haiku-4-5",
    "openai/gpt-5.2-mini",
    "gemini/gemini-3-flash",
    "local/qwen3-coder-30b",
    "openai/o5-deep",
)
REVIEWERS = ("security", "bugs", "performance", "architecture", "verification")


def column(title: str, kind: Kind = Kind.TEXT, key: str = "") -> Column:
    key = key or title.replace(" ", "_").lower()
    return Column(key, title, kind, few=key in {"cost_per_accepted", "p50", "p95", "p99", "median", "low", "high"})


def answer(key: str, title: str, columns: tuple[Column, ...], *rows: tuple[Cell, ...], note: str = "") -> Answer:
    return Answer(key=key, title=title, columns=columns, rows=rows, note=note)


def costs_by_day(days: int, models: tuple[str, ...] = MODELS) -> Answer:
    chance = random.Random(7)
    first = UNTIL.date() - timedelta(days=days - 1)
    rows: list[tuple[Cell, ...]] = [
        (day, model, Decimal(chance.randrange(20, 900)) / 100 / (place + 1))
        for day in (first + timedelta(days=at) for at in range(days))
        if day.weekday() < 5
        for place, model in enumerate(models)
    ]
    columns = (column("Day", Kind.DAY), column("Model"), column("Cost", Kind.DOLLARS))
    return answer("cost-by-day-and-model", "Cost by day and model", columns, *reversed(rows))


def daily(days: int) -> Answer:
    spent = costs_by_day(days)
    by_day: dict[Cell, Decimal] = {}
    for day, cost in zip(spent.values("day"), spent.values("cost"), strict=True):
        by_day[day] = by_day.get(day, Decimal()) + Decimal(str(cost))
    rows: list[tuple[Cell, ...]] = []
    so_far = Decimal()
    for day in sorted(by_day, key=str):
        so_far += by_day[day]
        rows.append((day, by_day[day], so_far, 80, 1))
    columns = (
        column("Day", Kind.DAY),
        column("Cost", Kind.DOLLARS),
        column("Cost until then", Kind.DOLLARS, "cumulated"),
        column("Calls", Kind.COUNT),
        column("Unpriced calls", Kind.COUNT),
    )
    return answer("cost-by-day", "Cost over time", columns, *rows)


def latency(models: tuple[str, ...] = MODELS) -> Answer:
    rows = [(model, 4_000 // (at + 1), 2.1 + at, 9.4 + 4 * at, 21.0 + 11 * at) for at, model in enumerate(models)]
    columns = (
        column("Model"),
        column("Calls", Kind.COUNT),
        column("p50", Kind.SECONDS),
        column("p95", Kind.SECONDS),
        column("p99", Kind.SECONDS),
    )
    return answer("latency", "Time to answer", columns, *rows, note="Answered calls alone.")


def rates(models: tuple[str, ...] = MODELS) -> Answer:
    rows = [
        (model, calls, Share(calls // 40, calls), Share(calls // (9 + at), calls), Share(calls // 5, calls), 81.0 * at)
        for at, model in enumerate(models)
        if (calls := 4_000 // 3**at)
    ]
    columns = (
        column("Model"),
        column("Calls", Kind.COUNT),
        column("Errors", Kind.SHARE),
        column("Fallbacks", Kind.SHARE),
        column("Waits", Kind.SHARE),
        column("Waited", Kind.SECONDS),
    )
    return answer("rates", "Errors, fallbacks and waits", columns, *rows)


def reviewers(names: tuple[str, ...] = REVIEWERS) -> Answer:
    rows = [
        (name, 412, 90 - 20 * at, 40 - 9 * at, 12, Share(40 - 9 * at, 52 - 9 * at), at, Decimal(44 + at), cost)
        for at, name in enumerate(names[:4])
        for cost in (Decimal(44 + at) / (40 - 9 * at),)
    ]
    columns = (
        column("Reviewer"),
        column("Reviews", Kind.COUNT),
        column("Findings", Kind.COUNT),
        column("Accepted", Kind.COUNT),
        column("Dismissed", Kind.COUNT),
        column("Precision", Kind.SHARE),
        column("Gaps", Kind.COUNT),
        column("Cost", Kind.DOLLARS),
        column("Cost per accepted", Kind.DOLLARS),
    )
    last = ("verification", 412, 0, 0, 0, None, 0, Decimal("12.5"), None)
    return answer("reviewers", "Reviewers", columns, *rows, last, note="31 calls have no known price.")


def pull_times() -> Answer:
    columns = (
        column("From opening to", key="measure"),
        column("When", key="phase"),
        column("Pull requests", Kind.COUNT),
        column("Median", Kind.SECONDS),
        column("From", Kind.SECONDS, "low"),
        column("To", Kind.SECONDS, "high"),
        column("First reviewed by Quartet", Kind.SHARE, "by_quartet"),
    )
    return answer(
        "pull-times",
        "Time to the first review and to the merge",
        columns,
        ("the first review", "before the installation", 96, 21_600.0, 14_400.0, 30_000.0, Share(0, 96)),
        ("the first review", "since the installation", 230, 240.0, 200.0, 290.0, Share(221, 230)),
        ("the merge", "before the installation", 90, 150_000.0, 90_000.0, 200_000.0, None),
        ("the merge", "since the installation", 12, None, None, None, None),
    )


def pull_requests(count: int = 200) -> Answer:
    rows = [
        (
            f"acme/{'shop' if at % 3 else 'warehouse-of-things'}#{at}",
            1 + at % 4,
            9 + at,
            Decimal(count - at) / 17,
            0,
            at % 7,
            at % 3,
        )
        for at in range(count)
    ]
    columns = (
        column("Pull request"),
        column("Reviews", Kind.COUNT),
        column("Calls", Kind.COUNT),
        column("Cost", Kind.DOLLARS),
        column("Unpriced calls", Kind.COUNT),
        column("Findings", Kind.COUNT),
        column("Accepted", Kind.COUNT),
    )
    return answer("pull-requests", "Most expensive pull requests", columns, *rows)


def all_together() -> Answer:
    columns = (
        column("Period"),
        column("Reviews", Kind.COUNT),
        column("Pull requests", Kind.COUNT),
        column("Calls", Kind.COUNT),
        column("Unpriced calls", Kind.COUNT),
        column("Cost", Kind.DOLLARS),
        column("Cost per review", Kind.DOLLARS),
        column("Findings", Kind.COUNT),
        column("Accepted", Kind.COUNT),
        column("Dismissed", Kind.COUNT),
        column("Precision", Kind.SHARE),
        column("Cost per accepted", Kind.DOLLARS),
        column("Errors", Kind.SHARE),
        column("Fallbacks", Kind.SHARE),
        column("Waits", Kind.SHARE),
        column("p95", Kind.SECONDS),
    )
    now = (
        "this period", 412, 230, 7_420, 31, Decimal("184.31"), Decimal("0.447"), 240, 106, 48, Share(106, 154),
        Decimal("1.7388"), Share(180, 7_420), Share(640, 7_420), Share(900, 7_420), 17.4,
    )  # fmt: skip
    before = (
        "the period before", 371, 200, 6_020, 0, Decimal("201.10"), Decimal("0.54"), 220, 90, 70, Share(90, 160),
        Decimal("2.23"), Share(120, 6_020), Share(900, 6_020), Share(700, 6_020), 12.4,
    )  # fmt: skip
    return answer("totals", "All together", columns, now, before)
