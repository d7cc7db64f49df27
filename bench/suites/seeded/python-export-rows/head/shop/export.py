"""Orders as CSV, line by line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from shop.models import Customer, Order


def header() -> str:
    return "order,customer,total\n"


def lines(year: int) -> Iterator[str]:
    for order in Order.objects.filter(placed__year=year).iterator(chunk_size=2_000):
        customer = Customer.objects.get(pk=order.customer_id)
        buffer = StringIO()
        csv.writer(buffer).writerow([order.number, customer.name, order.total])
        yield buffer.getvalue()
