from __future__ import annotations

import time

import pytest

from reviewers.syntax.grammars import CALLS, DEFINITIONS, NAMES, SymbolKind
from reviewers.syntax.symbols import enclosing, symbols
from reviewers.syntax.uses import uses

PYTHON = """\
import os

@cached
class Cart(Base):
    @property
    def total(
        self,
        rate: int,
    ) -> int:
        def one(): pass
        return one()

async def close(): ...
"""

TYPESCRIPT = """\
export class Cart extends Base {
  private total(rate: number): number { return rate }
  open = (x) => { return x }
}
export const close = async (cart: Cart): Promise<void> => {
  await cart.end()
}
module.exports.pay = function (cart) {}
interface Shop { open(hour: number): void }
type Rate = number
const one = 1
"""

GO = """\
package shop

type (
\tCart struct { rows []int }
\tRate int
)

type Shop interface { Open(hour int) error }

func (c *Cart[T]) Total(rate int) int {
\treturn 1
}

func close() {}
"""

RUST = """\
pub struct Cart { rows: Vec<i32> }

impl<T> Shop for Cart {
    fn open(&self) {}
}
pub fn close(cart: &Cart) -> i32 { 1 }
"""

CPP = """\
#define TWICE(x) ((x) * 2)
namespace shop {
class Cart : Base {
  int total(int rate) { return rate; }
};
class Later;
}
int shop::Cart::close(int x)
{
  return x;
}
template <class T>
T *first(T x) { return x; }
"""

C = """\
struct cart { int rows; };
struct cart *now;
static int *total(struct cart *cart, int rate)
{
  return 0;
}
"""


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        pytest.param(
            "python",
            PYTHON,
            [
                ("type", "Cart", 3, 11, "class Cart(Base)"),
                ("method", "Cart.total", 5, 11, "def total( self, rate: int, ) -> int"),
                ("function", "Cart.total.one", 10, 10, "def one()"),
                ("function", "close", 13, 13, "async def close()"),
            ],
            id="python",
        ),
        pytest.param(
            "typescript",
            TYPESCRIPT,
            [
                ("type", "Cart", 1, 4, "class Cart extends Base"),
                ("method", "Cart.total", 2, 2, "private total(rate: number): number"),
                ("method", "Cart.open", 3, 3, "open = (x)"),
                ("function", "close", 5, 7, "close = async (cart: Cart): Promise<void>"),
                ("function", "pay", 8, 8, "module.exports.pay = function (cart)"),
                ("type", "Shop", 9, 9, "interface Shop"),
                ("method", "Shop.open", 9, 9, "open(hour: number): void"),
                ("type", "Rate", 10, 10, "type Rate = number"),
            ],
            id="typescript",
        ),
        pytest.param(
            "javascript",
            "const shop = {\n  open(x) { return 1 },\n  close: () => 2,\n}\nfunction* rows() {}\n",
            [
                ("function", "open", 2, 2, "open(x)"),
                ("function", "close", 3, 3, "close: ()"),
                ("function", "rows", 5, 5, "function* rows()"),
            ],
            id="javascript",
        ),
        pytest.param(
            "go",
            GO,
            [
                ("type", "Cart", 4, 4, "Cart struct { rows []int }"),
                ("type", "Rate", 5, 5, "Rate int"),
                ("type", "Shop", 8, 8, "Shop interface { Open(hour int) error }"),
                ("method", "Shop.Open", 8, 8, "Open(hour int) error"),
                ("method", "Cart.Total", 10, 12, "func (c *Cart[T]) Total(rate int) int"),
                ("function", "close", 14, 14, "func close()"),
            ],
            id="go",
        ),
        pytest.param(
            "java",
            "class Cart {\n  Cart(int x) {}\n  @Override\n  public int total(int x) {\n    return 1;\n  }\n}\n",
            [
                ("type", "Cart", 1, 7, "class Cart"),
                ("method", "Cart.Cart", 2, 2, "Cart(int x)"),
                ("method", "Cart.total", 3, 6, "@Override public int total(int x)"),
            ],
            id="java",
        ),
        pytest.param(
            "csharp",
            "namespace Shop {\n  class Cart {\n    public int Total(int x) => x;\n    int Rows { get; }\n  }\n}\n",
            [
                ("module", "Shop", 1, 6, "namespace Shop"),
                ("type", "Shop.Cart", 2, 5, "class Cart"),
                ("method", "Shop.Cart.Total", 3, 3, "public int Total(int x)"),
                ("method", "Shop.Cart.Rows", 4, 4, "int Rows { get; }"),
            ],
            id="csharp",
        ),
        pytest.param(
            "ruby",
            "module Shop\n  class Cart < Base\n    def empty?(x)\n      1\n    end\n    def self.of; end\n  end\nend\n",
            [
                ("module", "Shop", 1, 8, "module Shop"),
                ("type", "Shop.Cart", 2, 7, "class Cart < Base"),
                ("method", "Shop.Cart.empty?", 3, 5, "def empty?(x)"),
                ("method", "Shop.Cart.of", 6, 6, "def self.of; end"),
            ],
            id="ruby",
        ),
        pytest.param(
            "php",
            "<?php\nclass Cart {\n  public function total(int $x): int\n  {\n    return;\n  }\n}\nfunction end() {}\n",
            [
                ("type", "Cart", 2, 7, "class Cart"),
                ("method", "Cart.total", 3, 6, "public function total(int $x): int"),
                ("function", "end", 8, 8, "function end()"),
            ],
            id="php",
        ),
        pytest.param(
            "rust",
            RUST,
            [
                ("type", "Cart", 1, 1, "pub struct Cart"),
                ("method", "Cart.open", 4, 4, "fn open(&self)"),
                ("function", "close", 6, 6, "pub fn close(cart: &Cart) -> i32"),
            ],
            id="rust",
        ),
        pytest.param(
            "c",
            C,
            [
                ("type", "cart", 1, 1, "struct cart"),
                ("function", "total", 3, 6, "static int *total(struct cart *cart, int rate)"),
            ],
            id="c",
        ),
        pytest.param(
            "cpp",
            CPP,
            [
                ("function", "TWICE", 1, 1, "#define TWICE(x) ((x) * 2)"),
                ("module", "shop", 2, 7, "namespace shop"),
                ("type", "shop.Cart", 3, 5, "class Cart : Base"),
                ("method", "shop.Cart.total", 4, 4, "int total(int rate)"),
                ("method", "shop.Cart.close", 8, 11, "int shop::Cart::close(int x)"),
                ("function", "first", 12, 13, "T *first(T x)"),
            ],
            id="c++",
        ),
    ],
)
def test_a_text_has_these_definitions(language: str, text: str, expected: list[tuple[str, str, int, int, str]]) -> None:
    found = symbols(text, language)

    assert [
        (symbol.kind.value, symbol.qualified, symbol.start_line, symbol.end_line, symbol.signature) for symbol in found
    ] == expected


