"""A Python whose virtual environments already have what these tests have: installing into one takes no network."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.action.runner import ROOT

PACKAGES = Path(pytest.__file__).parent.parent
"""Where these tests' own packages lie."""

_ENTRY = "import sys\nfrom app.cli.main import entry_point\nsys.exit(entry_point())\n"
_VENV = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.action.linked import environment
environment(sys.argv[-1])
"""
_PIP = """\
import pathlib, sys
with (pathlib.Path(sys.prefix) / "installed").open("a") as log:
    log.write(sys.argv[-1] + "\\n")
"""


def linking_python(folder: Path) -> Path:
    """Such a Python: its ``-m venv`` is ours, whatever isolation it is started with."""
    python, packages = _bare(folder)
    (packages / "own" / "venv").mkdir(parents=True)
    (packages / "own" / "venv" / "__init__.py").touch()
    (packages / "own" / "venv" / "__main__.py").write_text(_VENV)
    (packages / "own.pth").write_text(f"import sys; sys.path.insert(0, {str(packages / 'own')!r})\n{PACKAGES}\n")
    return python


def environment(folder: str) -> None:
    """An environment with this repository's code, all packages, and a pip that only writes down its calls."""
    _, packages = _bare(Path(folder))
    (packages / "all.pth").write_text(f"{ROOT}\n{PACKAGES}\n")
    (packages / "pip").mkdir()
    (packages / "pip" / "__init__.py").touch()
    (packages / "pip" / "__main__.py").write_text(_PIP)
    (Path(folder) / "bin" / "quartet").write_text(_ENTRY)
    (Path(folder) / "bin" / "quartet").chmod(0o755)


def _bare(folder: Path) -> tuple[Path, Path]:
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    packages = folder / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    packages.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(base)
    (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n")
    return folder / "bin" / "python", packages
