from __future__ import annotations

import pytest

from reviewers.syntax.languages import LANGUAGES
from reviewers.syntax.tree import MAX_CHARACTERS, faults, parse


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_grammar(language: str) -> None:
    root = parse("x\n", language)

    assert root is not None


@pytest.mark.parametrize(
    ("language", "text", "broken"),
    [
        pytest.param("python", "def f():\n    return 1\n", False, id="python"),
        pytest.param("python", "def f(:\n    return 1\n", True, id="python, a wrong token"),
        pytest.param("python", "if x:\n\ny = 1\n", True, id="python, a block left out"),
        pytest.param("javascript", "const a = <b>{c}</b>\n", False, id="jsx"),
        pytest.param("typescript", "const a: Array<number> = [1]\n", False, id="typescript"),
        pytest.param("go", "package a\n\nfunc f() int {\n\treturn 1\n", True, id="go, a bracket left open"),
        pytest.param("java", "class A { int x = 1; }\n", False, id="java"),
        pytest.param("java", "class A { int x = 1 }\n", True, id="java, a semicolon left out"),
    ],
)
def test_faults_are_what_a_grammar_cannot_make_sense_of(language: str, text: str, broken: bool) -> None:
    root = parse(text, language)

    assert root is not None
    assert bool(faults(root)) is broken


def test_what_is_too_long_or_in_no_known_language_is_not_parsed() -> None:
    assert parse("x\n" * MAX_CHARACTERS, "python") is None
    assert parse("x\n", "klingon") is None


def test_deep_nesting_ends_in_a_tree() -> None:
    root = parse("(" * 20_000 + ")" * 20_000, "python")

    assert root is not None
    assert faults(root) >= 0
