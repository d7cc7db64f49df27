"""What an order may be; knows nothing of the web or the database."""

from __future__ import annotations

from dataclasses import dataclass


class OrderRefused(Exception):
    """It cannot be placed."""


@dataclass(frozen=True)
class Order:
    pieces: int

    def check(self) -> None:
        if self.pieces < 1:
            raise OrderRefused("too-few-pieces")
