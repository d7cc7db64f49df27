"""Links of the pages in; those that lead nowhere out. What other sites have is not asked."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from docs.validate.faults import Fault
from docs.validate.pages import At, Page


def link_faults(pages: Mapping[str, Page], root: Path) -> Iterator[Fault]:
    """Files, folders, pictures and headings that are linked to and are not there."""
    for page in pages.values():
        for link in page.links:
            what = _wrong(page, link, pages, root)
            if what:
                yield Fault(page.path, link.line, what)


def _wrong(page: Page, link: At, pages: Mapping[str, Page], root: Path) -> str | None:
    parts = urlsplit(link.text)
    if parts.scheme or parts.netloc:
        return None if parts.scheme != "http" or _local(parts.hostname) else f"{link.text} is not https"
    if not link.text:
        return "a link without a target"
    here = posixpath.dirname(page.path)
    target = posixpath.normpath(posixpath.join(here, unquote(parts.path))) if parts.path else page.path
    if parts.path.startswith("/") or target.startswith(".."):
        return f"{link.text} leads out of the project"
    if not (root / target).exists():
        return f"there is no {target}"
    if parts.fragment and target in pages and parts.fragment not in pages[target].anchors:
        return f"{target} has no heading #{parts.fragment}"
    return None


def _local(host: str | None) -> bool:
    return host in {"localhost", "127.0.0.1"}
