from __future__ import annotations

import pytest

from reviewers.diff import FileDiff
from reviewers.evidence.dead_code import DEAD_CODE
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import codes, gathered


def told(file: FileDiff, contents: dict[str, str] | None = None) -> list[tuple[int, int, str]]:
    return codes(gathered(file, contents=contents, sources=[DEAD_CODE]))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.py", "x = 1\ndef _f():\n    return _f\n", id="Python, but for itself"),
        pytest.param("a.py", "x = 1\nclass _A:\n    pass\n", id="a class"),
        pytest.param("a.ts", "export const x = 1;\nfunction f() { return f; }\n", id="TypeScript"),
        pytest.param("a.js", "module.exports = { x: 1 };\nconst f = () => 1;\n", id="JavaScript"),
        pytest.param("A.java", "class A {\n private int f() { return 1; }\n}\n", id="Java"),
        pytest.param("A.cs", "class A {\n private int F() { return 1; }\n}\n", id="C#"),
    ],
)
def test_a_private_definition_that_nothing_uses_is_told(path: str, text: str) -> None:
    assert told(added_file(path, text)) == [(2, 2, "unused-symbol")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.py", "def f():\n    return 1\n", id="public"),
        pytest.param("a.py", "def _f():\n    return 1\n\nTABLE = {'a': _f}\n", id="used"),
        pytest.param("a.py", "def _f():\n    return 1\n\ngetattr(x, '_f')\n", id="named in a text"),
        pytest.param("a.py", "@hook\ndef _f():\n    return 1\n", id="decorated"),
        pytest.param("a.py", "class A:\n    def _f(self):\n        return 1\n", id="a method that others override"),
        pytest.param("a.py", "def f():\n    def _g():\n        return 1\n", id="local"),
        pytest.param("a.py", "def __getattr__(name):\n    return 1\n", id="called by the language"),
        pytest.param("a.ts", "export function f() { return 1; }\n", id="exported"),
        pytest.param("a.ts", "function f() { return 1; }\nexport { f };\n", id="exported below"),
        pytest.param("a.js", "function onLoad() { return 1; }\n", id="a script of a page"),
        pytest.param("A.java", "class A {\n @Test\n private int f() { return 1; }\n}\n", id="annotated"),
        pytest.param("A.java", "class A {\n int f() { return 1; }\n}\n", id="open to the package"),
        pytest.param("a.go", "package a\nfunc f() {}\n", id="a language with packages of many files"),
        pytest.param("tests/a.py", "def _f():\n    return 1\n", id="a test"),
    ],
)
def test_what_may_be_used_is_left_alone(path: str, text: str) -> None:
    assert told(added_file(path, text)) == []


def test_a_private_definition_that_was_unused_before_is_not_told() -> None:
    file = file_diff("a.py", hunk("-def _f(): return 1", "+def _f(): return 2"))

    assert told(file, {"a.py": "def _f(): return 2\n"}) == []


def test_a_definition_that_another_file_names_is_alive() -> None:
    assert told(added_file("a.py", "def _f():\n    return 1\n"), {"b.py": "from a import _f\n"}) == []


def test_a_definition_whose_last_use_goes_is_told_beside_it() -> None:
    file = file_diff("a.py", hunk(" def f():", "-    return _g()", "+    return 1", " ", old_start=4, new_start=4))
    text = "def _g():\n    return 2\n\ndef f():\n    return 1\n\n"

    (fact,) = gathered(file, contents={"a.py": text}, sources=[DEAD_CODE]).facts

    assert (fact.start_line, fact.message) == (4, "the last use of _g (line 1) is removed, and it stays")


def test_a_comment_on_a_definition_is_no_use_of_it() -> None:
    file = file_diff("a.py", hunk(" def f():", "-    # as _g does", "     return 1", old_start=4, new_start=4))

    assert told(file, {"a.py": "def _g():\n    return 2\n\ndef f():\n    return 1\n"}) == []
