"""Deliveries from GitHub: which came, and what became of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.store.room import Room, put
from app.store.tables import deliveries
from app.store.values import Delivery, DeliveryState

_COLUMNS = tuple(column.name for column in deliveries.columns if not column.primary_key)


class Deliveries(Room):
    """The part for deliveries."""

    def note_delivery(
        self,
        guid: str,
        *,
        event: str,
        action: str = "",
        repository: str | None = None,
        number: int | None = None,
        installation: int | None = None,
        received_at: datetime,
        state: DeliveryState,
        detail: str = "",
    ) -> None:
        """Note what became of a delivery; the last note counts. What it is about is left out where that is gone by now.

        Args:
            guid: GitHub's name of it.
            event: GitHub's word for what it is about.
            action: GitHub's word for what happened.
            repository: Full name, where it is about one.
            number: The pull request, where it is about one.
            installation: GitHub's number of the installation.
            received_at: When it came.
            state: What became of it.
            detail: Why, in one line.
        """
        with self._database.writing() as connection:
            if installation is not None and self._is_uninstalled(connection, installation):
                repository = number = None
            name = None if repository is None else self._known(connection, repository, installation)
            row = {
                "guid": guid,
                "event": event,
                "action": action,
                "repository": name,
                "number": number,
                "installation": installation,
                "received_at": received_at,
                "handled_at": self._now(),
                "state": state,
                "detail": detail,
            }
            put(connection, deliveries, [row], update=_COLUMNS)

    def delivery(self, guid: str) -> Delivery | None:
        """What is known of a delivery."""
        with self._database.reading() as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.guid == guid)).one_or_none()
        return Delivery(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name for it
