"""What a release is built into, once for all tests of this folder that one process runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOMENT = "1700000000"
"""Seconds since 1970 that files of what is built carry."""


@dataclass(frozen=True, slots=True)
class Built:
    """A wheel and the sdist that it was built from."""

    wheel: Path
    sdist: Path


def listed() -> frozenset[str]:
    """What git knows of, and what it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return frozenset(path for path in answer.stdout.split("\0") if path and (ROOT / path).is_file())


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git lists, in which nobody else writes."""
    copy = tmp_path_factory.mktemp("checkout")
    for path in listed():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, copy / path)
    return copy


@pytest.fixture(scope="session")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sdist, and the wheel that is made of it alone."""
    out = tmp_path_factory.mktemp("built")
    build(checkout, out)
    (wheel,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    return Built(wheel, sdist)


def build(checkout: Path, out: Path, *options: str) -> None:
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), *options, str(checkout)], out)


def run(command: list[str], folder: Path, *, given: str = "", more: Mapping[str, str] | None = None) -> str:
    """What a command prints. Of the environment it has what it needs to be found, and no key."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    environment = kept | {"SOURCE_DATE_EPOCH": MOMENT} | dict(more or {})
    answer = subprocess.run(
        command, cwd=folder, env=environment, input=given, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout
