from __future__ import annotations

import pytest

from reviewers.verification.quoted import stands_in

SHOWN = """\
FILE shop/orders.py (modified)
--- lines 10 to 14
     9 . class Orders:
    10   def orders_of(db, name):
    11 -     rows = db.execute(SAFE, [name])
    11 +     rows = db.execute("select " + name)
    12 +     if not rows:
    13 +         return []
    14 + )
"""


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        pytest.param('rows = db.execute("select " + name)', True, id="a line"),
        pytest.param('    rows = db.execute("select " + name)\n    if not rows:', True, id="two lines"),
        pytest.param('   11 +     rows = db.execute("select " + name)', True, id="with number and marker"),
        pytest.param("```python\nif not rows:\n```", True, id="in a fence"),
        pytest.param('db.execute("select "', True, id="a piece of a line"),
        pytest.param("execute(SAFE, [name])", True, id="a piece of a removed line"),
        pytest.param("class Orders:", True, id="code around the change"),
        pytest.param("+ name)\nif not rows:\n        return", True, id="pieces at both ends"),
        pytest.param("", False, id="nothing"),
        pytest.param(")", False, id="only a bracket"),
        pytest.param("db.execute(query)", False, id="invented"),
        pytest.param("rows = db.execute(SAFE, [name])\nreturn []", False, id="lines that do not follow one another"),
        pytest.param("orders_o", False, id="a piece of a word"),
        pytest.param("rows", False, id="too little"),
    ],
)
def test_a_quote_counts_where_it_was_shown(quote: str, stands: bool) -> None:
    assert stands_in(quote, [SHOWN]) is stands
