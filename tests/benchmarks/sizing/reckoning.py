"""From what one review takes to what so many pull requests a day need: arithmetic, with every assumption named."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.analytics.retention_rules import RULES
from llm_runtime.catalog import find
from llm_runtime.scheduling.tiers import find_limits

PULLS_A_DAY = (100, 1_000, 10_000, 100_000, 1_000_000)

MODEL = "openai/gpt-6.1-sol"
"""Whose published limits stand for a vendor's."""

_GONE_WITH = {"quartet_answered_hunks": "quartet_answers", "quartet_findings": "quartet_reviews"}
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_MB, _GB = 1_000_000, 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What nobody has measured; change it to what you know of your own.

    Attributes:
        reviews_per_pull: Full reviews of a pull request: when it is opened, and after two pushes. A push is asked about
            only where it changes something, so this is more than is to be expected.
        deliveries_per_pull: What GitHub sends for one, comments and checks included.
        busiest_hour: Share of a day's pull requests that come in its busiest hour.
        model_seconds: Time of a review in which its models answer, one after another and at once.
        busy: Share of its time in which a worker works in the busiest hour.
    """

    reviews_per_pull: float = 3.0
    deliveries_per_pull: float = 20.0
    busiest_hour: float = 0.15
    model_seconds: float = 90.0
    busy: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Measured elsewhere, or published.

    Attributes:
        worker_mb: A worker with the SDK of one vendor, at rest (``make bench-app``, docs/operations.md).
        parent_mb: The parent of the workers of a machine (the same).
        web_deliveries: Deliveries a second that one process acknowledges (``make bench-app``).
        overhead_seconds: From a delivery to the review, beside its models (``make bench-app``).
        content_an_hour: What makes content, an hour and installation (GitHub's page on limits).
        requests_an_hour: Requests an hour and installation (the same; up to 12,500 for large ones).
    """

    worker_mb: float = 106.0
    parent_mb: float = 74.0
    web_deliveries: float = 315.0
    overhead_seconds: float = 0.5
    content_an_hour: float = 500.0
    requests_an_hour: float = 5_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What so many pull requests a day need, in the busiest hour where it is a rate.

    Attributes:
        pulls: Pull requests a day.
        reviews: An hour.
        deliveries: A second.
        workers: Processes that review, half of their time.
        worker_gb: Their memory.
        worker_cores: Their processor time.
        redis_mb: Data in Redis.
        redis_core: Share of the one core that Redis uses.
        database_gb_a_day: By which the database grows.
        database_gb: Its size when it grows no more, because what is old is deleted.
        written_mb: What PostgreSQL writes ahead, a second.
        calls: Of models, a minute.
        tokens: Sent to models, a minute.
        content: Written to GitHub so that people see it, an hour.
        requests: To GitHub, an hour.
    """

    pulls: int
    reviews: float
    deliveries: float
    workers: int
    worker_gb: float
    worker_cores: float
    redis_mb: float
    redis_core: float
    database_gb_a_day: float
    database_gb: float
    written_mb: float
    calls: float
    tokens: float
    content: float
    requests: float


def needed(pulls: int, measured: Mapping[str, Any], assumed: Assumed, known: Known) -> Needed:
    """What so many pull requests a day need.

    Args:
        pulls: A day.
        measured: What ``measuring.measure`` returns.
        assumed: What nobody has measured.
        known: What was measured elsewhere.
    """
    each, sizes = measured["per_review"], measured["bytes"]
    daily = pulls * assumed.reviews_per_pull
    hourly = daily * assumed.busiest_hour
    busy_seconds = hourly * (assumed.model_seconds + known.overhead_seconds)
    # One beside, which answers people while the others review.
    workers = math.ceil(busy_seconds / _HOUR / assumed.busy) + 1
    kept = sum(size * _days(table) for table, size in sizes.items())
    return Needed(
        pulls=pulls,
        reviews=hourly,
        deliveries=pulls * assumed.deliveries_per_pull * assumed.busiest_hour / _HOUR,
        workers=workers,
        worker_gb=(workers * known.worker_mb + math.ceil(workers / 3) * known.parent_mb) / 1_000,
        worker_cores=hourly * each["worker_cpu_seconds"] / _HOUR,
        redis_mb=pulls * _kept_bytes(measured["redis"], assumed) / _MB,
        redis_core=hourly * each["redis_cpu_seconds"] / _HOUR,
        database_gb_a_day=daily * sum(sizes.values()) / _GB,
        database_gb=daily * kept / _GB,
        written_mb=hourly * each["database_written_bytes"] / _HOUR / _MB,
        calls=hourly * each["model_calls"] / _MINUTE,
        tokens=hourly * each["model_input_tokens"] / _MINUTE,
        content=hourly * each["github_content"],
        requests=hourly * each["github_requests"],
    )


def _kept_bytes(redis: Mapping[str, Mapping[str, float]], assumed: Assumed) -> float:
    """What Redis holds for each pull request a day, once as much is forgotten as comes in."""
    times = {"delivery": assumed.deliveries_per_pull}
    return sum(kept["bytes"] * kept["days"] * times.get(kind, 1.0) for kind, kept in redis.items())


def _days(table: str) -> float:
    """How long a row of a table is kept, unless somebody says otherwise; for good counts as the longest of all."""
    days = {rule.name: rule.days for rule in RULES}
    longest = max(day for day in days.values() if day)
    return days.get(_GONE_WITH.get(table, table)) or longest


def shares(need: Needed, known: Known) -> Iterator[tuple[str, float]]:
    """How much of one of each is used; above 1, one is not enough."""
    yield "an installation's writes", need.content / known.content_an_hour
    yield "an installation's requests", need.requests / known.requests_an_hour
    for tier in ("tier1", "tier5"):
        limits = find_limits(find(MODEL), tier=tier)
        yield (
            f"a vendor's {tier}",
            max(
                need.calls / (limits.requests_per_minute or math.inf),
                need.tokens / (limits.input_tokens_per_minute or math.inf),
            ),
        )
    yield "a web process", need.deliveries / known.web_deliveries
    yield "a core of Redis", need.redis_core
    yield "a host of 8 cores and 32 GB for workers", max(need.worker_cores / 8, need.worker_gb / 32)
    yield "a disk of 1 TB for PostgreSQL", need.database_gb / 1_000
