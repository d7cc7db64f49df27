"""Pages of the shop."""

from __future__ import annotations

from flask import Blueprint, request

from shop.domain.orders import Order, OrderRefused
from shop.web.translations import translate

pages = Blueprint("shop", __name__)


@pages.post("/orders")
def place() -> tuple[str, int]:
    try:
        Order(int(request.form["pieces"])).check()
    except OrderRefused as refused:
        return str(refused), 422
    return "", 201
