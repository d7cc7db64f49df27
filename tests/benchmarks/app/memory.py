"""Memory of the web server and of the workers at rest, and after each has done some work.

    python -m tests.benchmarks.app.memory

Resident is what the process holds, shared with others or not; "shared once" divides what processes share among them.
The App is real (one process that answers, two workers); one vendor has a key, and then all three have one.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.app.whole.world import Program, World, world

LIMIT_MB = 150
_KEYS = {"ANTHROPIC_API_KEY": "any-key", "GEMINI_API_KEY": "any-key"}


@dataclass(frozen=True, slots=True)
class Size:
    """Megabytes of a process.

    Attributes:
        resident: All that it holds.
        shared_once: What it shares with others divided by their number.
    """

    resident: float
    shared_once: float


def _sizes(program: Program) -> Iterator[tuple[str, Size]]:
    """The program that was started, and those that it has started."""
    parent = str(program.process.pid)
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    yield "parent", _size(parent)
    for number, child in enumerate(children, start=1):
        yield f"child {number}", _size(child)


def _size(pid: str) -> Size:
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if ": " in line
    )
    return Size(*(int(fields[name].split()[0]) / 1_024 for name in ("Rss", "Pss")))


def _print(held: World, programs: dict[str, Program], keys: int, when: str) -> None:
    for name, program in programs.items():
        for part, size in _sizes(program):
            over = "  over the limit" if name == "worker" and size.resident >= LIMIT_MB else ""
            print(
                f"{keys:4d}  {when:<14}  {name:<6}  {part:<7}  {size.resident:8.0f}  {size.shared_once:11.0f}{over}",
                flush=True,
            )


def measure(keys: dict[str, str]) -> None:
    """Print a line for each process."""
    with world(None, **keys) as held:
        programs = {"web": held.web(), "worker": held.workers()}
        _print(held, programs, 1 + len(keys), "at rest")
        assert held.github.opened(held.app) == 202
        held.until_reviewed()
        _print(held, programs, 1 + len(keys), "after a review")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None).parse_args(arguments)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; MB; a worker is to stay below {LIMIT_MB}")
    print("keys  when            program  part     resident  shared once")
    measure({})
    measure(_KEYS)


if __name__ == "__main__":
    main()
