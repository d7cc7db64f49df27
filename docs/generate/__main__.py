"""``python -m docs.generate`` writes what is generated; ``--check`` writes nothing and fails where a page is stale."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from docs.generate.parts import DOCS, PAGES, written
from docs.generate.regions import MarksMissing
from docs.generate.troubleshooting import CureMissing


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them.

    Returns:
        0, or 1 where ``--check`` has found a stale page or one cannot be written, or 2 where the arguments are others.
    """
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m docs.generate [--check]\n")
        return 2
    faults = [fault for page in PAGES if (fault := _fault(page, check=bool(arguments)))]
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


def _fault(page: str, *, check: bool) -> str:
    """What is wrong with a page after it was written, or only looked at; mostly nothing."""
    path = DOCS / page
    try:
        text = written(page)
    except (CureMissing, MarksMissing) as error:
        return f"docs/{page}: {error}"
    if text == path.read_text(encoding="utf-8"):
        return ""
    if check:
        return f"docs/{page} is not what the code says; write it anew with python -m docs.generate"
    path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"docs/{page}\n")
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