@pytest.mark.parametrize("language", DEFINITIONS)
def test_the_tables_name_nodes_that_the_grammar_has(language: str) -> None:
    from ast_grep_py import SgRoot  # noqa: PLC0415 - as in the code

    root = SgRoot("x", language).root()

    for kind in (*DEFINITIONS[language], *CALLS[language], *NAMES[language]):
        root.find_all(kind=kind)


def test_a_language_without_a_table_has_no_definitions() -> None:
    assert symbols("f() { :; }", "bash") == ()
    assert symbols("def f(): pass", "klingon") == ()


def test_the_innermost_definition_around_a_line_comes_first() -> None:
    around = enclosing(symbols(PYTHON, "python"), 10)

    assert [symbol.name for symbol in around] == ["one", "total", "Cart"]


def test_what_stands_in_a_function_is_local() -> None:
    found = {symbol.name: symbol for symbol in symbols(PYTHON, "python")}

    assert found["one"].local
    assert not found["total"].local
    assert found["total"].body_line == 10
    assert found["Cart"].kind is SymbolKind.TYPE


def test_a_fault_in_a_text_leaves_the_definitions_around_it() -> None:
    found = symbols("def f():\n    return 1\n\nx = = 2\n\ndef g():\n    return 2\n", "python")

    assert {"f", "g"} <= {symbol.name for symbol in found}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("javascript", "function f(){\n" * 20_000 + "}\n" * 20_000, id="deep"),
        pytest.param("javascript", "const " + ",\n".join(f"a{n}=()=>1" for n in range(20_000)), id="wide"),
        pytest.param("javascript", "function f(){" * 25_000, id="in one line"),
        pytest.param("python", "q = q" + ".w(x)" * 60_000, id="a chain in one line"),
    ],
)
def test_hostile_texts_end_in_seconds(language: str, text: str) -> None:
    start = time.process_time()

    symbols(text, language)
    uses(text, language)

    assert time.process_time() - start < 10
