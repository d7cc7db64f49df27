"""What one review takes of everything that a deployment has to provide, measured on the whole App.

The App is real (web, two workers, PostgreSQL, Redis with an append-only file that is synced); GitHub and the vendor are
the tests' fakes on loopback, which answer at once. Each pull request is another change of twelve files with a finding.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from tests.app.whole.world import FAULT, Program, World, finds, in_session, world
from tests.fakes.github_app import FakePull
from tests.fakes.models import Answer, Asked
from tests.fakes.postgres_server import postgres

WARMING = 2
_FIRST = 101
_FILES = 12
_LINES = 60
_CHANGED = 20
_CHARACTERS_A_TOKEN = 4
_SEQUENTIAL = 120.0
_DAY = 86_400

KEPT = ("vault", "turn", "delivery")
"""Keys of Redis that stay: answers of GitHub that may serve again, where pull requests stand, deliveries that came."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Everything that has been taken so far."""

    figures: Mapping[str, float]
    rows: Mapping[str, float]
    bytes_of: Mapping[str, float]


class Vendor:
    """Answers at once, and counts what it was asked."""

    def __init__(self) -> None:
        self.calls = 0
        self.characters = 0

    def __call__(self, asked: Asked) -> Answer:
        self.calls += 1
        self.characters += len(asked.prompt)
        return finds(FAULT)(asked)


def measure(reviews: int) -> dict[str, Any]:
    """Figures for one review each, and of the tables rows and bytes.

    Args:
        reviews: How many are made; with few, a table's pages are counted that are not full yet.
    """
    vendor = Vendor()
    numbers = range(_FIRST, _FIRST + WARMING + reviews)
    with (
        _database() as url,
        world(vendor, *map(_pull, numbers), DATABASE_URL=url, QUARTET_SECONDS_BETWEEN_WRITES="0.01") as held,
    ):
        web, workers = held.web(), held.workers()
        for number in numbers[:WARMING]:
            _review(held, [number])
        before = _taken(held, vendor, web, workers, url)
        _review(held, list(numbers[WARMING:]))
        after = _taken(held, vendor, web, workers, url)
        kept = _kept(held, len(numbers))
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "command": f"python -m tests.benchmarks.sizing --measure {reviews}",
        "cores": os.cpu_count(),
        "reviews": reviews,
        "per_review": _each(before.figures, after.figures, reviews),
        "rows": _each(before.rows, after.rows, reviews),
        "bytes": _each(before.bytes_of, after.bytes_of, reviews),
        "redis": kept,
    }


def _each(before: Mapping[str, float], after: Mapping[str, float], reviews: int) -> dict[str, float]:
    found = {name: round((after[name] - before.get(name, 0.0)) / reviews, 4) for name in sorted(after)}
    return {name: figure for name, figure in found.items() if figure}


@contextmanager
def _database() -> Iterator[str]:
    name = f"sizing_{os.getpid()}"
    postgres().execute(f"CREATE DATABASE {name}")
    yield postgres().url.replace("/postgres?", f"/{name}?")


def _pull(number: int) -> FakePull:
    base = {
        f"module_{file}.py": "".join(f"value_{line} = {line}\n" for line in range(_LINES)) for file in range(_FILES)
    }
    head = {
        name: "".join(
            f"value_{line} = {line} + len(str({number}))  # of {name}\n"
            if line < _CHANGED
            else f"value_{line} = {line}\n"
            for line in range(_LINES)
        )
        for name in base
    }
    head["module_0.py"] = head["module_0.py"].replace("value_30 = 30\n", f"{FAULT['quote']}\n")
    return FakePull(number=number, base_files=base, head_files=head)


def _review(held: World, numbers: list[int]) -> None:
    for number in numbers:
        assert held.github.opened(held.app, number) == 202
    for number in numbers:
        held.until_reviewed(number, seconds=_SEQUENTIAL)
    told = {review["pull"] for review in held.app.reviews}
    assert told >= set(numbers), held.said()


def _taken(held: World, vendor: Vendor, web: Program, workers: Program, url: str) -> Taken:
    with held.redis.client() as client:
        # INFO is answered as a mapping.
        redis: Any = client.info()
        redis |= client.info("persistence")
        figures = {
            "redis_file_bytes": float(redis["aof_current_size"]),
            "redis_commands": float(redis["total_commands_processed"]),
            "redis_cpu_seconds": float(redis["used_cpu_user"]) + float(redis["used_cpu_sys"]),
        }
    asked = [(request.method, request.path) for request in held.github.requests]
    writes = [path for method, path in asked if method in ("POST", "PATCH", "PUT") and "graphql" not in path]
    figures |= {
        "github_requests": float(len(asked)),
        "github_writes": float(len(writes)),
        "github_content": float(sum(path.endswith(("/reviews", "/comments")) for path in writes)),
        "model_calls": float(vendor.calls),
        "model_input_tokens": vendor.characters / _CHARACTERS_A_TOKEN,
        "web_cpu_seconds": _processor_seconds(web),
        "worker_cpu_seconds": _processor_seconds(workers),
    }
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        written = connection.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()
        assert written is not None
        figures["database_written_bytes"] = float(written[0])
        names = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        rows = {name: _one(connection, f"SELECT count(*) FROM {name}") for name in names}
        sizes = {name: _one(connection, f"SELECT pg_total_relation_size('{name}')") for name in names}
    return Taken(figures, rows, sizes)


def _kept(held: World, pulls: int) -> dict[str, dict[str, float]]:
    """What Redis goes on knowing of a pull request when all is done: bytes, and for how many days."""
    found: dict[str, dict[str, float]] = {}
    with held.redis.client() as client:
        for kind in KEPT:
            keys = list(client.scan_iter(match=f"quartet:{kind}:*", count=1_000))
            sizes: list[Any] = [client.memory_usage(key) for key in keys]
            days: list[Any] = [client.ttl(key) for key in keys]
            found[kind] = {"bytes": round(sum(sizes) / pulls, 1), "days": round(max(days) / _DAY, 1)}
    return found


def _one(connection: psycopg.Connection[tuple[Any, ...]], statement: str) -> float:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return float(row[0])


def _processor_seconds(program: Program) -> float:
    """What its processes have used so far, with those that have ended."""
    stats = [
        Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in in_session(program.process.pid)
    ]
    return sum(int(ticks) for stat in stats for ticks in stat[11:15]) / os.sysconf("SC_CLK_TCK")
