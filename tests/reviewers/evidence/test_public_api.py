from __future__ import annotations

import pytest

from reviewers.base_texts import with_base_texts
from reviewers.diff import Diff, FileDiff
from reviewers.evidence.public_api import PUBLIC_API
from reviewers.evidence_source import Evidence
from reviewers.findings import Severity
from reviewers.gathering import gather
from reviewers.review import Target
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import added_file, file_diff, hunk


def looked_at(*files: FileDiff, contents: dict[str, str], neighbours: dict[str, str] | None = None) -> Evidence:
    snapshot = PullRequestSnapshot(
        target=Target(kind="diff", name="a.diff"), diff=Diff(files), contents=contents, neighbours=neighbours or {}
    )
    return gather(with_base_texts(snapshot), files, lambda _: (), [PUBLIC_API])


def told(
    path: str, before: str, after: str, neighbours: dict[str, str] | None = None
) -> list[tuple[str, int, Severity]]:
    """What is told of a file that ends in an unchanged line."""
    rows = [f"-{row}" for row in before.splitlines()] + [f"+{row}" for row in after.splitlines()]
    mark = "x = 1" if path.endswith(".py") else "const x = 1;"
    change = file_diff(path, hunk(*rows, f" {mark}"))
    text = "".join(f"{row}\n" for row in after.splitlines()) + f"{mark}\n"
    facts = looked_at(change, contents={path: text}, neighbours=neighbours).facts
    return [(fact.code, fact.start_line, fact.severity) for fact in facts]


BODY = "\n    return 1"


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        pytest.param("shop/a.py", f"def f(a):{BODY}", f"def f(a, b):{BODY}", "signature", id="Python"),
        pytest.param(
            "shop/a.py", "class A:\n  def f(self, a): pass", "class A:\n  def f(self): pass", "signature", id="a method"
        ),
        pytest.param("shop/a.py", f"def f(a):{BODY}", "", "removed", id="removed"),
        pytest.param(
            "shop/a.ts", "export function f(a) {}", "export function f(a, b) {}", "signature", id="TypeScript"
        ),
        pytest.param(
            "shop/a.js", "export const f = (a, b) => 1;", "export const f = (a) => 1;", "signature", id="arrow"
        ),
        pytest.param("shop/a.js", "export function f() {}", "", "removed", id="an export less"),
        pytest.param("shop/a.js", "function f() {}\nexport { f };", "", "removed", id="a listed export less"),
    ],
)
def test_what_may_break_callers_is_a_hint_where_none_is_known(
    path: str, before: str, after: str, expected: str
) -> None:
    assert [(code, severity) for code, _, severity in told(path, before, after)] == [(expected, Severity.LOW)]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        pytest.param("shop/a.py", f"def f(a):{BODY}", f"def f(a, b=1):{BODY}", id="a default"),
        pytest.param("shop/a.py", f"def _f(a):{BODY}", f"def _f(a, b):{BODY}", id="private"),
        pytest.param(
            "shop/a.py", f"__all__ = []\ndef f(a):{BODY}", f"__all__ = []\ndef f(a, b):{BODY}", id="not listed"
        ),
        pytest.param("shop/a.py", f"def f(a):{BODY}", "from b import f", id="from elsewhere now"),
        pytest.param("shop/a.py", f"@app.get\ndef f(a):{BODY}", f"@app.get\ndef f(a, b):{BODY}", id="a handler"),
        pytest.param("shop/_a.py", f"def f(a):{BODY}", f"def f(a, b):{BODY}", id="a private module"),
        pytest.param("scripts/a.py", f"def f(a):{BODY}", f"def f(a, b):{BODY}", id="a script"),
        pytest.param("tests/a.py", f"def f(a):{BODY}", f"def f(a, b):{BODY}", id="a test"),
        pytest.param("shop/a.ts", "function f(a) {}", "function f(a, b) {}", id="not exported"),
        pytest.param(
            "shop/a.ts",
            "export class A { private f(a) {} }",
            "export class A { private f() {} }",
            id="a private method",
        ),
        pytest.param("shop/a.py", f"def f(a):{BODY}", "def f(a):\n    return 2", id="another body"),
        pytest.param("shop/a.py", "y = 2", f"def f(a):{BODY}", id="an addition"),
    ],
)
def test_what_breaks_nobody_is_not_told(path: str, before: str, after: str) -> None:
    assert told(path, before, after) == []


def test_a_removed_name_that_a_known_file_still_imports_is_a_fault() -> None:
    users = {"shop/b.py": "from shop.a import f\nf()\n"}

    assert told("shop/a.py", f"def f(a):{BODY}", "", users) == [("removed", 1, Severity.HIGH)]


def test_a_changed_signature_that_a_known_file_still_calls_is_a_fault() -> None:
    users = {"shop/b.py": "from shop.a import f\nf(1)\n", "shop/c.py": "from shop.a import x\nf = 1\n"}

    facts = looked_at(
        file_diff("shop/a.py", hunk("-def f(a): pass", "+def f(a, b): pass")),
        contents={"shop/a.py": "def f(a, b): pass\n"},
        neighbours=users,
    ).facts

    assert [fact.message for fact in facts] == [
        "calls of f may no longer fit: b is new and required; shop/b.py calls it and stays as it was"
    ]
    assert facts[0].severity is Severity.MEDIUM


def test_a_name_that_moves_with_all_its_users_is_not_told() -> None:
    gone = file_diff("shop/a.py", hunk("-def f(): pass", " x = 1"))
    come = added_file("shop/b.py", "def f(): pass\n")

    assert looked_at(gone, come, contents={"shop/a.py": "x = 1\n"}).facts == ()


def test_what_the_front_of_a_package_offers_more_is_a_hint() -> None:
    before, after = "def f(): pass", "def f(): pass\ndef g(): pass"

    assert told("shop/__init__.py", before, after) == [("added", 2, Severity.LOW)]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(["-f(1)", "+f(1, 2)"], id="in one line"),
        pytest.param([" f(", "     1,", "+    2,", " )"], id="over several"),
    ],
)
def test_a_caller_that_changes_with_the_signature_is_no_fault(rows: list[str]) -> None:
    caller = file_diff("shop/b.py", hunk(" from shop.a import f", *rows))
    text = "".join(f"{row[1:]}\n" for row in (" from shop.a import f", *rows) if not row.startswith("-"))
    change = file_diff("shop/a.py", hunk("-def f(a): pass", "+def f(a, b): pass"))

    facts = looked_at(change, caller, contents={"shop/a.py": "def f(a, b): pass\n", "shop/b.py": text}).facts

    assert [fact.severity for fact in facts] == [Severity.LOW]
