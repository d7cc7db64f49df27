"""A value of an answer goes in; how people read it, and by what a table is sorted, comes out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.analytics.report.names import name
from llm_runtime.analytics.answer import Cell, Column, Kind, Share

UNKNOWN = "unknown"
TOO_FEW = "not enough data"

_CENT = Decimal("0.01")
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def words(cell: Cell, kind: Kind) -> str:
    """How people read it.

    >>> words(Decimal("1234.5"), Kind.DOLLARS), words(Decimal("0.00042"), Kind.DOLLARS), words(None, Kind.DOLLARS)
    ('$1,234.50', '$0.00042', 'unknown')
    >>> words(0.25, Kind.SECONDS), words(75.0, Kind.SECONDS), words(200_000.0, Kind.SECONDS)
    ('0.25 s', '1 min 15 s', '2 d 8 h')
    >>> words(Share(3, 40), Kind.SHARE), words(Share(3, 4), Kind.SHARE)
    ('7.5\\xa0% (2.6–19.9)', 'not enough data')
    """
    match cell:
        case None:
            return TOO_FEW if kind is Kind.SHARE else UNKNOWN
        case Share():
            return _share(cell)
        case str():
            return name(cell) or "(none)"
        case date():
            return f"{cell:%Y-%m-%d}"
        case Decimal():
            return dollars(cell)
        case _:
            return f"{cell:,.0f}" if kind is Kind.COUNT else seconds(float(cell))


def in_column(cell: Cell, column: Column) -> str:
    """How people read it, where None is either what nobody knows or what there is too little of to tell.

    >>> in_column(None, Column("p95", "Latency", Kind.SECONDS, few=True))
    'not enough data'
    >>> in_column(None, Column("cost", "Cost", Kind.DOLLARS))
    'unknown'
    """
    return TOO_FEW if cell is None and column.few else words(cell, column.kind)


def order(cell: Cell) -> str:
    """By what a table is sorted, as the script takes it: a number, or the empty string where there is none."""
    match cell:
        case None | str():
            return ""
        case Share():
            return f"{cell.value:.6g}" if cell.enough else ""
        case date():
            return str(cell.toordinal())
        case _:
            return f"{cell:.12g}"


def dollars(amount: Decimal) -> str:
    """Cents, or two digits of what is less than a cent.

    >>> dollars(Decimal("0.0000000000004")), dollars(Decimal("-3")), dollars(Decimal(0))
    ('$0.0000000000004', '-$3.00', '$0.00')
    """
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    if size >= _CENT or not size:
        return f"{sign}${size:,.2f}"
    return f"{sign}${size:.{1 - size.adjusted()}f}".rstrip("0")


def seconds(length: float) -> str:
    """Two units at most, the larger first."""
    if length < 1:
        return f"{length:.2f} s"
    if length < _MINUTE:
        return f"{length:.1f} s"
    for unit, size, below, smaller in (("d", _DAY, "h", _HOUR), ("h", _HOUR, "min", _MINUTE), ("min", _MINUTE, "s", 1)):
        if length >= size:
            whole, rest = divmod(round(length / smaller), size // smaller)
            return f"{whole} {unit} {rest} {below}" if rest else f"{whole} {unit}"
    raise AssertionError(length)


def percent(share: float) -> str:
    """A share without its interval.

    >>> percent(0.0754), percent(0.5)
    ('7.5\\xa0%', '50\\xa0%')
    """
    return f"{100 * share:.1f}".removesuffix(".0") + "\u00a0%"


def _share(share: Share) -> str:
    if not share.enough:
        return TOO_FEW
    return f"{percent(share.value)} ({percent(share.low)[:-2]}–{percent(share.high)[:-2]})"
