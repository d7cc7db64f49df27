"""The files through which a step speaks to its runner, read as the runner reads them."""

from __future__ import annotations

from pathlib import Path


def outputs_in(path: Path) -> dict[str, str]:
    """``name=value``, or ``name<<DELIMITER``, lines, ``DELIMITER`` (actions/runner, FileCommandManager)."""
    found: dict[str, str] = {}
    lines = iter(path.read_text(encoding="utf-8").split("\n"))
    for line in lines:
        if not line:
            continue
        name, equals, value = line.partition("=")
        before, heredoc, delimiter = line.partition("<<")
        if heredoc and (not equals or len(before) < len(name)):
            body = []
            while (inside := next(lines)) != delimiter:
                body.append(inside)
            found[before] = "\n".join(body)
        else:
            found[name] = value
    return found
