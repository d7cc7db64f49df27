"""Orders as CSV, line by line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from shop.models import Customer, Order


def header() -> str:
    return "order,customer,total\n"
