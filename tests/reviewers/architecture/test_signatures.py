from __future__ import annotations

import pytest

from reviewers.architecture.signatures import breaks, parameters


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        pytest.param("a, b", "a, b", (), id="the same"),
        pytest.param("a", "a, b=1", (), id="a new default"),
        pytest.param("a", "a, *, b=1", (), id="a new default by name"),
        pytest.param("a, b", "a, *rest, **more", (), id="anything goes"),
        pytest.param("a: int", "a: str", (), id="another type"),
        pytest.param("a", "a, b", ("b is new and required",), id="a new one"),
        pytest.param("a", "a, *, b", ("b is new and required",), id="a new one by name"),
        pytest.param("a, b", "a", ("b is gone",), id="one less"),
        pytest.param("a, b", "a, c", ("b is now called c",), id="renamed"),
        pytest.param("a, b=1", "a, b", ("b is now required",), id="no default"),
        pytest.param("a, b", "a, *, b", ("b is now passed by name only",), id="by name"),
        pytest.param("a, b", "b, a", ("a, b are in another order",), id="exchanged"),
        pytest.param("a, b=1", "a, c=2, b=1", ("c comes before b",), id="pushed on"),
        pytest.param("a, b=1", "a, c, b=1", ("c is new and required", "c comes before b"), id="pushed on and required"),
    ],
)
def test_calls_of_python_that_fail_are_told(old: str, new: str, reasons: tuple[str, ...]) -> None:
    before, after = (parameters(f"def f(self, {each})", "python", method=True) for each in (old, new))

    assert before is not None
    assert after is not None
    assert breaks(before, after, by_name=True) == reasons


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        pytest.param("a", "b", (), id="renamed: callers do not care"),
        pytest.param("a", "a, b?: string", (), id="a new optional one"),
        pytest.param("a", "a, b = () => 1", (), id="a new default"),
        pytest.param("a, b", "...all", (), id="the rest"),
        pytest.param("f: (x: A, y: B) => C", "f: (x: A) => C", (), id="another type"),
        pytest.param("{ a, b }", "{ a }: P", (), id="destructured"),
        pytest.param("m: Map<A, B>", "m: Map<A, C>", (), id="generics"),
        pytest.param("a", "a, b", ("b is required",), id="a new one"),
        pytest.param("a, b?", "a, b", ("b is required",), id="no longer optional"),
        pytest.param("a, b", "a", ("b is gone",), id="one less"),
        pytest.param("a, b", "b, a", ("a, b are in another order",), id="exchanged"),
    ],
)
def test_calls_of_scripts_that_fail_are_told(old: str, new: str, reasons: tuple[str, ...]) -> None:
    before, after = (parameters(f"function f({each}): void", "typescript", method=False) for each in (old, new))

    assert before is not None
    assert after is not None
    assert breaks(before, after, by_name=False) == reasons


@pytest.mark.parametrize(
    ("signature", "language"),
    [
        pytest.param("def f(a, b", "python", id="cut off"),
        pytest.param("def f(" + "(" * 300, "python", id="made up"),
        pytest.param("class A(B)", "python", id="no function"),
        pytest.param("f = x", "javascript", id="no parentheses"),
        pytest.param("function f(a, b", "javascript", id="cut off"),
        pytest.param("function f(a b)", "javascript", id="no commas"),
    ],
)
def test_a_signature_that_cannot_be_read_has_no_parameters(signature: str, language: str) -> None:
    assert parameters(signature, language, method=False) is None
