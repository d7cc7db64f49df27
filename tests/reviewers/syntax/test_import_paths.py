from __future__ import annotations

from collections.abc import Iterable

import pytest

from reviewers.syntax.import_paths import MOST_FOLDERS, MOST_NAMES, PathIndex, paths_of
from reviewers.syntax.imports import Import


@pytest.mark.parametrize(
    ("imported", "at", "tree", "expected"),
    [
        pytest.param(
            Import("shop.cart"), "main.py", ["shop/cart.py", "shop/__init__.py"], ["shop/cart.py"], id="python"
        ),
        pytest.param(
            Import("shop", ("cart",)),
            "main.py",
            ["shop/cart.py", "shop/__init__.py"],
            ["shop/cart.py"],
            id="python, a module from a package",
        ),
        pytest.param(
            Import("shop", ("cart", "Open")),
            "main.py",
            ["shop/cart.py", "shop/__init__.py"],
            ["shop/cart.py", "shop/__init__.py"],
            id="python, a module and a name",
        ),
        pytest.param(
            Import("..rates", ("of",)),
            "shop/cart/rows.py",
            ["shop/rates.py", "rates.py"],
            ["shop/rates.py"],
            id="python, relative",
        ),
        pytest.param(
            Import(".", ("of",)), "shop/rows.py", ["shop/__init__.py"], ["shop/__init__.py"], id="python, dot"
        ),
        pytest.param(
            Import("shop.cart"), "tests/test_cart.py", ["src/shop/cart.py"], ["src/shop/cart.py"], id="python, in src"
        ),
        pytest.param(
            Import("json"),
            "shop/cart.py",
            ["shop/json.py", "shop/__init__.py"],
            [],
            id="python, the library, not a file beside it",
        ),
        pytest.param(
            Import("./cart"), "web/a.ts", ["web/cart/index.tsx"], ["web/cart/index.tsx"], id="typescript, index"
        ),
        pytest.param(
            Import("../cart.js"), "web/a/b.ts", ["web/cart.ts"], ["web/cart.ts"], id="typescript, as javascript"
        ),
        pytest.param(
            Import("@/cart"), "web/src/a/b.ts", ["web/src/cart.ts"], ["web/src/cart.ts"], id="typescript, alias"
        ),
        pytest.param(Import("react"), "web/a.ts", ["web/react.ts"], [], id="javascript, a package"),
        pytest.param(
            Import("example.org/shop/cart"),
            "main.go",
            ["cart/a.go", "cart/a_test.go", "cart/b.go"],
            ["cart/a.go", "cart/b.go"],
            id="go",
        ),
        pytest.param(Import("net/http"), "main.go", ["net/http/a.go"], [], id="go, the library"),
        pytest.param(
            Import("org.shop.Cart"),
            "src/main/java/org/A.java",
            ["src/main/java/org/shop/Cart.java", "other/Cart.java"],
            ["src/main/java/org/shop/Cart.java"],
            id="java",
        ),
        pytest.param(
            Import("org.shop.Cart.Row"),
            "src/org/A.java",
            ["src/org/shop/Cart.java"],
            ["src/org/shop/Cart.java"],
            id="java, a type within a type",
        ),
        pytest.param(Import("./cart"), "lib/a.rb", ["lib/cart.rb"], ["lib/cart.rb"], id="ruby, relative"),
        pytest.param(Import("shop/cart"), "test/a.rb", ["lib/shop/cart.rb"], ["lib/shop/cart.rb"], id="ruby"),
        pytest.param(
            Import("App\\Shop\\Cart"),
            "src/A.php",
            ["src/Other/Cart.php", "src/Shop/Cart.php"],
            ["src/Shop/Cart.php"],
            id="php",
        ),
        pytest.param(
            Import("crate::shop", ("Cart",)),
            "src/a/b.rs",
            ["src/lib.rs", "src/shop/mod.rs"],
            ["src/shop/mod.rs"],
            id="rust",
        ),
        pytest.param(
            Import("super::cart", ("of",)),
            "src/a/b.rs",
            ["src/lib.rs", "src/a/cart.rs"],
            ["src/a/cart.rs"],
            id="rust, beside",
        ),
        pytest.param(
            Import("self::cart"), "src/lib.rs", ["src/lib.rs", "src/cart.rs"], ["src/cart.rs"], id="rust, mod"
        ),
        pytest.param(Import("./cart.h"), "src/a.c", ["src/cart.h", "src/cart.c"], ["src/cart.h", "src/cart.c"], id="c"),
        pytest.param(Import("shop/cart.h"), "src/a.cc", ["include/shop/cart.h"], ["include/shop/cart.h"], id="c++"),
    ],
)
def test_an_import_means_these_files(imported: Import, at: str, tree: list[str], expected: list[str]) -> None:
    assert list(paths_of(imported, at=at, index=PathIndex(tree))) == expected


def test_a_path_and_an_import_without_end_cost_few_lookups() -> None:
    looked: list[str] = []

    class Counted(PathIndex):
        def present(self, paths: Iterable[str]) -> tuple[str, ...]:
            asked = list(paths)
            looked.extend(asked)
            return super().present(asked)

    at = "/".join(f"d{number}" for number in range(300)) + "/main.py"
    names = tuple(f"name{number}" for number in range(300))

    paths_of(Import("shop", names), at=at, index=Counted(["shop/cart.py"]))

    assert len(looked) < 4 * (MOST_FOLDERS + 1) * (MOST_NAMES + 1) * 4


def test_a_file_is_found_by_the_type_it_is_named_after() -> None:
    index = PathIndex(["app/models/order_line.rb", "src/OrderLine.test.ts", "src/orders.ts"])

    assert index.called_like("OrderLine") == ("app/models/order_line.rb", "src/OrderLine.test.ts")
