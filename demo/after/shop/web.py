"""The pages of the shop."""

from flask import Flask, abort, jsonify, request, session

from shop import coupons, orders

app = Flask(__name__)


@app.get("/orders")
def order_list():
    page = request.args.get("page", 0, type=int)
    found = orders.orders(session["customer"], page)
    return jsonify(orders=[dict(row) for row in found], pages=orders.pages(session["customer"]))


@app.get("/orders/search")
def order_search():
    return jsonify(orders=orders.search(session["customer"], request.args["q"], request.args.get("sort", "id")))


@app.get("/orders/<int:order_id>")
def order_page(order_id):
    found = orders.order(order_id)
    return jsonify(dict(found)) if found else abort(404)


@app.post("/orders/<int:order_id>/invoice")
def order_invoice(order_id):
    orders.invoice(order_id, request.form["name"])
    return "", 204


@app.post("/coupons")
def redeem_coupon():
    total = coupons.redeem(request.form["code"], session["customer"], float(request.form["total"]))
    return jsonify(total=total)


@app.post("/campaigns")
def campaigns():
    return jsonify(campaigns=coupons.load_campaigns(request.get_data()))


@app.get("/voucher")
def voucher():
    return jsonify(code=coupons.voucher(session["customer"]))
