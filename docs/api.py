"""``python -m docs.api FOLDER``: pages on every module of the packages, from docstrings; status 1 if one is warned of.

The pages are pdoc's (https://pdoc.dev). Without code in them: each name leads to its place in the repository.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import pdoc
import pdoc.render

from docs.validate.sources import PACKAGES

_REPOSITORY = "https://github.com/OWNER/quartet"


def write_api(out: Path, names: Sequence[str] = PACKAGES, *, repository: str = _REPOSITORY) -> list[str]:
    """Write the pages and return what pdoc complains of.

    Args:
        out: A folder, made where it is missing.
        names: Packages, with all that is in them.
        repository: Address of the repository whose branch ``main`` holds the code.
    """
    pdoc.render.configure(
        docformat="google",
        show_source=False,
        edit_url_map={name: f"{repository}/blob/main/{name}/" for name in PACKAGES},
    )
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        pdoc.pdoc(*names, output_directory=out)
    return [" ".join(str(each.message).split()) for each in complaints]


def main(arguments: Sequence[str]) -> int:
    """Write the pages, say what is wrong with them, and return the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("name one folder: python -m docs.api site/api\n")
        return 2
    complaints = write_api(Path(arguments[0]), repository=os.environ.get("QUARTET_REPOSITORY_URL") or _REPOSITORY)
    sys.stderr.writelines(f"{complaint}\n" for complaint in complaints)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
