from __future__ import annotations

import pytest

from reviewers.syntax.uses import uses


@pytest.mark.parametrize(
    ("language", "text", "called"),
    [
        pytest.param("python", "x = cart.total(one(), Money)", {"total", "one"}, id="python"),
        pytest.param("javascript", "const x = new Cart(cart?.total(one), one())", {"Cart", "total", "one"}, id="js"),
        pytest.param("typescript", "of<Row>(x); cart.total<Row>()", {"of", "total"}, id="typescript, with types"),
        pytest.param("go", "package a\nfunc f() { cart.Total(one()) }", {"Total", "one"}, id="go"),
        pytest.param(
            "java", "class A { void f() { new Cart<Row>().total(one()); } }", {"Cart", "total", "one"}, id="j"
        ),
        pytest.param("csharp", "var x = new Cart().Total(One());", {"Cart", "Total", "One"}, id="c#"),
        pytest.param("ruby", "cart.total(one 1) if empty? x", {"total", "one", "empty?"}, id="ruby"),
        pytest.param("php", "<?php $c->total(one(), K::of(1), new Cart(2));", {"total", "one", "of", "Cart"}, id="php"),
        pytest.param("rust", "fn f() { cart.total(); a::of::<T>(1); say!(2) }", {"total", "of", "say"}, id="rust"),
        pytest.param("c", "int f(void) { return cart->total(one()); }", {"total", "one"}, id="c"),
        pytest.param("cpp", "int f() { return a::of(new Cart(1)); }", {"of", "Cart"}, id="c++"),
    ],
)
def test_a_text_calls_these(language: str, text: str, called: set[str]) -> None:
    assert {use.name for use in uses(text, language) if use.called} == called


def test_a_name_is_used_where_it_is_not_called_and_words_are_no_names() -> None:
    found = uses('try:\n    f("Cart")  # Shop\nexcept TooLate:\n    pass\n', "python")

    assert [(use.name, use.line, use.called) for use in found] == [("f", 2, True), ("TooLate", 3, False)]


def test_a_chain_of_calls_as_long_as_a_file_is_read() -> None:
    found = uses("q = q" + ".where(x)\\\n" * 2_000, "python")

    assert sum(use.called for use in found) == 2_000
