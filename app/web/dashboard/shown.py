"""What the page of the dashboard is made of, and what comes of it.

Making one takes most of a second, so that a page is made once for all who may see the same. What is a visitor's own is
written in when it is shown: where the page has ``VISITOR`` and ``FORM_TOKEN``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from app.errors import AppError

if TYPE_CHECKING:
    from app.web.dashboard.wish import Wish
    from llm_runtime.analytics.period import Period


VISITOR = f"visitor-{secrets.token_hex(12)}"
"""Stands for the visitor's name; nobody who could write it anywhere knows it."""

FORM_TOKEN = f"form-{secrets.token_hex(12)}"
"""Stands for what the form that signs out sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything that the page depends on, beside the database.

    Attributes:
        wish: What was asked for.
        period: Which stretch of time that is; two that differ by when they end now are the same page.
        allowed: All that may be seen, in lower case; None for everything.
        repositories: Those of them that are looked at; None for everything.
        session: Whether there is one that can be ended; who sends a token along has none.
        complete: Whether ``allowed`` are all that the visitor may read.
        root: Path of the dashboard, as browsers see it.
    """

    wish: Wish
    period: Period = field(compare=False)
    allowed: frozenset[str] | None
    repositories: frozenset[str] | None
    session: bool
    complete: bool
    root: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and what it may do in a browser.

    Attributes:
        html: Its text.
        policy: Its Content-Security-Policy.
    """

    html: str
    policy: str

    def of(self, visitor: str, form_token: str) -> str:
        """Its text for one visitor."""
        return self.html.replace(VISITOR, escape(visitor)).replace(FORM_TOKEN, form_token)


class TookTooLong(AppError):
    """What was asked for cannot be answered while somebody waits."""


MakePage = Callable[[Shown], Page]
"""Raises ``StoreDown`` where the database does not answer, ``TookTooLong`` where it does so too late."""
