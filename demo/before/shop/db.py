"""The database: one connection for each request."""

import sqlite3

from flask import g

PATH = "shop.db"


def connection() -> sqlite3.Connection:
    if "db" not in g:
        g.db = sqlite3.connect(PATH)
        g.db.row_factory = sqlite3.Row
    return g.db
