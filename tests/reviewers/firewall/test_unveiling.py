"""Quotes of code that was shown with masks and escapes find the code."""

from __future__ import annotations

import pytest

from reviewers.anchoring import place
from reviewers.diff import Diff
from reviewers.firewall.invisible import escaped
from reviewers.firewall.secrets import masked
from reviewers.firewall.unveiling import unveiled
from tests.builders import added_file

KEY = "ghp_" + "a1B2c3D4e" * 4
CODE = f'import os\nTOKEN = "{KEY}"\nif user\u202e.admin:\n    allow()\n'
CHANGE = Diff((added_file("shop/keys.py", CODE),))


@pytest.mark.parametrize(
    ("quote", "line"),
    [
        pytest.param('TOKEN = "ghp_…[masked 36]"', 2, id="a masked line"),
        pytest.param('     2 + TOKEN = "ghp_…[masked 36]"', 2, id="with its number and marker"),
        pytest.param("ghp_…[masked 36]", 2, id="the mask alone"),
        pytest.param("if user<U+202E>.admin:", 3, id="an escaped line"),
        pytest.param('TOKEN  =  "ghp_…[masked 36]"\nif user<U+202E>.admin:', 2, id="both, with other white space"),
    ],
)
def test_a_quote_is_found_where_it_stands(quote: str, line: int) -> None:
    placement = place(CHANGE, path="shop/keys.py", quote=quote)

    assert placement is not None
    assert placement.location.start_line == line
    assert "masked" not in placement.anchor


def test_every_line_is_found_as_it_is_shown() -> None:
    for number, text in enumerate(CODE.splitlines(), start=1):
        placement = place(CHANGE, path="shop/keys.py", quote=masked(escaped(text)))

        assert placement is not None
        assert placement.location.start_line == number


def test_a_mask_of_another_length_finds_nothing() -> None:
    assert unveiled('TOKEN = "ghp_…[masked 35]"', CODE.split("\n")) == 'TOKEN = "ghp_…[masked 35]"'


def test_a_quote_without_masks_is_left_as_it_is() -> None:
    assert unveiled("x = 1 [masked]", ["x = 1"]) == "x = 1 [masked]"


def test_a_path_is_found_as_it_is_shown() -> None:
    change = Diff((added_file("shop/ke\u202eys.py", "x = 1\n"),))

    assert place(change, path="shop/ke<U+202E>ys.py", quote="x = 1") is not None
