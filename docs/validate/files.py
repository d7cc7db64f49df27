"""Paths of ours in the pages' words in; those where nothing is out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from docs.validate.faults import Fault
from docs.validate.pages import Page

_PATH = re.compile(r"(?P<path>(?P<top>[\w.-]+)/[\w./*@-]*)(?:::?[\w:\[\]-]+)?")
_OURS = frozenset({".ci", "action", "app", "bench", "demo", "docs", "llm_runtime", "reviewers", "tests"})
"""Folders at the top whose files a page names; ``.github`` is not among them: pages speak of their readers', too."""


def file_faults(pages: Sequence[Page], root: Path) -> Iterator[Fault]:
    """Words such as ``app/settings.py`` or ``tests/fakes/`` without such a file, folder or, for ``*``, any of them."""
    for page in pages:
        for word in page.words:
            found = _PATH.fullmatch(word.text)
            if found and found["top"] in _OURS and not _there(found["path"].rstrip("/"), page, root):
                yield Fault(page.path, word.line, f"there is no {word.text}")


def _there(path: str, page: Page, root: Path) -> bool:
    places = (path, posixpath.join(posixpath.dirname(page.path), path))
    return any(next(root.glob(place), None) is not None for place in places)
