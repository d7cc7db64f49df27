"""Metadata as it comes back comes in, values of the types that were meant go out; what makes no sense is not there."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from llm_runtime.analytics.columns import PICO
from llm_runtime.analytics.rows import MOST_CHARACTERS
from llm_runtime.database.columns import sound

_LONGEST_ID = 64
_MOST = 2**63 - 1
_MOST_DOLLARS = 9_000_000
_SMALLEST = Decimal(1).scaleb(-PICO)


@dataclass(frozen=True, slots=True)
class Said:
    """Metadata of one observation; each value may be there as it was sent, or as text.

    >>> Said({"round": "2", "priced": "true"}).whole("round"), Said({"priced": True}).truth("priced")
    (2, True)
    """

    metadata: Mapping[str, Any]

    def text(self, key: str) -> str:
        """A name or the like; the empty string where nothing is said."""
        value = self.metadata.get(key)
        # A name of digits alone may come back as a number.
        value = str(value) if type(value) is int else value
        return words(value) if isinstance(value, str) else ""

    def whole(self, key: str, *, most: int = _MOST) -> int | None:
        """A whole number from 0 to ``most``; one beyond that counts as ``most``."""
        number = self.number(key)
        return None if number is None else min(max(0, int(number)), most)

    def number(self, key: str) -> float | None:
        """A number."""
        value = self.metadata.get(key)
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            return None
        try:
            # A float has not enough digits for the largest whole numbers.
            number = int(value) if isinstance(value, str) and value.isdecimal() else float(value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None

    def truth(self, key: str) -> bool | None:
        """Whether something is so; None where nothing is said."""
        return {"true": True, "false": False}.get(str(self.metadata.get(key)).lower())

    def moment(self, key: str) -> datetime | None:
        """A moment, in UTC."""
        try:
            found = datetime.fromisoformat(self.text(key))
        except ValueError:
            return None
        return found.astimezone(UTC) if found.tzinfo else None

    def dollars(self, key: str) -> Decimal | None:
        """An exact amount."""
        return dollars(self.metadata.get(key))

    def data(self, key: str) -> dict[str, Any]:
        """An object of JSON."""
        value = self.metadata.get(key)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return {}
        return dict(value) if isinstance(value, dict) else {}


def dollars(value: object) -> Decimal | None:
    """An amount, as exactly as a row keeps it; None for what is none.

    >>> dollars(0.1), dollars("-0.0000001234567")
    (Decimal('0.100000000000'), Decimal('-1.23457E-7'))
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) > _MOST_DOLLARS:
        return None
    return amount.quantize(_SMALLEST, ROUND_HALF_EVEN)


def words(text: str) -> str:
    """A text as a row will have it, so that it is the same when it is told again."""
    return sound(text)[:MOST_CHARACTERS]


def key_of(text: str) -> str:
    """An id as a row will have it: longer ones than a column holds are told apart by their digest."""
    plain = len(text) <= _LONGEST_ID and text.isprintable() and text.isascii()
    return text if plain else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
