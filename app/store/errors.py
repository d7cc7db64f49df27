"""What can go wrong in the store beside a database that is down (``app.errors.StoreDown``).

AppError
└── AmbiguousId         several findings have an id that begins so; carries them
"""

from __future__ import annotations

from app.errors import AppError


class AmbiguousId(AppError):
    """Several findings have an id that begins so.

    Attributes:
        ids: Their ids in full, in order.
    """

    def __init__(self, prefix: str, ids: tuple[str, ...]) -> None:
        super().__init__(f"several findings begin with {prefix}: {', '.join(ids)}; name more of the id")
        self.ids = ids
