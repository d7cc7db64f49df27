"""Layers that a repository declares, on the way through ``quartet review``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.cli.conftest import Ended
from tests.repositories import Repository

Quartet = Callable[..., Ended]
LAYERS = 'architecture: {layers: ["src/ui/**", ["src/domain/**", "src/rules/**"], "src/store/**"]}\n'
BEFORE: dict[str, str | bytes] = {
    "src/ui/cart.tsx": "export const Cart = () => null;\n",
    "src/ui/page.py": "def page():\n    return 1\n",
    "src/store/rows.ts": "export const rows = [];\n",
    "src/domain/order.py": "def order():\n    return 2\n",
}
AFTER: dict[str, str | bytes] = {
    "src/store/rows.ts": "import { Cart } from '@/ui/cart';\nexport const rows = [Cart];\n",
    "src/domain/order.py": "from ui.page import page\n\n\ndef order():\n    return page()\n",
    "src/ui/shop.ts": "import { rows } from '../store/rows';\nexport const shop = rows;\n",
}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """An empty repository, which is the current folder."""
    repository = Repository.create(tmp_path / "house")
    monkeypatch.chdir(repository.root)
    return repository


def _told(quartet: Quartet) -> list[tuple[str, int, str]]:
    ended = quartet("review", "--base", "main", "--head", "feature", "--no-llm", "--format", "json")
    assert ended.status == 0, ended.err
    found = [each for each in ended.json["findings"] if each["rule"] == "layer-violation"]
    return sorted((each["path"], each["start_line"], each["severity"]) for each in found)


@pytest.mark.parametrize(
    ("of_the_base", "of_the_change", "expected"),
    [
        pytest.param(
            LAYERS, None, [("src/domain/order.py", 1, "medium"), ("src/store/rows.ts", 1, "medium")], id="declared"
        ),
        pytest.param(None, LAYERS, [], id="declared by the change itself"),
        pytest.param(None, None, [], id="not declared"),
    ],
)
def test_imports_that_go_up_through_the_layers_of_the_base_are_told(
    of_the_base: str | None,
    of_the_change: str | None,
    expected: list[tuple[str, int, str]],
    house: Repository,
    quartet: Quartet,
) -> None:
    house.commit(BEFORE | ({".quartet.yml": of_the_base} if of_the_base else {}))
    house.git("checkout", "--quiet", "-b", "feature")
    house.commit(AFTER | ({".quartet.yml": of_the_change} if of_the_change else {}))

    assert _told(quartet) == expected
