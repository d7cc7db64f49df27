"""What pages of HTML are made with: a template, what it may show inline, and code as a reader must see it."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from reviewers.report.visibility import cut, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jinja2 import Template


def template(
    folder: Path, name: str, *, values: Mapping[str, object], filters: Mapping[str, Callable[[str], str]]
) -> Template:
    """A template that escapes whatever it is given, and knows every name or fails.

    Args:
        folder: Where it lies, with those that it includes.
        name: Its file.
        values: What it may use beside what it is rendered with.
        filters: By their names in the template.
    """
    # Imported when a page is made: starting the command line must not wait for a template engine.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - see above

    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(values)
    environment.filters.update(filters)
    return environment.get_template(name)


def content_hash(text: str) -> str:
    """As a Content-Security-Policy names an inline style or script (CSP Level 3, §2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def code_line(text: str, columns: int) -> str:
    """One line of code as a reader must see it, cut after so many characters."""
    return cut(visible(text.removesuffix("\r")), columns)
