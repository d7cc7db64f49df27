from __future__ import annotations

import pytest

from reviewers.syntax.imports import Import, imports


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        pytest.param("python", "import os, shop.cart as c", [("os", ()), ("shop.cart", ())], id="python"),
        pytest.param(
            "python",
            "from ..shop import (cart as c,\n  open)\nfrom . import *",
            [("..shop", ("cart", "open")), (".", ("*",))],
            id="python, relative",
        ),
        pytest.param(
            "python", "def f():\n    from shop import cart", [("shop", ("cart",))], id="python, in a function"
        ),
        pytest.param(
            "typescript",
            "import Cart, { open as o, type Row } from './cart'",
            [("./cart", ("open", "Row", "default"))],
            id="typescript",
        ),
        pytest.param("typescript", "import type { Row } from './row'", [("./row", ("Row",))], id="types only"),
        pytest.param("typescript", "export * from './all'\nexport const a = 1", [("./all", ("*",))], id="passed on"),
        pytest.param(
            "javascript",
            "import './style'; const a = require('b'), c = import(`./d`)",
            [("./style", ()), ("b", ()), ("./d", ())],
            id="javascript",
        ),
        pytest.param("javascript", "require(name); require('a' + b)", [], id="a name that is computed"),
        pytest.param(
            "go",
            'package a\nimport (\n\t"fmt"\n\tx "example.org/shop"\n)',
            [("fmt", ()), ("example.org/shop", ())],
            id="go",
        ),
        pytest.param(
            "java",
            "import a.b.Cart;\nimport static a.Shop.open;\nimport a.c.*;",
            [("a.b.Cart", ()), ("a.Shop", ("open",)), ("a.c", ("*",))],
            id="java",
        ),
        pytest.param(
            "csharp",
            "using System;\nusing static A.B;\nusing C = A.D;",
            [("System", ()), ("A.B", ()), ("A.D", ())],
            id="c#",
        ),
        pytest.param("ruby", "require 'json'\nrequire_relative 'cart'", [("json", ()), ("./cart", ())], id="ruby"),
        pytest.param(
            "php",
            "<?php use A\\B; use A\\{C, D as E}; use function A\\f; require __DIR__ . '/x.php';",
            [("A\\B", ()), ("A\\C", ()), ("A\\D", ()), ("A\\f", ()), ("./x.php", ())],
            id="php",
        ),
        pytest.param(
            "rust",
            "use crate::a::{self, b::{C, D as E}};\nmod cart;\nmod here { }",
            [("crate::a", ()), ("crate::a::b", ("C",)), ("crate::a::b", ("D",)), ("self::cart", ())],
            id="rust",
        ),
        pytest.param("c", '#include <stdio.h>\n#include "cart.h"\n', [("stdio.h", ()), ("./cart.h", ())], id="c"),
    ],
)
def test_a_text_imports_these(language: str, text: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(each.module, each.names) for each in imports(text, language)] == expected


def test_an_import_knows_its_line_and_whether_it_is_for_types_only() -> None:
    found = imports("\nimport type { Row } from './row'\nimport { type Cart } from './cart'\n", "typescript")

    assert found == (Import("./row", ("Row",), 2, typing=True), Import("./cart", ("Cart",), 3))


@pytest.mark.parametrize(
    ("text", "typing"),
    [
        pytest.param("if TYPE_CHECKING:\n    import shop\n", True, id="a module"),
        pytest.param("if typing.TYPE_CHECKING:\n    from shop import (\n        cart,\n    )\n", True, id="names"),
        pytest.param("if TYPE_CHECKING:\n    if old:\n        import shop\n", True, id="deeper"),
        pytest.param("if TYPE_CHECKING:\n    pass\nelse:\n    import shop\n", False, id="otherwise"),
        pytest.param("if not TYPE_CHECKING:\n    import shop\n", False, id="not"),
        pytest.param("def f():\n    import shop\n", False, id="late"),
        pytest.param("import shop\n", False, id="always"),
    ],
)
def test_what_python_imports_for_a_type_checker_is_known(text: str, typing: bool) -> None:
    assert [each.typing for each in imports(text, "python")] == [typing]
