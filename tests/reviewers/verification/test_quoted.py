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
The name was checked before.
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
        pytest.param('db, name):\n    rows = db.execute("select " + name)', True, id="lines as they are now"),
        pytest.param("def orders_of(db, name):\n    rows = db.execute(SAFE", True, id="lines as they were"),
        pytest.param("shop/orders.py", False, id="a file's name"),
        pytest.param("lines 10 to 14", False, id="a heading of a prompt"),
        pytest.param("The name was checked before.", False, id="words of people"),
        pytest.param("return []\nThe name was checked", False, id="code, and words after it"),
        pytest.param("where there are no rows", False, id="words about the change"),
        pytest.param("", False, id="nothing"),
        pytest.param(")", False, id="only a bracket"),
        pytest.param("db.execute(query)", False, id="invented"),
        pytest.param("rows = db.execute(SAFE, [name])\nreturn []", False, id="lines that do not follow one another"),
        pytest.param("orders_o", False, id="a piece of a word"),
        pytest.param("rows", False, id="too little"),
    ],
)
def test_a_quote_counts_where_it_was_shown(quote: str, stands: bool) -> None:
    assert stands_in(quote, ["Return [] where there are no rows.", SHOWN]) is stands
