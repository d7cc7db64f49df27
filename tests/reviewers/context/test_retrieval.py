from __future__ import annotations

import time

import pytest

from reviewers.context.searching import likely_paths
from reviewers.snapshot import Guidance, LinkedIssue, Said
from tests.reviewers.context.changes import change, pieces

RATES = """\
DEFAULT = 2


def rate_of(country, day):
    if country == "xx":
        raise KeyError(country)
    return DEFAULT


class Money:
    def __init__(self, cents):
        self.cents = cents

    def times(self, factor):
        return Money(self.cents * factor)
"""

CART = """\
from shop.rates import rate_of


def total(rows, country):
    subtotal = sum(rows)
    first = rows[0]
    second = rows[1]
    third = rows[2]
    print(first, second, third)
    return subtotal
"""

NEW_CART = CART.replace("    return subtotal\n", '    return subtotal * rate_of(country, "today")\n')


def labels(found: list[object]) -> list[str]:
    return [getattr(piece, "label", "") for piece in found]


def test_the_definition_of_a_called_function_is_shown_with_its_reason() -> None:
    found = pieces(
        change({"shop/cart.py": CART, "shop/rates.py": RATES}, {"shop/cart.py": NEW_CART, "shop/rates.py": RATES})
    )

    assert found[0].label == "definition of `rate_of`, called in shop/cart.py line 10"
    assert found[0].path == "shop/rates.py"
    assert [number for number, _ in found[0].lines] == [4, 5, 6, 7]
    assert "     4 . def rate_of(country, day):" in found[0].text


def test_a_definition_in_the_same_file_outside_of_the_hunks_is_shown() -> None:
    before = f"{RATES}\n\ndef free():\n    return 0\n"
    after = before.replace("return 0", "return Money(0)")

    found = pieces(change({"shop/rates.py": before}, {"shop/rates.py": after}, around=0))

    assert labels([*found]) == ["definition of `Money`, called in shop/rates.py line 19"]
    assert [number for number, _ in found[0].lines] == [10, 11, 12, 13, 14, 15]


def test_a_name_that_is_defined_in_many_places_is_nobody() -> None:
    before = {f"shop/of_{n}.py": f"def convert(x):\n    return {n}\n" for n in range(3)} | {"a.py": "x = 1\n"}

    found = pieces(change(before, {**before, "a.py": "x = y.convert(1)\n"}))

    assert found == []


def test_an_import_tells_which_of_many_is_meant() -> None:
    before = {f"shop/of_{n}.py": f"def convert(x):\n    return {n}\n" for n in range(3)}
    before |= {"a.py": "from shop.of_1 import convert\n\nx = 1\n"}

    found = pieces(change(before, {**before, "a.py": before["a.py"].replace("x = 1", "x = convert(1)")}))

    assert [piece.path for piece in found] == ["shop/of_1.py"]


def test_a_type_that_is_named_is_shown_after_what_is_called_and_its_long_body_by_its_heads() -> None:
    body = "".join(f"    def step_{n}(self):\n        a = {n}\n        return a\n\n" for n in range(20))
    before = {"shop/long.py": f"class Ledger:\n{body}", "a.py": "from shop.long import Ledger\n\nx = 1\n"}

    (piece,) = pieces(change(before, {**before, "a.py": before["a.py"].replace("x = 1", "x: Ledger = None")}))

    assert piece.label == "definition of `Ledger`, named in a.py line 3"
    assert [line for _, line in piece.lines[:3]] == [
        "class Ledger:", "    def step_0(self):", "    def step_1(self):",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "how"),
    [
        pytest.param(
            "def rate_of(country, day):", "def rate_of(country, day, kind):", "has another signature", id="wider"
        ),
        pytest.param("def rate_of(country, day):", "def rate(country, day):", "is gone", id="renamed"),
    ],
)
def test_callers_of_a_changed_signature_are_shown(old: str, new: str, how: str) -> None:
    before = {"shop/cart.py": NEW_CART, "shop/rates.py": RATES}

    found = pieces(change(before, {**before, "shop/rates.py": RATES.replace(old, new)}))

    caller = next(piece for piece in found if piece.label.startswith("caller"))
    assert caller.label == f"caller of `rate_of`, which {how}"
    assert caller.path == "shop/cart.py"
    assert [number for number, _ in caller.lines] == [4, 7, 8, 9, 10, 11]


