"""Every figure of the App, one table after another: ``make bench-app``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from tests.benchmarks.app import deliveries, memory, reviews

TABLES: dict[str, Callable[[Sequence[str]], None]] = {
    "deliveries": deliveries.main,
    "reviews": reviews.main,
    "memory": memory.main,
}


def main() -> None:
    """Print the tables that are wanted, by default all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", nargs="+", choices=list(TABLES), default=list(TABLES))
    for name in parser.parse_args().tables:
        sys.stdout.write(f"\n{name}\n")
        TABLES[name](())


if __name__ == "__main__":
    main()
