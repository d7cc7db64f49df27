"""``python -m docs.changelog TAG``: what CHANGELOG.md says of a release, if the tag is the version that the code has.

The form is that of Keep a Changelog (https://keepachangelog.com/en/1.1.0/).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from app import __version__

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"

_SECTION = re.compile(r"^## \[(?P<name>[^\]]+)\](?P<rest>.*)$", re.MULTILINE)


def sections(text: str) -> dict[str, str]:
    """What is said of each version, newest first; its date or whatever else stands in the heading is left off.

    Example:
        >>> sections("# Changelog\\n\\n## [0.2.0] - 2026-12-01\\n\\n- New.\\n\\n## [0.1.0]\\n\\n- First.\\n")
        {'0.2.0': '- New.', '0.1.0': '- First.'}
    """
    found = list(_SECTION.finditer(text))
    ends = [*(each.start() for each in found[1:]), len(text)]
    return {each["name"]: text[each.end() : end].strip() for each, end in zip(found, ends, strict=True)}


def refusal(tag: str, version: str, text: str) -> str | None:
    """Why a tag cannot be released; None if it can.

    Args:
        tag: As git has it, ``v1.2.3``.
        version: As the code has it.
        text: The changelog.
    """
    if tag != f"v{version}":
        return f"the tag is {tag}, and app/__init__.py says {version}; tag v{version}, or write the version there"
    if not sections(text).get(version):
        return f"CHANGELOG.md says nothing below a heading [{version}]; give [Unreleased] that name, with the day"
    return None


def main(arguments: Sequence[str]) -> int:
    """Print the notes of a release, or why there are none."""
    if len(arguments) != 1:
        sys.stderr.write("name one tag: python -m docs.changelog v1.2.3\n")
        return 2
    text = CHANGELOG.read_text("utf-8")
    reason = refusal(arguments[0], __version__, text)
    if reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    sys.stdout.write(f"{sections(text)[__version__]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