def test_callers_of_a_function_whose_body_alone_changes_are_not_shown() -> None:
    before = {"shop/cart.py": NEW_CART, "shop/rates.py": RATES}

    found = pieces(change(before, {**before, "shop/rates.py": RATES.replace("return DEFAULT", "return 3")}))

    assert not [label for label in labels([*found]) if label.startswith("caller")]


@pytest.mark.parametrize(
    ("importing", "shown"),
    [
        pytest.param("from shop.rates import rate_of", True, id="from the changed file"),
        pytest.param("from shop import rate_of", True, id="from the package around it"),
        pytest.param("from bank import rate_of", False, id="from another library"),
        pytest.param("def rate_of(country): pass", False, id="a function of its own"),
    ],
)
def test_a_call_is_of_what_its_file_imports(importing: str, shown: bool) -> None:
    before = {"till.py": f"{importing}\n\n\nrate_of('x')\n", "shop/rates.py": RATES}
    after = {**before, "shop/rates.py": RATES.replace("(country, day)", "(country)")}

    found = [piece.path for piece in pieces(change(before, after)) if piece.label.startswith("caller")]

    assert found == (["till.py"] if shown else [])


def test_callers_of_a_function_of_a_deleted_file_are_shown() -> None:
    found = pieces(change({"shop/cart.py": NEW_CART, "shop/rates.py": RATES}, {"shop/cart.py": NEW_CART}))

    assert labels([*found]) == ["caller of `rate_of`, which is gone"]


def test_the_rest_of_a_small_function_is_shown() -> None:
    before = CART.replace("    subtotal = sum(rows)", "    subtotal = 0")

    found = pieces(change({"a.py": before}, {"a.py": CART}, around=0))

    assert labels([*found]) == ["rest of `total`, which the change is in"]
    assert [number for number, _ in found[0].lines] == [6, 7, 8, 9, 10]


def test_the_test_that_calls_what_is_changed_is_shown() -> None:
    tests = (
        "from shop.cart import total\n\ndef test_a():\n    assert 1\n\ndef test_b():\n    assert total([], 'x') == 0\n"
    )
    before = {"shop/cart.py": CART, "tests/test_cart.py": tests}

    found = pieces(change(before, {**before, "shop/cart.py": NEW_CART}))

    (test,) = [piece for piece in found if piece.label.startswith("test")]
    assert test.label == "test that calls `total`"
    assert [number for number, _ in test.lines] == [6, 7]


def test_what_people_wrote_is_shown_where_it_belongs() -> None:
    snapshot = change(
        {"web/a.py": "x = 1\n"},
        {"web/a.py": "x = 2\n"},
        issues=(LinkedIssue(number=7, title="Twice", body="It must be twice."),),
        threads=(
            Said(path="web/a.py", line=1, author="ann", body="Why not 2?", resolved=True),
            Said(path="other.py", line=1, author="ann", body="Elsewhere", resolved=False),
        ),
        folder_guidance=(Guidance("web/AGENTS.md", "Use tabs."), Guidance("api/AGENTS.md", "Use spaces.")),
    )

    assert [piece.text for piece in pieces(snapshot)] == [
        "## issue #7, which the change says it closes\nTwice\n\nIt must be twice.",
        "## said by ann on web/a.py line 1, resolved since\nWhy not 2?",
        "## how this repository wants the code below web/ (web/AGENTS.md of the base branch)\nUse tabs.",
    ]


