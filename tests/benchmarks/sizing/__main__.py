"""The tables of docs/deploy/sizing.md; ``--measure N`` measures what one review takes before, on N of them.

python -m tests.benchmarks.sizing [--measure N] [--reviews-per-pull 3] [--deliveries-per-pull 20]
    [--busiest-hour 0.15] [--model-seconds 90]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.benchmarks.sizing.reckoning import Assumed, Known
from tests.benchmarks.sizing.tables import tables

MEASURED = Path(__file__).with_name("measured.json")


def main() -> None:
    """Print the tables, from what was measured last or is measured now."""
    usual = Assumed()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--measure", type=int, metavar="REVIEWS", help="measure again, and remember it")
    parser.add_argument("--reviews-per-pull", type=float, default=usual.reviews_per_pull)
    parser.add_argument("--deliveries-per-pull", type=float, default=usual.deliveries_per_pull)
    parser.add_argument("--busiest-hour", type=float, default=usual.busiest_hour)
    parser.add_argument("--model-seconds", type=float, default=usual.model_seconds)
    options = parser.parse_args()
    if options.measure:
        # PostgreSQL and the fakes are loaded where something is measured.
        from tests.benchmarks.sizing.measuring import measure  # noqa: PLC0415

        MEASURED.write_text(json.dumps(measure(options.measure), indent=2) + "\n")
    assumed = Assumed(
        reviews_per_pull=options.reviews_per_pull,
        deliveries_per_pull=options.deliveries_per_pull,
        busiest_hour=options.busiest_hour,
        model_seconds=options.model_seconds,
    )
    sys.stdout.write(tables(json.loads(MEASURED.read_text()), assumed, Known()))


if __name__ == "__main__":
    main()
