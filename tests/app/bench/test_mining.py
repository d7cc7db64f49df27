"""Mining real git repositories: which change brought in what was fixed later."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bench.fixes import Commit, fixes
from app.bench.mining import MAX_CHANGE_LINES, Introduction, mine
from app.git import GitRepository
from tests.app.bench.histories import FAULTY, FIXED, faulty_shop
from tests.repositories import Repository


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    """A repository whose second commit brings in a fault."""
    return faulty_shop(tmp_path / "shop")


def mined(repository: Repository, limit: int = 10, since: str = "") -> tuple[Introduction, ...]:
    return mine(GitRepository.around(repository.root), limit=limit, since=since)


def told(repository: Repository) -> list[tuple[str, str, list[tuple[str, int]]]]:
    return [
        (change.commit.subject, fault.fix.subject, [(line.path, line.line) for line in fault.lines])
        for change in mined(repository)
        for fault in change.faults
    ]


MEAN = ("Add mean", "Fix mean of nothing", [("shop.py", 7)])


def test_a_fix_leads_back_to_the_change_that_wrote_the_line(shop: Repository) -> None:
    shop.commit({"other.py": "x = 1\n"}, "Add other")
    shop.commit({"shop.py": FIXED}, "Fix mean of nothing")

    assert told(shop) == [MEAN]


@pytest.mark.parametrize(
    "between",
    [
        pytest.param({"shop.py": "import sys\n\n\n" + FAULTY}, id="lines above"),
        pytest.param({"shop.py": FAULTY.replace("    return", "        return")}, id="white space"),
        pytest.param({"shop.py": FAULTY.replace("    count", "    # How many.\n    count")}, id="a comment"),
    ],
)
def test_what_only_moves_a_line_is_not_blamed_for_it(shop: Repository, between: dict[str, str | bytes]) -> None:
    shop.commit(between, "Tidy up")
    after = str(between["shop.py"]).replace("total(prices) / count\n", "total(prices) / count if count else 0\n")
    shop.commit({"shop.py": after}, "Fix mean of nothing")

    assert told(shop) == [MEAN]


def test_a_line_is_followed_into_the_file_it_came_from(shop: Repository) -> None:
    shop.git("mv", "shop.py", "prices.py")
    shop.git("commit", "--quiet", "--message", "Rename")
    shop.commit({"prices.py": FIXED}, "Fix mean of nothing")

    assert told(shop) == [MEAN]


def test_two_fixes_of_one_change_are_two_goldens_of_one_case(shop: Repository) -> None:
    shop.commit({"shop.py": FIXED}, "Fix mean of nothing")
    shop.commit({"shop.py": FIXED.replace("count = len(prices)", "count = len(list(prices))")}, "Fix mean of iterators")

    (change,) = mined(shop)

    assert [fault.fix.subject for fault in change.faults] == ["Fix mean of iterators", "Fix mean of nothing"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({"shop.py": FIXED}, "Return 0 for nothing", id="no fix"),
        pytest.param({"shop.py": FIXED}, "Fix typo", id="a typo"),
        pytest.param({"shop.py": FAULTY + "\n\nLIMIT = 3\n"}, "Fix missing limit", id="only added lines"),
        pytest.param({"shop.py": FAULTY.replace("def mean", "\n\ndef mean")}, "Fix blank lines", id="white space"),
        pytest.param({"shop.py": FAULTY.replace("    return sum", "    return  sum")}, "Fix spaces", id="spaces"),
    ],
)
def test_what_fixes_no_line_of_code_leads_nowhere(
    shop: Repository, files: dict[str, str | bytes], message: str
) -> None:
    shop.commit(files, message)

    assert mined(shop) == ()


def test_the_first_commit_is_an_import_and_no_change(shop: Repository) -> None:
    shop.commit({"shop.py": FAULTY.replace("return sum(prices)", "return float(sum(prices))")}, "Fix total")

    assert mined(shop) == ()


def test_a_mass_edit_is_no_change_that_somebody_reviewed(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path / "large")
    repository.commit({"first.py": "x = 1\n"}, "Begin")
    lines = [f"value_{number} = {number}\n" for number in range(MAX_CHANGE_LINES + 1)]
    repository.commit({"large.py": "".join(lines)}, "Import everything")
    repository.commit({"large.py": "".join(lines).replace("value_7 = 7\n", "value_7 = 8\n")}, "Fix value 7")

    assert mined(repository) == ()


def test_a_fix_in_a_test_is_no_fault_of_the_code(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path / "tests")
    repository.commit({"first.py": "x = 1\n"}, "Begin")
    repository.commit({"tests/test_x.py": "def test_x():\n    assert x == 2\n"}, "Test x")
    repository.commit({"tests/test_x.py": "def test_x():\n    assert x == 1\n"}, "Fix expectation")

    assert mined(repository) == ()


def test_a_merge_is_not_blamed(shop: Repository) -> None:
    shop.git("checkout", "--quiet", "-b", "side", "HEAD~1")
    shop.commit({"side.py": "y = 1\n"}, "Add side")
    shop.git("checkout", "--quiet", "main")
    shop.git("merge", "--quiet", "--no-commit", "side")
    shop.commit({"side.py": "y = 2\n"}, "Merge side")
    shop.commit({"side.py": "y = 3\n"}, "Fix side")

    assert mined(shop) == ()


def test_no_more_cases_are_made_than_are_wanted(shop: Repository) -> None:
    shop.commit({"a.py": "a = 1\n"}, "Add a")
    shop.commit({"a.py": "a = 2\n"}, "Fix a")
    shop.commit({"shop.py": FIXED}, "Fix mean of nothing")

    assert [change.commit.subject for change in mined(shop, limit=1)] == ["Add mean"]


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("Fix crash on empty input", "", True),
        ("fix(api): close the connection", "", True),
        ("Handle empty input", "Closes #12.", True),
        ("Handle empty input", "Fixes octo/shop#12", True),
        ("Handle empty input", "", False),
        ("Prefix names", "", False),
        ("test: fix the clock", "", False),
        ("Fix tests on Windows", "", False),
        ('Revert "Fix crash"', "", False),
        ("Bump x to fix a bug", "", False),
    ],
)
def test_a_fix_says_so(subject: str, body: str, *, expected: bool) -> None:
    assert bool(list(fixes([Commit("1", ("0",), subject, body)]))) is expected
