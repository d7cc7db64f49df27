"""The dashboard's own small pages: signing in, nothing to see, refused."""

from __future__ import annotations

import functools
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response
from markupsafe import Markup

from reviewers.report.pages import content_hash, template

if TYPE_CHECKING:
    from jinja2 import Template

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
    return template(_FOLDER, f"{name}.html.jinja", values={"style": style}, filters={})
