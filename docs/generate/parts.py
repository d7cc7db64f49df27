"""The registry of what is generated: one line for each part of a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from docs.generate import command_line, configuration, models, reviewers, troubleshooting
from docs.generate.regions import placed

DOCS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page.

    Attributes:
        page: The page's file below ``docs/``.
        name: Between which marks it stands.
        render: Writes it.
    """

    page: str
    name: str
    render: Callable[[], str]


PARTS: tuple[Part, ...] = (
    Part(configuration.PAGE, "configuration", lambda: configuration.rendered(DOCS)),
    Part(command_line.PAGE, "command line", command_line.rendered),
    Part(reviewers.PAGE, "reviewers", reviewers.rendered),
    Part(models.PAGE, "defaults", models.defaults),
    Part(models.PAGE, "catalogue", models.catalogue),
    Part(troubleshooting.PAGE, "messages", lambda: troubleshooting.rendered(DOCS.parent)),
)


PAGES: tuple[str, ...] = tuple(dict.fromkeys(part.page for part in PARTS))
"""Every page with a generated part."""


def written(page: str) -> str:
    """A page with its generated parts as they have to be.

    Raises:
        MarksMissing: The page has not the marks of a part that is to stand in it.
        CureMissing: A message of the program has no cure.
    """
    text = (DOCS / page).read_text(encoding="utf-8")
    for part in PARTS:
        if part.page == page:
            text = placed(text, part.name, part.render())
    return text
