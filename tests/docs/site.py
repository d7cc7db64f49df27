"""The documentation, built once for all tests of a process."""

from __future__ import annotations

from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config

from docs.generate.parts import DOCS


def built(folder: Path) -> Path:
    """The site in a folder, as ``mkdocs build --strict`` writes it; a warning ends the build."""
    config = load_config(str(DOCS.parent / "mkdocs.yml"), site_dir=str(folder))
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    return folder
