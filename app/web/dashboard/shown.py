"""What the page of the dashboard is made of, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.web.dashboard.wish import Wish
    from llm_runtime.analytics.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything that the page depends on, beside the database.

    Attributes:
        wish: What was asked for.
        period: Which stretch of time that is.
        repositories: All that may be looked at, in lower case; None for everything.
        name: Of the visitor.
        operator: Whether the visitor may see the queue, too.
        complete: Whether ``repositories`` are all that the visitor may read.
        root: Path of the dashboard, as browsers see it.
        form_token: For the form that signs out; empty where there is no session.
    """

    wish: Wish
    period: Period
    repositories: frozenset[str] | None
    name: str
    operator: bool
    complete: bool
    root: str
    form_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and what it may do in a browser.

    Attributes:
        html: Its text.
        policy: Its Content-Security-Policy.
    """

    html: str
    policy: str


MakePage = Callable[[Shown], Page]
"""Raises ``StoreDown`` where the database does not answer."""
