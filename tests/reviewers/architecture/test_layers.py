from __future__ import annotations

import pytest

from reviewers.architecture.layers import Layers
from reviewers.base_texts import with_base_texts
from reviewers.diff import Diff, FileDiff, FileStatus
from reviewers.evidence.imports import IMPORTS
from reviewers.findings import Fact, Severity
from reviewers.gathering import gather
from reviewers.review import Target
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import added_file, file_diff, hunk

HOUSE = Layers((("src/ui/**",), ("src/domain/**", "src/rules/**"), ("src/store/**",)))


def facts(
    *files: FileDiff,
    layers: Layers = HOUSE,
    contents: dict[str, str] | None = None,
    neighbours: tuple[str, ...] = (),
    settings: dict[str, str] | None = None,
) -> tuple[Fact, ...]:
    snapshot = PullRequestSnapshot(
        target=Target(kind="diff", name="a.diff"),
        diff=Diff(files),
        contents=contents or {},
        neighbours=dict.fromkeys(neighbours, "\n"),
        settings=settings or {},
    )
    evidence = gather(with_base_texts(snapshot), files, lambda _: (), [IMPORTS], layers=layers)
    assert evidence.gaps == ()
    return tuple(fact for fact in evidence.facts if fact.code == "layer")


def told(*files: FileDiff, contents: dict[str, str] | None = None, neighbours: tuple[str, ...] = ()) -> list[int]:
    return [fact.start_line for fact in facts(*files, contents=contents, neighbours=neighbours)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("src/store/rows.ts", "import { Cart } from '../ui/cart';\n", id="by a relative path"),
        pytest.param("src/store/rows.ts", "import '../domain/cart.js';\n", id="of the layer right above"),
        pytest.param("src/store/rows.ts", "export * from '../ui';\n", id="passed on"),
        pytest.param("src/store/rows.js", "const cart = require('../ui/cart');\n", id="required"),
        pytest.param("src/store/rows.tsx", "import { Cart } from '@/ui/cart';\n", id="by an alias"),
        pytest.param("src/store/rows.ts", "import { type Row, Cart } from '../ui/cart';\n", id="a type and a value"),
        pytest.param("src/store/rows.ts", "import {\n  Cart,\n} from '../ui/cart';\n", id="over several lines"),
        pytest.param("src/rules/tax.py", "from ..ui import cart\n", id="python, a module of a package"),
        pytest.param("src/rules/tax.py", "from ..ui.cart import Cart, total\n", id="python, names"),
        pytest.param("src/rules/tax.py", "from .. import ui\n", id="python, a package"),
        pytest.param("src/rules/tax.py", "import src.ui.cart\n", id="python, the whole name"),
        pytest.param("src/rules/tax.py", "from ui.page import Page\n", id="python, below a root"),
        pytest.param("src/rules/tax.py", "def f():\n    pass\nimport src.ui\n", id="python, further down"),
    ],
)
def test_an_import_of_a_higher_layer_is_told(path: str, text: str) -> None:
    line = 3 if "def f" in text else 1

    assert told(added_file(path, text), neighbours=("src/ui/cart.ts", "src/ui/page.py")) == [line]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("src/ui/cart.ts", "import { rows } from '../store/rows';\n", id="down"),
        pytest.param("src/domain/cart.ts", "import { tax } from '../rules/tax';\n", id="within a layer"),
        pytest.param("src/main.ts", "import { Cart } from './ui/cart';\n", id="from no layer"),
        pytest.param("src/store/rows.ts", "import { log } from '../log';\n", id="of no layer"),
        pytest.param("src/store/rows.ts", "import type { Cart } from '../ui/cart';\n", id="for a type"),
        pytest.param("src/store/rows.ts", "import {\n  type Cart,\n  type Row,\n} from '../ui/cart';\n", id="types"),
        pytest.param("src/store/rows.ts", "export { type Cart } from '../ui/cart';\n", id="a type passed on"),
        pytest.param("src/store/rows.ts", "import ui from 'ui';\n", id="a package"),
        pytest.param("src/store/rows.ts", "import x from '../../../src/ui/cart';\n", id="outside the repository"),
        pytest.param("src/store/rows.test.ts", "import { Cart } from '../ui/cart';\n", id="from a test"),
        pytest.param("src/store/rows.go", 'package a\nimport "../ui"\n', id="another language"),
        pytest.param("src/rules/tax.py", "if TYPE_CHECKING:\n    from ..ui import cart\n", id="python, for types"),
        pytest.param("src/rules/tax.py", "import ui.unheard_of\n", id="python, a package"),
        pytest.param("src/rules/tax.py", "from ....src.ui import cart\n", id="python, outside the repository"),
        pytest.param("src/rules/tax.py", "from .. import rules, store\n", id="python, down"),
    ],
)
def test_other_imports_are_left_alone(path: str, text: str) -> None:
    assert told(added_file(path, text)) == []


def test_the_fact_names_both_layers_and_is_sure() -> None:
    (fact,) = facts(added_file("src/store/rows.ts", "import '../ui/cart';\n"), neighbours=("src/ui/cart.tsx",))

    assert fact.message == "imports src/ui/cart.tsx; the repository declares src/ui/** above src/store/**"
    assert (fact.reviewer, fact.rule, fact.severity) == ("architecture", "layer-violation", Severity.MEDIUM)
    assert fact.confidence == 0.9


def test_a_folder_called_like_a_part_of_the_standard_library_does_not_stand_in_for_it() -> None:
    layers = Layers((("app/http/**",), ("app/core/**",)))
    file = added_file("app/core/a.py", "import http\nfrom app.http import server\n")

    found = facts(file, layers=layers, neighbours=("app/http/__init__.py", "app/http/server.py"))

    assert [fact.start_line for fact in found] == [2]


def test_an_import_that_was_there_before_is_not_told() -> None:
    change = file_diff("src/store/a.ts", hunk("-import { a } from '../ui/a';", "+import { a, b } from '../ui/a';"))

    assert told(change, contents={"src/store/a.ts": "import { a, b } from '../ui/a';\n"}) == []


def test_what_is_imported_for_its_types_no_longer_alone_is_told() -> None:
    change = file_diff("src/store/a.ts", hunk("-import type { a } from '../ui/a';", "+import { a } from '../ui/a';"))

    assert told(change, contents={"src/store/a.ts": "import { a } from '../ui/a';\n"}) == [1]


def test_an_import_that_follows_a_file_to_its_new_name_is_not_told() -> None:
    change = file_diff("src/store/a.ts", hunk("-import { a } from '../ui/a';", "+import { a } from '../ui/b';"))
    moved = FileDiff(path="src/ui/b.ts", old_path="src/ui/a.ts", status=FileStatus.RENAMED)

    assert told(change, moved, contents={"src/store/a.ts": "import { a } from '../ui/b';\n"}) == []


def test_what_a_contract_forbids_too_is_told_once() -> None:
    contract = "[importlinter:contract:1]\nname = a\ntype = layers\nlayers =\n  src.ui\n  src.store\n"
    file = added_file("src/store/a.py", "import src.ui\n")

    assert len(facts(file, settings={".importlinter": contract})) == 1


def test_a_file_belongs_to_the_first_layer_that_takes_it() -> None:
    layers = Layers((("src/ui/**",), ("src/**",)))

    assert len(facts(added_file("src/a.ts", "import './ui/b';\nimport './c';\n"), layers=layers)) == 1
    assert facts(added_file("src/ui/b.ts", "import '../a';\n"), layers=layers) == ()
