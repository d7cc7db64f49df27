"""``python -m docs.validate [PATH …]``: every fault on a line of its own, or those below the paths; status 1 if any."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from docs.validate.commands import command_faults
from docs.validate.configuration import configuration_faults
from docs.validate.docstrings import docstring_faults
from docs.validate.faults import Fault
from docs.validate.files import file_faults
from docs.validate.links import link_faults
from docs.validate.pages import by_path, pages
from docs.validate.sources import modules
from docs.validate.variables import variable_faults

ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Check everything, say what is wrong, and return the exit status.

    Args:
        arguments: Beginnings of paths; with any, what is wrong elsewhere is not told.
        root: Of the project.
    """
    below = tuple(argument.removeprefix("./") for argument in arguments)
    found = sorted({fault for fault in _faults(root) if not below or fault.path.startswith(below)})
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    if found:
        sys.stderr.write(f"the documentation promises {len(found)} things that are not so\n")
    return 1 if found else 0


def _faults(root: Path) -> Iterator[Fault]:
    written = pages(root)
    yield from docstring_faults(modules(root))
    yield from link_faults(by_path(written), root)
    yield from command_faults(written, root)
    yield from variable_faults(written)
    yield from file_faults(written, root)
    yield from configuration_faults(written, root)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
