"""What the site needs beyond mkdocs: pages from the top of the repository, links that lead out, patterns in the nav.

Pages link as they do in a checkout, where a reader follows ``../README.md``. On the site, what is a page there becomes
a link to the page, and everything else a link to the repository.
"""

from __future__ import annotations

import os
import posixpath
import re
from html import escape, unescape
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Link, Navigation
from mkdocs.structure.pages import Page

PAGES_FROM_THE_TOP = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "README.md": "index.md",
}
"""Files beside ``docs/``, and the page of the site that is meant by a link to them.

The README's page is the site's own first one, which says the same in the site's way.
"""

_LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s#]+)((?:#[^)\s]*)?\))")
_FENCED = re.compile(r"(^ *```.*?^ *```)", re.DOTALL | re.MULTILINE)
_ROW = re.compile(r"^\|.*$", re.MULTILINE)
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_HEAD = re.compile(r"<th(?: [^>]*)?>(.*?)</th>", re.DOTALL)
_CELL = re.compile(r"<td(?=[ >])")
_TAG = re.compile(r"<[^>]+>")
_CODE = re.compile(r"`[^`\n]+`")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put every page that a pattern of the nav names in the pattern's place."""
    config.nav = _expanded(config.nav, Path(config.docs_dir))
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand at the top of the repository."""
    for source, page in PAGES_FROM_THE_TOP.items():
        if page != "index.md":
            text = (Path(config.docs_dir).parent / source).read_text(encoding="utf-8")
            files.append(File.generated(config, page, content=text))
    return files


def on_nav(nav: Navigation, *, config: MkDocsConfig, **_: object) -> Navigation:
    """Lead to the repository, and to the interface of every module where that will be built beside the pages."""
    nav.items.append(Link("Repository", config.extra["repository"]))
    if os.environ.get("QUARTET_SITE_API"):
        nav.items.append(Link("Every module", "api/index.html"))
    return nav


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    """Lead every link to a page of the site, or to the repository."""
    at_top = page.file.src_uri in PAGES_FROM_THE_TOP.values() and page.file.src_uri != "index.md"
    here = "" if at_top else posixpath.join("docs", posixpath.dirname(page.file.src_uri))

    def led(match: re.Match[str]) -> str:
        start, target, end = match.groups()
        return start + _led(target, here, page.file.src_uri, config) + end

    parts = _FENCED.split(markdown)
    # Every second part is code, in which nothing is a link.
    return "".join(part if index % 2 else _bars_kept(_LINK.sub(led, part)) for index, part in enumerate(parts))


def on_page_content(html: str, **_: object) -> str:
    """Give each cell of a table its column's heading, which a telephone shows in place of the head."""
    return _TABLE.sub(lambda table: _labelled(table[0]), html)


def _labelled(table: str) -> str:
    heads = [unescape(_TAG.sub("", head)).strip() for head in _HEAD.findall(table)]
    cells = iter(range(len(_CELL.findall(table))))
    return _CELL.sub(lambda cell: f'{cell[0]} data-label="{escape(heads[next(cells) % len(heads)])}"', table)


def _bars_kept(text: str) -> str:
    """GitHub wants a backslash before a bar in the code of a table's cell; Python-Markdown would show it."""
    return _ROW.sub(lambda row: _CODE.sub(lambda code: code[0].replace("\\|", "|"), row[0]), text)


def _led(target: str, here: str, page: str, config: MkDocsConfig) -> str:
    if "://" in target or target.startswith(("mailto:", "/")):
        return target
    path = posixpath.normpath(posixpath.join(here, target))
    if path in PAGES_FROM_THE_TOP:
        path = posixpath.join("docs", PAGES_FROM_THE_TOP[path])
    inside = path.startswith("docs/") and not path.endswith(".py")
    if inside and not (Path(config.docs_dir).parent / path).is_dir():
        return posixpath.relpath(path.removeprefix("docs/"), posixpath.dirname(page) or ".")
    kind = "tree" if (Path(config.docs_dir).parent / path).is_dir() else "blob"
    return f"{config.extra['repository']}/{kind}/main/{path}"


def _expanded(nav: Any, docs: Path) -> Any:
    """The nav with all that a pattern stands for, such as ``deploy/*.md``, by file name."""
    match nav:
        case dict():
            return {title: _expanded(inner, docs) for title, inner in nav.items()}
        case list():
            return [page for entry in nav for page in _pages(entry, docs)]
        case _:
            return nav


def _pages(entry: Any, docs: Path) -> list[Any]:
    if isinstance(entry, str) and "*" in entry:
        paths = sorted(docs.glob(entry), key=lambda path: (path.name != "index.md", path.name))
        return [path.relative_to(docs).as_posix() for path in paths]
    return [_expanded(entry, docs)]
