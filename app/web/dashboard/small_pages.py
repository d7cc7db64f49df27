"""The dashboard's own small pages: signing in, nothing to see, refused."""

from __future__ import annotations

import functools
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response
from markupsafe import Markup

from reviewers.report.pages import content_hash, template

if TYPE_CHECKING:
    from jinja2 import Template

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_FOLDER = Path(__file__).parent / "pages"
_SHARED_STYLE = Path(__file__).parents[1] / "setup" / "pages" / "setup.css"


def refused(root: str, title: str, error: str, status: HTTPStatus) -> Response:
    """The page that says why not.

    Args:
        root: Path of the dashboard.
        title: Its heading.
        error: One sentence or two.
        status: Of the answer.
    """
    return page("refused", title=title, status=status, error=error, root=root)


def page(template_name: str, *, title: str, status: HTTPStatus = HTTPStatus.OK, **values: object) -> Response:
    """A page that nobody keeps, and that runs nothing.

    Args:
        template_name: Of its template: ``sign_in``, ``nothing``, ``refused``.
        title: Its heading.
        status: Of the answer.
        values: What the template shows; all of it is escaped.
    """
    text = _template(template_name).render(title=title, **values)
    response = Response(text, status=status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{content_hash(_style())}'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return response


@functools.cache
def _style() -> str:
    parts = (_SHARED_STYLE, _FOLDER / "dashboard.css")
    return "\n" + "".join(part.read_text(encoding="utf-8") for part in parts)


@functools.cache
def _template(name: str) -> Template:
    # Ours, not a visitor's: a style is no place for escaped characters.
    style = Markup(_style())  # noqa: S704 - see above
    return template(_FOLDER, f"{name}.html.jinja", values={"style": style, "ago": ago}, filters={})


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago a moment is, or in how long it comes, in a few characters.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    >>> ago(datetime(2026, 11, 21, 11, 58, 30, tzinfo=UTC), now), ago(datetime(2026, 11, 21, 13, tzinfo=UTC), now)
    ('90 s ago', 'in 60 min')
    >>> ago(None, now)
    'unknown'
    """
    if moment is None:
        return "unknown"
    seconds = (now - moment).total_seconds()
    size, unit = next((pair for pair in _UNITS if abs(seconds) >= 2 * pair[0] or pair[0] == 1), _UNITS[-1])
    told = f"{round(abs(seconds) / size)} {unit}"
    return f"{told} ago" if seconds >= 0 else f"in {told}"
