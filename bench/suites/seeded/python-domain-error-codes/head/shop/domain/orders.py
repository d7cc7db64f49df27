"""What an order may be; knows nothing of the web or the database."""

from __future__ import annotations

from dataclasses import dataclass


class OrderRefused(Exception):
    """It cannot be placed; ``code`` says why, in a word that the views translate."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Order:
    pieces: int

    def check(self) -> None:
        if self.pieces < 1:
            raise OrderRefused("too-few-pieces")
