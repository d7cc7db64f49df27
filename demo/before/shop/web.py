"""The pages of the shop."""

from flask import Flask, abort, jsonify, request, session

from shop import orders

app = Flask(__name__)


@app.get("/orders")
def order_list():
    page = request.args.get("page", 0, type=int)
    found = orders.orders(session["customer"], page)
    return jsonify(orders=[dict(row) for row in found], pages=orders.pages(session["customer"]))


@app.get("/orders/<int:order_id>")
def order_page(order_id):
    found = orders.order(order_id, session["customer"])
    return jsonify(dict(found)) if found else abort(404)
