"""Orders: what a customer bought, and what it costs to send it."""

from decimal import Decimal

from shop.db import connection

PAGE_SIZE = 50


def order(order_id, customer):
    return connection().execute(
        "SELECT id, customer, item, total FROM orders WHERE id = ? AND customer = ?", [order_id, customer]
    ).fetchone()


def orders(customer, page):
    return connection().execute(
        "SELECT id, item, total FROM orders WHERE customer = ? ORDER BY id LIMIT ? OFFSET ?",
        [customer, PAGE_SIZE, page * PAGE_SIZE],
    ).fetchall()


def pages(customer):
    count = connection().execute("SELECT count(*) FROM orders WHERE customer = ?", [customer]).fetchone()[0]
    return -(-count // PAGE_SIZE)


def shipping(country, total):
    if total >= 50 or country == "DE":
        return Decimal("0.00")
    return Decimal("4.90")
