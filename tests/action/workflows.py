"""Every workflow that this repository has, shows or writes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
ACTION = ROOT / "action.yml"
TEMPLATES = ROOT / "app" / "initial" / "templates"
TOOLS = Path(sys.executable).parent


@cache
def workflows() -> Mapping[str, Path]:
    """By a short name for a test."""
    folders = (ROOT / ".github" / "workflows", ROOT / "docs" / "workflows", TEMPLATES)
    files = [file for folder in folders for file in sorted(folder.glob("*.yml"))]
    return {str(file.relative_to(ROOT)): file for file in files if file != TEMPLATES / "quartet.yml"}


def ran(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program of this environment, and what it said."""
    return subprocess.run([str(TOOLS / tool), *arguments], capture_output=True, text=True, check=False, timeout=60)
