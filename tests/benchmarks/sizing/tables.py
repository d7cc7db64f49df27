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


def _needs(needs: Sequence[Needed]) -> Iterator[str]:
    columns: tuple[tuple[str, Callable[[Needed], str]], ...] = (
        ("pull requests a day", lambda need: f"{need.pulls:,}"),
        ("reviews in the busiest hour", lambda need: _number(need.reviews)),
        ("deliveries a second", lambda need: _number(need.deliveries)),
        ("workers", lambda need: f"{need.workers:,}"),
        ("their memory", lambda need: f"{_number(need.worker_gb)} GB"),
        ("their cores", lambda need: _number(need.worker_cores)),
        ("Redis", lambda need: f"{_number(need.redis_mb)} MB"),
        ("database, a day", lambda need: f"{_number(need.database_gb_a_day)} GB"),
        ("database, at last", lambda need: f"{_number(need.database_gb)} GB"),
        ("calls of models a minute", lambda need: _number(need.calls)),
        ("tokens a minute", lambda need: _number(need.tokens)),
    )
    yield "| " + " | ".join(name for name, _ in columns) + " |"
    yield "|" + "---:|" * len(columns)
    for need in needs:
        yield "| " + " | ".join(tell(need) for _, tell in columns) + " |"


def _shares(needs: Sequence[Needed], known: Known) -> Iterator[str]:
    names = [name for name, _ in shares(needs[0], known)]
    yield "| pull requests a day | " + " | ".join(names) + " |"
    yield "|" + "---:|" * (len(names) + 1)
    for need in needs:
        cells = [_share(share) for _, share in shares(need, known)]
        yield f"| {need.pulls:,} | " + " | ".join(cells) + " |"


def _share(share: float) -> str:
    told = f"{_number(share * 100)} %" if share < 1 else f"× {_number(share)}"
    return told if share < 1 else f"**{told}**"


def _number(value: float) -> str:
    """Two digits that count, and no more than the figure deserves."""
    if value >= 10:
        digits = max(len(str(int(value))) - 2, 0)
        return f"{round(value, -digits):,.0f}"
    return f"{value:.2g}"
