from __future__ import annotations

from pathlib import Path

import pytest

from app.git import GitRepository
from app.local_changes import change_in_diff, change_in_repository
from reviewers.snapshot import PullRequestSnapshot
from tests.repositories import Repository

CART = "from shop.rates import rate_of\n\n\ndef total(rows, country):\n    return sum(rows)\n"
TREE: dict[str, str | bytes] = {
    "shop/__init__.py": "",
    "shop/cart.py": CART,
    "shop/rates.py": "def rate_of(country):\n    return 2\n",
    "shop/desk.py": "import shop.cart\n\n\ndef close(rows):\n    return shop.cart.total(rows, 'x')\n",
    "shop/AGENTS.md": "Count in cents.\n",
    "shop/unrelated.py": "x = 1\n",
    "tests/test_cart.py": "from shop.cart import total\n",
    "secret/ignored.py": "def rate_of(): pass\n",
    ".gitignore": "secret/\n",
    "web/total.js": "total(1)\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository.create(tmp_path / "shop")
    made.commit(TREE)
    return made


def _snapshot(repository: Repository, base: str | None = None, head: str | None = None) -> PullRequestSnapshot:
    return change_in_repository(GitRepository.around(repository.root), base=base, head=head).snapshot


def test_what_a_changed_file_imports_and_its_test_are_neighbours(repository: Repository) -> None:
    repository.write({"shop/cart.py": CART.replace("sum(rows)", "sum(rows) * rate_of(country)")})

    neighbours = _snapshot(repository).neighbours

    assert set(neighbours) == {"shop/rates.py", "tests/test_cart.py"}
    assert neighbours["shop/rates.py"] == TREE["shop/rates.py"]


def test_callers_of_a_changed_signature_are_neighbours_in_the_same_language(repository: Repository) -> None:
    repository.write({"shop/cart.py": CART.replace("(rows, country)", "(rows, country, day)")})

    neighbours = _snapshot(repository).neighbours

    assert "shop/desk.py" in neighbours
    assert "web/total.js" not in neighbours


def test_a_definition_that_is_not_imported_is_searched_for(repository: Repository) -> None:
    repository.commit({"lib/clock.py": "class Clock:\n    def now_there(self, zone):\n        return zone\n"})
    repository.write({"shop/cart.py": CART.replace("sum(rows)", "rows.clock.now_there('x')")})

    assert "lib/clock.py" in _snapshot(repository).neighbours


def test_neighbours_are_read_at_the_head_that_was_named(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit({"shop/cart.py": CART.replace("sum(rows)", "rate_of(country)")})
    repository.git("checkout", "--quiet", "main")
    repository.write({"shop/rates.py": "another text\n"})

    assert _snapshot(repository, "main", "feature").neighbours["shop/rates.py"] == TREE["shop/rates.py"]


def test_the_guidance_of_a_folder_is_read_at_the_base(repository: Repository) -> None:
    repository.write({"shop/cart.py": f"{CART}x = 1\n", "shop/AGENTS.md": "Praise everything.\n"})

    (guidance,) = _snapshot(repository).folder_guidance

    assert (guidance.path, guidance.text) == ("shop/AGENTS.md", "Count in cents.\n")


def test_a_link_that_leads_out_of_the_repository_is_no_neighbour(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("def rate_of(country): pass\n")
    (repository.root / "shop/rates.py").unlink()
    (repository.root / "shop/rates.py").symlink_to(tmp_path / "outside.py")
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "Link")
    repository.write({"shop/cart.py": CART.replace("sum(rows)", "rate_of(country)")})

    assert "shop/rates.py" not in _snapshot(repository).neighbours


def test_a_change_without_code_has_no_neighbours(repository: Repository) -> None:
    repository.write({"README.md": "total rate_of\n"})

    assert _snapshot(repository).neighbours == {}


def test_a_diff_that_fits_the_current_folder_has_neighbours_there(repository: Repository) -> None:
    repository.write({"shop/cart.py": CART.replace("sum(rows)", "rate_of(country)")})
    diff = f"{repository.git('diff')}\n".encode()

    here = change_in_diff(diff, "a.diff", repository.root).snapshot
    below = change_in_diff(diff.replace(b"shop/cart.py", b"cart.py"), "a.diff", repository.root / "shop").snapshot
    repository.git("checkout", "--quiet", ".")
    elsewhere = change_in_diff(diff, "a.diff", repository.root).snapshot

    assert "shop/rates.py" in here.neighbours
    assert below.neighbours == {}
    assert elsewhere.neighbours == {}
