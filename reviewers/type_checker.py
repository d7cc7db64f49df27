"""Files with settings beside them in, what mypy says of them out; a program, run with ``python -I``.

Below the working directory lies a folder for each file: ``module.py`` and ``settings.json``. Files with equal settings
are checked in one go, each by itself: they do not import each other, and nothing of this machine's packages is looked
up. Mypy imports nothing that it checks. Printed are mypy's errors as JSON, one a line, with the place as ``file``.
"""

from __future__ import annotations

import ast
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mypy import api
from mypy.errorcodes import error_codes


def main() -> int:
    """Check all that lies there; 0 when mypy could read it, whether it complained or not."""
    groups: dict[str, list[Path]] = defaultdict(list)
    for settings in sorted(Path().glob("*/settings.json")):
        groups[settings.read_text(encoding="utf-8")].append(settings.parent)
    for text, folders in groups.items():
        if not _checked(json.loads(text), folders):
            return 2
    return 0


def _checked(settings: Any, folders: Sequence[Path]) -> bool:
    modules = {_named(file): f"{file.parent.name}/{file.name}" for file in _parsing(folders)}
    if not modules:
        return True
    output, log, status = api.run([*_options(settings), *modules])
    for line in output.splitlines():
        error = json.loads(line)
        sys.stdout.write(json.dumps({**error, "file": modules[error["file"]]}) + "\n")
    sys.stderr.write(log)
    return status in {0, 1}


def _parsing(folders: Sequence[Path]) -> Iterator[Path]:
    """The files that are Python: one that is not would keep mypy from checking the others, and is told elsewhere."""
    for file in (file for folder in folders for file in folder.glob("module.*")):
        try:
            ast.parse(file.read_bytes())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        yield file


def _named(file: Path) -> str:
    """A copy of the file under a name of its own, as no two modules may have one name."""
    copy = Path(f"part{file.parent.name}{file.suffix}")
    copy.write_bytes(file.read_bytes())
    return copy.name


def _options(settings: Any) -> Iterator[str]:
    yield from (
        "--config-file=",
        "--cache-dir=/dev/null",
        "--no-incremental",
        "--no-site-packages",
        "--no-error-summary",
    )
    yield from ("--follow-imports=skip", "--ignore-missing-imports", "--output=json", "--no-error-summary")
    yield f"--python-version={settings['python_version'] or '3.13'}"
    if not settings["strict_optional"]:
        yield "--no-strict-optional"
    yield from (f"--disable-error-code={code}" for code in settings["disabled"] if code in error_codes)


if __name__ == "__main__":
    sys.exit(main())
