"""A runner with spaces and odd characters in its folders, and pythons of every kind."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.action.place import Place, placed
from tests.action.runner import Runner

_NEEDED = ("bash", "cat", "env", "find", "mkdir", "od", "rm", "sha256sum", "sort", "tr", "xargs")
"""What the scripts take from a runner's PATH, beside Python."""


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner without any Python on its PATH."""
    home = tmp_path / "a runner's $HOME; (ö)"
    tools = home / "bin"
    tools.mkdir(parents=True)
    for name in _NEEDED:
        (tools / name).symlink_to(shutil.which(name, path=os.defpath) or shutil.which(name) or name)
    return Runner(home, path=str(tools))


@pytest.fixture
def real_python(runner: Runner) -> Path:
    """The Python of these tests, as ``python3`` on the runner's PATH."""
    path = Path(runner.path) / "python3"
    path.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def script(tmp_path: Path) -> Callable[[Path, str], Path]:
    """``script(path, text)`` is a program that bash runs."""

    def write(path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/usr/bin/env bash\n" + textwrap.dedent(text))
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def place(runner: Runner, tmp_path: Path) -> Iterator[Place]:
    with placed(runner, tmp_path) as place:
        yield place
