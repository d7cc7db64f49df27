"""Orders as CSV, line by line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from shop.models import Order


def header() -> str:
    return "order,customer,total\n"


def lines(year: int) -> Iterator[str]:
    orders = Order.objects.filter(placed__year=year).select_related("customer")
    for order in orders.iterator(chunk_size=2_000):
        buffer = StringIO()
        csv.writer(buffer).writerow([order.number, order.customer.name, order.total])
        yield buffer.getvalue()
