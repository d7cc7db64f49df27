from __future__ import annotations

import pytest

from reviewers.diff import FileDiff
from reviewers.evidence.complexity import COMPLEXITY
from reviewers.findings import Severity
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import codes, gathered


def branches(count: int) -> list[str]:
    return [f"    if a == {number}: return {number}" for number in range(count)]


def change(before: list[str], after: list[str], path: str = "shop/a.py") -> tuple[FileDiff, dict[str, str]]:
    """A file of which all lines are replaced."""
    rows = [f"-{row}" for row in before] + [f"+{row}" for row in after]
    return file_diff(path, hunk(*rows)), {path: "".join(f"{row}\n" for row in after)}


def told(file: FileDiff, contents: dict[str, str] | None = None) -> list[tuple[int, int, str]]:
    return codes(gathered(file, contents=contents, sources=[COMPLEXITY]))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(0, 15, [(1, 16, "paths")], id="a plain function becomes tangled"),
        pytest.param(0, 14, [], id="a function stays below the limit"),
        pytest.param(30, 33, [], id="a tangled function gets little worse"),
        pytest.param(30, 34, [(1, 35, "paths")], id="a tangled function gets worse"),
        pytest.param(30, 20, [], id="a tangled function gets better"),
    ],
)
def test_a_function_is_compared_with_how_it_was(before: int, after: int, expected: list[tuple[int, int, str]]) -> None:
    old, new = (["def f(a):", *branches(count), *["    a += 1"] * (count == 0)] for count in (before, after))

    assert told(*change(old, new)) == expected


def test_a_new_function_is_told_with_its_paths() -> None:
    text = "\n".join(["class Shop:", "  def open(self, a):", *branches(20)]) + "\n"

    (fact,) = gathered(added_file("shop/a.py", text), sources=[COMPLEXITY]).facts

    assert (fact.message, fact.severity) == ("there are now 21 paths through Shop.open", Severity.LOW)


def test_a_function_of_which_nothing_changed_is_not_told() -> None:
    text = "\n".join(["def f(a):", *branches(20), "", "def g(b):", "    return b"]) + "\n"
    file = file_diff("shop/a.py", hunk("-    return c", "+    return b", old_start=24, new_start=24))

    assert told(file, {"shop/a.py": text}) == []


def test_a_function_of_which_the_base_is_not_known_is_not_told() -> None:
    assert told(file_diff("shop/a.py", hunk("+def f(a):", *(f"+{row}" for row in branches(20))))) == []


def test_a_function_in_a_function_has_its_own_paths() -> None:
    rows = ["def f(a):", *branches(10), "    def g(b):", *(f"    {row}" for row in branches(10)), "    return g"]

    assert told(added_file("shop/a.py", "\n".join(rows) + "\n")) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.ts", "function f(a) {{\n{}\n}}\n", id="TypeScript"),
        pytest.param("a.go", "package a\nfunc f(a int) {{\n{}\n}}\n", id="Go"),
        pytest.param("A.java", "class A {{ void f(int a) {{\n{}\n}} }}\n", id="Java"),
    ],
)
def test_other_languages_are_measured_alike(path: str, text: str) -> None:
    row = "if a == 1 { return }" if path.endswith(".go") else "if (a == 1) { return; }"

    assert [code for _, _, code in told(added_file(path, text.format("\n".join([row] * 15))))] == ["paths"]
    assert told(added_file(path, text.format("\n".join([row] * 14)))) == []


NESTED = ["def f(a, b):", "    for x in a:", "        for y in {}:", "            print(x, y)"]


@pytest.mark.parametrize(
    ("inner", "severity"),
    [
        pytest.param("a", Severity.MEDIUM, id="the same collection"),
        pytest.param("b", Severity.LOW, id="another one"),
        pytest.param("x.parts", None, id="a part of the outer one's member"),
        pytest.param("(1, 2)", None, id="a few things"),
        pytest.param("range(3)", None, id="a few times"),
        pytest.param("KINDS", None, id="a constant"),
    ],
)
def test_a_new_loop_in_a_loop_is_told_where_it_multiplies(inner: str, severity: Severity | None) -> None:
    before = [NESTED[0], NESTED[1], "        print(x)"]

    evidence = gathered(
        *(made := change(before, [row.format(inner) for row in NESTED]))[:1], contents=made[1], sources=[COMPLEXITY]
    )

    assert [(fact.code, fact.start_line, fact.severity) for fact in evidence.facts] == (
        [("nested-loop", 3, severity)] if severity else []
    )


def test_a_loop_in_a_loop_that_was_there_is_not_told() -> None:
    rows = [row.format("a") for row in NESTED]

    assert told(*change(rows, [*rows, "            print(y)"])) == []


def test_a_loop_around_a_loop_that_was_there_is_told_at_its_head() -> None:
    file = file_diff(
        "shop/a.py",
        hunk(
            " def f(a, b):",
            "-    for y in a:",
            "-        print(y)",
            "+    for x in b:",
            "+        for y in a:",
            "+            print(y)",
        ),
    )
    text = "def f(a, b):\n    for x in b:\n        for y in a:\n            print(y)\n"

    assert told(file, {"shop/a.py": text}) == [(3, 3, "nested-loop")]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        pytest.param(
            "a.js", "function f(a) {\n for (const x of a) {\n  for (const y of a) { g(x, y); }\n }\n}\n", 3, id="JS"
        ),
        pytest.param(
            "a.go",
            "package a\nfunc f() {\n for _, x := range a {\n  for _, y := range a { g(x, y) }\n }\n}\n",
            4,
            id="Go",
        ),
        pytest.param(
            "A.java", "class A { void f() {\n for (B x : a) {\n  for (B y : a) { g(x, y); }\n }\n} }\n", 3, id="Java"
        ),
    ],
)
def test_loops_of_other_languages_are_told_alike(path: str, text: str, line: int) -> None:
    assert told(added_file(path, text)) == [(line, line, "nested-loop")]


@pytest.mark.parametrize(
    "path", ["tests/test_a.py", "a.rb", "shop/a.test.ts"], ids=["a test", "not measured", "a test by its name"]
)
def test_what_is_not_measured_is_left_alone(path: str) -> None:
    assert told(added_file(path, "\n".join(row.format("a") for row in NESTED) + "\n")) == []


def test_a_callback_in_a_loop_has_loops_of_its_own() -> None:
    rows = ["def f(a):", "    for x in a:", "        def g():", "            for y in a:", "                print(y)"]

    assert told(added_file("shop/a.py", "\n".join([*rows, "        x.on(g)"]) + "\n")) == []
