"""The tables of docs/deploy/sizing.md, from what is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from reviewers.report.wording import counted
from tests.benchmarks.sizing.reckoning import PULLS_A_DAY, Assumed, Known, Needed, needed, shares


def tables(measured: Mapping[str, Any], assumed: Assumed, known: Known) -> str:
    """Both tables, and what one review takes, as Markdown."""
    needs = [needed(pulls, measured, assumed, known) for pulls in PULLS_A_DAY]
    parts = (_taken(measured), _needs(needs), _shares(needs, known))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


_WORDS = {
    "worker_cpu_seconds": ("processor time of the worker", "s", 1),
    "web_cpu_seconds": ("processor time of web", "ms", 1_000),
    "redis_cpu_seconds": ("processor time of Redis", "ms", 1_000),
    "redis_file_bytes": ("append-only file of Redis, before it is rewritten", "KB", 0.001),
    "redis_commands": ("commands to Redis", "", 1),
    "database_written_bytes": ("written ahead by PostgreSQL", "KB", 0.001),
    "model_calls": ("calls of models", "", 1),
    "model_input_tokens": ("tokens sent to models, at four characters a token", "", 1),
    "github_requests": ("requests to GitHub", "", 1),
    "github_writes": ("of which write", "", 1),
    "github_content": ("of which make content: a review, a comment", "", 1),
}

_KEPT = {
    "vault": "Redis keeps of each pull request what GitHub answered",
    "turn": "Redis keeps of each pull request where it stands",
    "delivery": "Redis keeps of each delivery that it came",
}


def _taken(measured: Mapping[str, Any]) -> Iterator[str]:
    each = measured["per_review"]
    yield "| one review takes | |"
    yield "|---|---:|"
    for name, (words, unit, factor) in _WORDS.items():
        yield f"| {words} | {_number(each[name] * factor)} {unit} |".replace("  |", " |")
    rows, size = sum(measured["rows"].values()), sum(measured["bytes"].values())
    for kind, words in _KEPT.items():
        kept = measured["redis"][kind]
        yield f"| {words}, for {counted(round(kept['days']), 'day')} | {_number(kept['bytes'])} bytes |"
    yield f"| rows in the database | {_number(rows)} |"
    yield f"| bytes in the database, indexes included | {_number(size / 1_000)} KB |"


_ROWS: tuple[tuple[str, Callable[[Needed], str]], ...] = (
    ("reviews in the busiest hour", lambda need: _number(need.reviews)),
    ("deliveries a second", lambda need: _number(need.deliveries)),
    ("workers", lambda need: _number(need.workers)),
    ("their memory", lambda need: _bytes(need.worker_gb)),
    ("their cores", lambda need: _number(need.worker_cores)),
    ("data in Redis", lambda need: _bytes(need.redis_mb / 1_000)),
    ("database: more a day", lambda need: _bytes(need.database_gb_a_day)),
    ("database: when it grows no more", lambda need: _bytes(need.database_gb)),
    ("written ahead by PostgreSQL, a second", lambda need: _bytes(need.written_mb / 1_000)),
    ("calls of models a minute", lambda need: _number(need.calls)),
    ("tokens sent to models a minute", lambda need: _number(need.tokens)),
)


def _needs(needs: Sequence[Needed]) -> Iterator[str]:
    yield from _heading("pull requests a day", needs)
    for name, tell in _ROWS:
        yield f"| {name} | " + " | ".join(map(tell, needs)) + " |"


def _shares(needs: Sequence[Needed], known: Known) -> Iterator[str]:
    yield from _heading("of one of each is used, at so many a day", needs)
    columns = [dict(shares(need, known)) for need in needs]
    for name in columns[0]:
        yield f"| {name} | " + " | ".join(_share(column[name]) for column in columns) + " |"


def _heading(what: str, needs: Sequence[Needed]) -> Iterator[str]:
    yield f"| {what} | " + " | ".join(f"{need.pulls:,}" for need in needs) + " |"
    yield "|---|" + "---:|" * len(needs)


def _share(share: float) -> str:
    told = f"{_number(share * 100)} %" if share < 1 else f"× {_number(share)}"
    return told if share < 1 else f"**{told}**"


def _number(value: float) -> str:
    """Two digits that count, and no more than the figure deserves."""
    if value >= 10:
        digits = max(len(str(int(value))) - 2, 0)
        return f"{round(value, -digits):,.0f}"
    return f"{value:.2g}"


def _bytes(gigabytes: float) -> str:
    """In the unit that leaves the fewest digits."""
    for unit, factor in (("TB", 1_000), ("GB", 1), ("MB", 0.001)):
        if gigabytes >= factor:
            return f"{_number(gigabytes / factor)} {unit}"
    return f"{_number(gigabytes * 1e6)} KB"
