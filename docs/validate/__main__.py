"""``python -m docs.validate``: every fault on a line of its own; status 1 if there is one."""

from __future__ import annotations

import sys
from pathlib import Path

from docs.validate.docstrings import docstring_faults
from docs.validate.sources import modules

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Check everything, say what is wrong, and return the exit status."""
    faults = sorted(docstring_faults(modules(ROOT)))
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
