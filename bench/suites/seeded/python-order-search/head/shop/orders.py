"""Orders, as the support desk looks them up."""

from __future__ import annotations

from shop.database import Connection


def by_number(db: Connection, number: int) -> list[dict[str, object]]:
    """The order with that number, or none."""
    return db.query("select * from orders where number = ?", [number])


def by_customer(db: Connection, name: str, limit: int = 50) -> list[dict[str, object]]:
    """The newest orders of the customers whose name begins so."""
    condition = f"customer like '{name}%'"
    return db.query(f"select * from orders where {condition} order by placed desc limit ?", [limit])
