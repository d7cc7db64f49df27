"""Ninety days of reviews by chance, in the proportions of real ones: rows of the tables, as the drivers take them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

BEGAN = datetime(2026, 8, 23, tzinfo=UTC)
DAYS = 90
ASKERS = ("security", "bugs", "architecture", "performance", "verification", "ask")
MODELS = (
    ("anthropic", "claude-sonnet-5-5"),
    ("openai", "gpt-5.6"),
    ("gemini", "gemini-3.8-flash"),
    ("anthropic", "claude-haiku-5-5"),
    ("openai", "gpt-5.6-mini"),
    ("gemini", "gemini-4-argon"),
)
_SHARES = (40, 25, 15, 10, 6, 4)
_PRICES = (3_000_000, 2_500_000, 300_000, 1_000_000, 250_000, 2_000_000)
"""Of a token of input, in millionths of a millionth of a dollar; output costs five times as much."""
_ERRORS = ("RateLimited", "Overloaded", "TimedOut", "ServerFailed", "Refused")
_REPOSITORIES = 200

Line = tuple[object, ...]


@dataclass(slots=True)
class Rows:
    """Of one table after the other; within a batch, traces come first."""

    traces: list[Line] = field(default_factory=list)
    generations: list[Line] = field(default_factory=list)
    events: list[Line] = field(default_factory=list)
    executions: list[Line] = field(default_factory=list)


VARIANTS = tuple(
    (
        hashlib.sha256(f"{asker}\n{version}".encode()).hexdigest(),
        asker,
        hashlib.sha256(version.encode()).hexdigest()[:12],
    )
    for asker in ASKERS
    for version in ("before", "after")
)
"""Two wordings of every asker's prompt: id, name, version; the second one from the middle of the time on."""


def history(calls: int, *, a_batch: int = 2_000) -> Iterator[Rows]:
    """Rows for about so many calls, a few thousand reviews at a time, in the order of time."""
    chance = random.Random(20_261_121)
    # 5 askers x 3.3 calls.
    traces = max(1, round(calls / 16.6))
    rows = Rows()
    for number in range(traces):
        _review(chance, rows, number, BEGAN + timedelta(days=DAYS) * (number / traces))
        if len(rows.traces) == a_batch:
            yield rows
            rows = Rows()
    if rows.traces:
        yield rows


def _review(chance: random.Random, rows: Rows, number: int, began: datetime) -> None:
    trace, pull, head = f"{chance.getrandbits(128):032x}", number // 3, f"{chance.getrandbits(160):040x}"
    # A few repositories have most of the work.
    repository = f"octo-{int(_REPOSITORIES * random.Random(pull).random() ** 2):03d}/service"
    late = began > BEGAN + timedelta(days=DAYS / 2)
    moment = began
    for asker in chance.sample(ASKERS, chance.randint(4, 6)):
        variant = VARIANTS[2 * ASKERS.index(asker) + late][0]
        (first,) = chance.choices(range(len(MODELS)), _SHARES)
        parent = hashlib.sha256(f"{trace}\n{asker}".encode()).hexdigest()[:16]
        for _ in range(chance.randint(1, 3)):
            question = f"{chance.getrandbits(256):064x}"
            for attempt in range(1 + (chance.random() < 0.5) + (chance.random() < 0.1)):
                moment += timedelta(milliseconds=chance.randint(5, 900))
                model = first if attempt < 2 else (first + 1) % len(MODELS)
                failed = chance.random() < 0.04
                # In a log-normal way: a median of 6 s, one of a hundred above 40 s.
                latency = max(80, round(chance.lognormvariate(8.7, 0.8)))
                wait = round(chance.expovariate(1 / 4_000)) if chance.random() < 0.12 else 0
                tokens, output = chance.randint(800, 24_000), chance.randint(40, 1_800)
                cached = tokens // 2 if chance.random() < 0.6 else 0
                price = _PRICES[model]
                whole, read, written = (tokens - cached) * price, cached * price // 10, output * price * 5
                known = not failed and chance.random() < 0.99
                provider, name = MODELS[model]
                rows.generations.append(
                    (
                        trace, f"{chance.getrandbits(64):016x}", parent, question, attempt, asker, repository, pull,
                        provider, name, "" if failed else name, "tier-2", "primary" if model == first else "fallback",
                        variant, *((None,) * 5 if failed else (tokens, cached, 0, output, output // 3)),
                        *((whole + read + written, whole, read, 0, written, cached * price * 9 // 10)
                          if known else (None,) * 6),
                        moment, latency, None, wait, "failed" if failed else "answered",
                        chance.choice(_ERRORS) if failed else None,
                        f"{chance.getrandbits(256):064x}", tokens * 4, *((None, None) if failed else
                        (f"{chance.getrandbits(256):064x}", output * 4)), None, None, None,
                    )
                )  # fmt: skip
                for kind in ("wait",) * (wait > 0) + ("fallback",) * (model != first) + ("malformed",) * (attempt == 1):
                    event = f"{chance.getrandbits(64):016x}"
                    seconds = wait / 1000 if kind == "wait" else None
                    rows.events.append(
                        (trace, event, parent, asker, kind, provider, name, moment, seconds, None, "{}", None)
                    )
            outcome = chance.choices(("answered", "repaired", "malformed", "failed"), (90, 5, 3, 2))[0]
            rows.executions.append((trace, question, variant, asker, repository, outcome, chance.randint(0, 3), moment))
    rows.traces.append(
        (trace, "review", "app", repository, pull, head, f"job-{number}", 3, "done", began, moment, moment, began, None)
    )
