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
from pathlib import Path

from tests.benchmarks.runtime.competitors import COMPETITORS, Competitor
from tests.benchmarks.runtime.crew import WorkerFailed
from tests.benchmarks.runtime.environments import NotInstallable
from tests.benchmarks.runtime.harness import REAL_MINUTE, Run, Topology, measure
from tests.benchmarks.runtime.shapes import SHAPES, Shape
from tests.benchmarks.runtime.table import Row, heading, width

_TOPOLOGIES = ("1x16", "4x4")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for every shape and topology that is asked for."""
    asked = _parser().parse_args(arguments)
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
    if asked.json is not None:
        asked.json.write_text(json.dumps([row.to_json() for row in rows], indent=1) + "\n", encoding="utf-8")


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
