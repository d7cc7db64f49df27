"""An interpreter for each client: a peer's own virtual environment, made when it is first asked for."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

_INSTALL_SECONDS = 600


class NotInstallable(Exception):
    """A peer cannot be installed here; the message is the installer's last line."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Requirements that a client needs beside Python; none is this project's own environment."""

    requirements: tuple[str, ...] = ()

    def python(self) -> Path:
        """The interpreter that has them.

        Raises:
            NotInstallable: The package index or the package does not give them to us.
        """
        if not self.requirements:
            return Path(sys.executable)
        name = hashlib.sha256("\n".join(self.requirements).encode()).hexdigest()[:12]
        folder = cache() / name
        python = folder / "bin" / "python"
        if not (folder / "ready").exists():
            venv.create(folder, with_pip=True, clear=True)
            command = [
                str(python),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                *self.requirements,
            ]
            try:
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False, env=_plain()
                )
            except subprocess.TimeoutExpired:
                raise NotInstallable(f"not installed within {_INSTALL_SECONDS} s") from None
            if done.returncode:
                raise NotInstallable((done.stderr.strip().splitlines() or ["pip gave no reason"])[-1])
            (folder / "ready").write_text("\n".join(self.requirements) + "\n", encoding="utf-8")
        return python


def cache() -> Path:
    """Where the environments are kept between runs: ``quartet-bench`` in the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "quartet-bench"


def _plain() -> dict[str, str]:
    """The environment without what would make a child import from here."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
