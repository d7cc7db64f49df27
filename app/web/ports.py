"""What the server speaks to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.queue import JobQueue
    from app.web.dashboard.mounting import Dashboard


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything outside of the server.

    Attributes:
        secret: What GitHub signs its deliveries with.
        queue: Takes what they mean.
        ping_store: Does nothing where the database answers, and raises ``StoreDown`` where it does not.
        dashboard: What people look at in a browser; None where nobody may sign in.
        records_lost: How many records Langfuse or the books have not got in the last day; None where nobody asks. It
            raises ``StoreDown`` where the database does not answer.
        metrics_token: What asks for the figures must send it; without one, only this machine is told them.
    """

    secret: str
    queue: JobQueue
    ping_store: Callable[[], None]
    records_lost: Callable[[], int] | None = None
    metrics_token: str = ""
    dashboard: Dashboard | None = None

    def __repr__(self) -> str:
        """Nothing: the secret and the token must not reach a log."""
        return "Ports()"
