from __future__ import annotations

import pytest

from reviewers.base_texts import with_base_texts
from reviewers.diff import Diff, FileDiff
from reviewers.evidence.imports import IMPORTS, MANY
from reviewers.evidence_source import Evidence
from reviewers.findings import Severity
from reviewers.gathering import gather
from reviewers.review import Target
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import added_file, file_diff, hunk

CONTRACT = """
[importlinter:contract:1]
name = house
type = layers
layers =
    app
    core
"""


def looked_at(
    *files: FileDiff,
    contents: dict[str, str] | None = None,
    neighbours: dict[str, str] | None = None,
    settings: dict[str, str] | None = None,
) -> Evidence:
    snapshot = PullRequestSnapshot(
        target=Target(kind="diff", name="a.diff"),
        diff=Diff(files),
        contents=contents or {},
        neighbours=neighbours or {},
        settings=settings or {},
    )
    return gather(with_base_texts(snapshot), files, lambda _: (), [IMPORTS])


def told(evidence: Evidence) -> list[tuple[str, str, int]]:
    return [(fact.code, fact.path, fact.start_line) for fact in evidence.facts]


ADDED = file_diff("shop/cart.py", hunk("+from shop import orders", " x = 1"))
CART = {"shop/cart.py": "from shop import orders\nx = 1\n"}


def test_an_import_that_closes_a_cycle_is_told_with_its_way() -> None:
    others = {"shop/orders.py": "import shop.prices\n", "shop/prices.py": "from .cart import x\n"}

    evidence = looked_at(ADDED, contents=CART, neighbours=others)

    assert told(evidence) == [("cycle", "shop/cart.py", 1)]
    (fact,) = evidence.facts
    assert fact.message.endswith("shop/cart.py → shop/orders.py → shop/prices.py → shop/cart.py")
    assert fact.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"shop/orders.py": "x = 1\n"}, id="no way back"),
        pytest.param({"shop/orders.py": "def f():\n    from shop import cart\n"}, id="a late import"),
        pytest.param({"shop/orders.py": "if TYPE_CHECKING:\n    from shop import cart\n"}, id="for types"),
        pytest.param({}, id="not known"),
    ],
)
def test_without_a_way_back_there_is_no_cycle(others: dict[str, str]) -> None:
    assert told(looked_at(ADDED, contents=CART, neighbours=others)) == []


def test_a_cycle_that_was_there_is_not_told_again() -> None:
    change = file_diff("shop/cart.py", hunk("-import shop.orders", "+from shop import orders", " x = 1"))

    assert told(looked_at(change, contents=CART, neighbours={"shop/orders.py": "from shop import cart\n"})) == []


def test_a_cycle_between_two_changed_files_is_told_once() -> None:
    files = (added_file("a.js", "import { b } from './b';\n"), added_file("b.js", "import { a } from './a';\n"))

    assert told(looked_at(*files)) == [("cycle", "a.js", 1)]


def test_a_cycle_through_the_front_of_a_package_is_a_hint() -> None:
    evidence = looked_at(
        ADDED,
        contents=CART,
        neighbours={"shop/orders.py": "from shop import x\n", "shop/__init__.py": "from .cart import x\n"},
    )

    assert [fact.severity for fact in evidence.facts] == [Severity.LOW]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        pytest.param("core/a.py", "x = 1\nfrom app.web import view\n", 2, id="a name"),
        pytest.param("src/core/a.py", "import app\n", 1, id="below src"),
        pytest.param("core/a.py", "def f():\n    import app.web\n", 2, id="late"),
        pytest.param("core/deep/__init__.py", "from ...app import x\n", 1, id="relative"),
    ],
)
def test_an_import_that_a_contract_forbids_is_told(path: str, text: str, line: int) -> None:
    evidence = looked_at(added_file(path, text), settings={".importlinter": CONTRACT})

    assert told(evidence) == [("layer", path, line)]
    assert evidence.facts[0].message.endswith("forbids here: house")


def test_an_import_in_the_declared_order_is_not_told() -> None:
    file = added_file("app/a.py", "from core import x\nfrom app import y\nimport os\n")

    assert told(looked_at(file, settings={".importlinter": CONTRACT})) == []


def test_without_a_contract_there_are_no_layers() -> None:
    assert told(looked_at(added_file("core/a.py", "import app\n"))) == []


def test_a_contract_that_the_change_itself_brings_does_not_count() -> None:
    files = (added_file("core/a.py", "import app\n"), added_file(".importlinter", CONTRACT))

    assert told(looked_at(*files)) == []


def test_a_file_that_many_import_is_a_hint() -> None:
    change = file_diff("shop/cart.py", hunk("-x = 0", "+x = 1"))
    users = {f"shop/u{number}.py": "from shop.cart import x\n" for number in range(MANY)}

    evidence = looked_at(change, contents={"shop/cart.py": "x = 1\n"}, neighbours=users)

    assert [(fact.code, fact.severity) for fact in evidence.facts] == [("fan-in", Severity.LOW)]
    assert told(looked_at(change, contents={"shop/cart.py": "x = 1\n"}, neighbours=dict(list(users.items())[1:]))) == []
