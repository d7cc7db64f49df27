from __future__ import annotations

import pytest

from reviewers.enclosing import MAX_ENCLOSING_LINES, enclosing_lines, outline

PYTHON = """\
import os


class Store:
    def __init__(self, path):
        self.path = path

    def load(self, name):
        if name:
            return open(self.path + name)
        return None
"""

JAVASCRIPT = """\
export class Cart {
  total(items) {
    let sum = 0;
    for (const item of items) {
      sum += item.price;
    }
    return sum;
  }
}
"""

GO = """\
package store

func (s *Store) Load(name string) error {
\tif name == "" {
\t\treturn nil
\t}
\treturn s.open(name)
}
"""


def _shown(text: str, start: int) -> list[str]:
    file = outline(text)
    return [file.lines[number - 1].strip() for number in enclosing_lines(file, start)]


@pytest.mark.parametrize(
    ("text", "start", "shown"),
    [
        pytest.param(PYTHON, 10, ["class Store:", "def load(self, name):", "if name:"], id="a method in a class"),
        pytest.param(PYTHON, 1, [], id="the first line"),
        pytest.param(PYTHON, 4, [], id="a definition itself"),
        pytest.param(
            JAVASCRIPT,
            5,
            ["export class Cart {", "total(items) {", "let sum = 0;", "for (const item of items) {"],
            id="a method without a keyword",
        ),
        pytest.param(
            GO, 7, ["func (s *Store) Load(name string) error {", 'if name == "" {', "return nil", "}"], id="tabs"
        ),
        pytest.param("x = 1\n\n\ny = 2\n", 4, [], id="no definition"),
        pytest.param("", 1, [], id="an empty file"),
        pytest.param(PYTHON, 400, [], id="beyond the end"),
    ],
)
def test_the_enclosing_definitions_are_shown(text: str, start: int, shown: list[str]) -> None:
    assert _shown(text, start) == shown


def test_a_long_way_to_the_definition_is_shortened() -> None:
    lines = ["def long():", *(f"    step_{number}()" for number in range(500))]

    shown = enclosing_lines(outline("\n".join(lines)), 400)

    assert shown[0] == 1
    assert shown[1:] == tuple(range(400 - MAX_ENCLOSING_LINES // 2, 400))


def test_a_file_with_thousands_of_hunks_is_gone_through_once() -> None:
    text = "\n".join(["class Long:", *(f"    x_{number} = {number}" for number in range(20_000))])

    shown = {enclosing_lines(outline(text), start)[0] for start in range(100, 20_000, 4)}

    assert shown == {1}
    assert outline(text) is outline(text)
