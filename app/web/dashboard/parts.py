"""What the dashboard is made of, once for each process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.queue_view import QueueView
    from app.web.dashboard.cookies import Cookies
    from app.web.dashboard.readable import Readable
    from app.web.dashboard.sessions import Sessions
    from app.web.dashboard.setting import DashboardSetting
    from app.web.dashboard.shown import MakePage
    from app.web.dashboard.visitors import Doorkeeper


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that answering a request needs.

    Attributes:
        setting: How people sign in.
        sessions: Who is signed in.
        doorkeeper: Who may come in.
        ask_github: What the owner of a token may read.
        make_page: The page with the figures.
        view_queue: What is in the queue at this moment.
        cookies: Their names.
        now: The present, in UTC.
    """

    setting: DashboardSetting
    sessions: Sessions
    doorkeeper: Doorkeeper
    ask_github: Callable[[str], Readable]
    make_page: MakePage
    view_queue: Callable[[], QueueView]
    cookies: Cookies
    now: Callable[[], datetime] = _now
