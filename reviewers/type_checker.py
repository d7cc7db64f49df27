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


_ROUNDS = 4
"""How often the rest is checked without the files at which mypy stopped."""

_PACKAGES = "a/b/c/d/e/f/g/h"
"""Above each file, so that ``from ... import x`` means something that is not there, and no fault of the file."""


def _checked(settings: Any, folders: Sequence[Path]) -> bool:
    modules = {_placed(file): f"{file.parent.name}/{file.name}" for file in _parsing(folders)}
    for _ in range(_ROUNDS):
        if not modules:
            return True
        output, log, status = api.run([*_options(settings), *modules])
        if status in {0, 1}:
            for line in output.splitlines():
                error = json.loads(line)
                sys.stdout.write(json.dumps({**error, "file": modules[error["file"]]}) + "\n")
            return True
        sys.stderr.write(log)
        stopped = {name for name in modules if name in output or name in log}
        if not stopped:
            return False
        modules = {name: place for name, place in modules.items() if name not in stopped}
    return False


def _parsing(folders: Sequence[Path]) -> Iterator[Path]:
    """The files that are Python: one that is not would keep mypy from checking the others, and is told elsewhere."""
    for file in (file for folder in folders for file in folder.glob("module.*")):
        try:
            ast.parse(file.read_bytes())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        yield file


def _placed(file: Path) -> str:
    """A copy of the file as a module of its own packages, as no two modules may have one name."""
    copy = Path(f"part{file.parent.name}") / _PACKAGES / file.name
    copy.parent.mkdir(parents=True)
    copy.write_bytes(file.read_bytes())
    return str(copy)


def _options(settings: Any) -> Iterator[str]:
    yield from (
        "--config-file=",
        "--cache-dir=/dev/null",
        "--no-incremental",
        "--no-site-packages",
        "--no-error-summary",
    )
    yield from ("--follow-imports=skip", "--ignore-missing-imports", "--output=json", "--no-error-summary")
    yield from ("--namespace-packages", "--explicit-package-bases")
    yield f"--python-version={settings['python_version'] or '3.13'}"
    if not settings["strict_optional"]:
        yield "--no-strict-optional"
    yield from (f"--disable-error-code={code}" for code in settings["disabled"] if code in error_codes)


if __name__ == "__main__":
    sys.exit(main())