def test_no_line_is_shown_twice() -> None:
    before = {"shop/cart.py": CART, "shop/rates.py": RATES, "tests/test_a.py": "def test_a():\n    total([], 1)\n"}
    snapshot = change(before, {**before, "shop/cart.py": NEW_CART})

    lines = [(piece.path, number) for piece in pieces(snapshot) for number, _ in piece.lines]
    shown = {(file.path, line.new) for file in snapshot.diff.files for line in file.lines}

    assert len(lines) == len(set(lines))
    assert shown.isdisjoint(lines)


def test_what_does_not_fit_is_left_out_and_what_is_smaller_takes_its_place() -> None:
    long = "def rate_of(country, day):\n" + "".join(f"    step_{n} = country[{n}] + day\n" for n in range(200))
    before = {"shop/cart.py": CART, "shop/rates.py": long}
    said = Said(path="shop/cart.py", line=9, author="ann", body="Why?", resolved=False)
    snapshot = change(before, {**before, "shop/cart.py": NEW_CART}, threads=(said,))

    assert pieces(snapshot, most=0) == []
    assert labels([*pieces(snapshot, most=120)]) == ["said by ann on shop/cart.py line 9"]
    assert sum(len(piece.text) for piece in pieces(snapshot)) <= 4 * 4_000


def test_a_small_chunk_has_a_small_context() -> None:
    issues = tuple(LinkedIssue(number=n, title="t", body="word " * 500) for n in range(1, 9))
    snapshot = change({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"}, issues=issues)

    found = pieces(snapshot, tokens=10)

    assert 0 < sum(len(piece.text) // 4 for piece in found) <= 1_000


def test_what_hides_or_looks_like_a_secret_is_shown_as_such() -> None:
    rates = 'def rate_of(a, b):\n    api_key = "Zx81mmQp77"\n    return "\u202eon"\n'
    before = {"shop/cart.py": CART, "shop/rates.py": rates}

    (definition, *_) = pieces(change(before, {**before, "shop/cart.py": NEW_CART}))

    assert 'api_key = "…[masked 10]"' in definition.text
    assert "<U+202E>on" in definition.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({}, "def f(): f()\n" * 15_000, id="one name, defined and called everywhere"),
        pytest.param({}, "".join(f"class A{n}:\n  a = A{n - 1}()\n" for n in range(8_000)), id="many types"),
        pytest.param({}, "import a.b.c.d\n" * 15_000, id="many imports"),
        pytest.param(
            {"a.py": "".join(f"def f{n}(a): f{n}(1)\n" for n in range(1_000))},
            "".join(f"def f{n}(a, b): f{n}(1)\n" for n in range(1_000)),
            id="many altered signatures",
        ),
    ],
)
def test_hostile_changes_end_in_seconds(before: dict[str, str], after: str) -> None:
    tests = {"tests/test_a.py": "f(1)\n" * 15_000}
    snapshot = change({**before, **tests}, {"a.py": after, **tests})
    start = time.process_time()

    pieces(snapshot)
    likely_paths(snapshot, [f"{n}/a.py" for n in range(5_000)])

    assert time.process_time() - start < 10


def test_other_languages_have_context_too() -> None:
    before = {
        "web/cart.ts": "import { rateOf } from './rates'\nexport function total(rows: number[]) {\n  return 1\n}\n",
        "web/rates.ts": "export const rateOf = (country: string): number => {\n  return 2\n}\n",
        "go/cart.go": "package shop\n\nfunc Total() int {\n\treturn 1\n}\n",
        "go/rates.go": "package shop\n\nfunc RateOf(c string) int {\n\treturn 2\n}\n",
    }
    after = {
        **before,
        "web/cart.ts": before["web/cart.ts"].replace("return 1", "return rateOf('x')"),
        "go/cart.go": before["go/cart.go"].replace("return 1", 'return RateOf("x")'),
    }

    assert labels([*pieces(change(before, after))]) == [
        "definition of `rateOf`, called in web/cart.ts line 3",
        "definition of `RateOf`, called in go/cart.go line 4",
    ]
