"""Measure how clients keep a vendor's limits, side by side: ``python -m tests.benchmarks.runtime``.

Each line says how much of the limit was used while there was work (counted by the server), how long all calls took and
what was possible at best, how many 429s and lost calls there were, and how long a call took while all callers had work.
Times are in seconds of a minute that is scaled to ``--minute`` seconds.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

from tests.benchmarks.runtime.competitors import COMPETITORS, Competitor
from tests.benchmarks.runtime.crew import WorkerFailed
from tests.benchmarks.runtime.environments import NotInstallable
from tests.benchmarks.runtime.harness import REAL_MINUTE, Run, Topology, measure
from tests.benchmarks.runtime.idle_key import reviews
from tests.benchmarks.runtime.review_cost import costs
from tests.benchmarks.runtime.shapes import SHAPES, Shape
from tests.benchmarks.runtime.single import measures
from tests.benchmarks.runtime.stores import LEDGERS
from tests.benchmarks.runtime.table import Row, heading, width

TABLES = ("limits", "costs", "single")
_TABLES = "limits (clients side by side), costs (a shared prefix), single (one call, one reservation, one review)"
_TOPOLOGIES = ("1x16", "4x4")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables that are asked for."""
    asked = _parser().parse_args(arguments)
    found: dict[str, list[dict[str, Any]]] = {}
    if "limits" in asked.tables:
        found["limits"] = [row.to_json() for row in _limits(asked)]
    if "costs" in asked.tables:
        print("\nCost of a review of 4 reviewers × 6 chunks on one vendor, by what its server reports")
        found["costs"] = [_shown(cost.line(), asdict(cost)) for cost in costs()]
    if "single" in asked.tables:
        print("\nOne call, one reservation, one refusal, many waits, one review")
        singles = chain(measures(asked.ledgers), reviews(asked.ledgers, minute=asked.minute, seed=asked.seed))
        found["single"] = [_shown(measured.line(), asdict(measured)) for measured in singles]
    if asked.json is not None:
        asked.json.write_text(json.dumps(found, indent=1, default=str) + "\n", encoding="utf-8")


def _shown(line: str, value: dict[str, Any]) -> dict[str, Any]:
    print(line, flush=True)
    return value


def _limits(asked: argparse.Namespace) -> list[Row]:
    clients = [COMPETITORS[name] for name in asked.clients]
    wide = width([client.title for client in clients])
    rows: list[Row] = []
    for shape in (SHAPES[name] for name in asked.shapes):
        for topology in asked.topologies:
            for retry_after in asked.retry_after:
                run = Run(
                    calls=asked.calls,
                    minute=asked.minute,
                    seed=asked.seed,
                    retry_after=retry_after,
                    headers=asked.headers,
                )
                words = "with" if retry_after else "without"
                print(f"\n{shape.title}; {topology}; {run.calls} calls; 429 {words} retry-after")
                print(heading(wide))
                for row in _rows(clients, shape, topology, run, real_minutes=asked.real_minute):
                    print(row.line(wide), flush=True)
                    rows.append(row)
    return rows


def _rows(
    clients: Sequence[Competitor], shape: Shape, topology: Topology, run: Run, *, real_minutes: bool
) -> Iterator[Row]:
    for client in clients:
        if not (client.one_process if topology.processes == 1 else client.many_processes):
            continue
        figures, skipped = None, ""
        if client.real_minute and not real_minutes:
            minutes = round(run.calls / shape.calls_a_minute)
            skipped = f"counts by the calendar's minute; --real-minute takes about {minutes} minutes"
        else:
            try:
                figures = measure(client, shape, topology, run)
            except (NotInstallable, WorkerFailed, ValueError) as error:
                skipped = str(error)
        yield Row(
            shape=shape.name,
            topology=str(topology),
            client=client.name,
            title=client.title,
            minute=REAL_MINUTE if client.real_minute else run.minute,
            retry_after=run.retry_after,
            figures=figures,
            skipped=skipped,
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.runtime", description=__doc__)
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES), metavar="TABLE", help=_TABLES)
    parser.add_argument("--ledgers", nargs="+", choices=LEDGERS, default=list(LEDGERS), help="of the single measures")
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES), metavar="SHAPE")
    parser.add_argument("--clients", nargs="+", choices=COMPETITORS, default=list(COMPETITORS), metavar="CLIENT")
    parser.add_argument("--topologies", nargs="+", type=_topology, default=[_topology(name) for name in _TOPOLOGIES])
    parser.add_argument("--calls", type=int, default=300, help="calls of a run (default 300)")
    parser.add_argument("--minute", type=float, default=6.0, help="seconds that a minute lasts (default 6)")
    parser.add_argument("--seed", type=int, default=1, help="what sizes and latencies are drawn from")
    parser.add_argument(
        "--retry-after",
        type=_with_and_without,
        default=(True,),
        metavar="with|without|both",
        help="whether a 429 says how long to wait (default with)",
    )
    parser.add_argument("--headers", action="store_true", help="let answers carry x-ratelimit-*")
    parser.add_argument("--real-minute", action="store_true", help="run those too who cannot scale a minute")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as JSON")
    return parser


def _topology(text: str) -> Topology:
    found = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not PROCESSESxTHREADS, such as 4x4")
    return Topology(int(found[1]), int(found[2]))


def _with_and_without(text: str) -> tuple[bool, ...]:
    choices = {"with": (True,), "without": (False,), "both": (True, False)}
    if text not in choices:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(choices)}")
    return choices[text]


if __name__ == "__main__":
    main()
