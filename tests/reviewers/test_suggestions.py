"""Each proof of a suggestion, kept and broken."""

from __future__ import annotations

import pytest

from reviewers.diff import Side
from reviewers.findings import Finding, Location
from reviewers.suggestions import applied, proved
from tests.builders import finding, location

BEFORE = "def add(a, b):\n    return a - b\n"
AT = location("a.py", 2)
WRAPPED = """\
def total(rows):
    amount = 0
    for row in rows:
        amount =+ row.amount
    return amount
"""
TABBED = (
    "func total(rows []Row) int {\n\tamount := 0\n\tfor _, row := range rows {\n"
    "\t\tamount = row.amount\n\t}\n\treturn amount\n}\n"
)


def _said(text: str, at: Location, suggestion: str) -> Finding:
    anchor = "\n".join(text.split("\n")[at.start_line - 1 : at.end_line])
    return finding(at=at, anchor=anchor, suggestion=suggestion, message="Add it.")


@pytest.mark.parametrize(
    ("suggestion", "kept"),
    [
        pytest.param("    return a + b", "    return a + b", id="differs and parses"),
        pytest.param("return a + b", "    return a + b", id="its indentation is repaired"),
        pytest.param("\n    return a + b\n", "    return a + b", id="blank lines around it go"),
        pytest.param("    return a - b", None, id="it changes nothing"),
        pytest.param("  return   a - b ", None, id="it changes white space only"),
        pytest.param("    return a +", None, id="the file would not parse"),
        pytest.param("if a:\n    return b\nreturn a", "    if a:\n        return b\n    return a", id="several lines"),
        pytest.param("        return a + b", "    return a + b", id="it stood too far to the right"),
        pytest.param("\treturn a + b", "    return a + b", id="it had a tab"),
        pytest.param("    return a +\u202e b", None, id="it hides a character"),
        pytest.param("    return f('ghp_…[masked 36]')", None, id="it holds a mask"),
        pytest.param("\n".join(f"    a += {n}" for n in range(41)), None, id="it is a rewrite"),
    ],
)
def test_a_suggestion_is_kept_only_if_it_holds(suggestion: str, kept: str | None) -> None:
    assert proved(_said(BEFORE, AT, suggestion), {"a.py": BEFORE}).suggestion == kept


@pytest.mark.parametrize(
    ("suggestion", "kept"),
    [
        pytest.param(
            "for row in rows:\n    amount += row.amount",
            "    for row in rows:\n        amount += row.amount",
            id="no indentation",
        ),
        pytest.param(
            "for row in rows:\n        amount += row.amount",
            "    for row in rows:\n        amount += row.amount",
            id="none on the first line only",
        ),
        pytest.param(
            "  for row in rows:\n    amount += row.amount",
            "    for row in rows:\n      amount += row.amount",
            id="another column",
        ),
        pytest.param(
            "\tfor row in rows:\n\t\tamount += row.amount",
            "    for row in rows:\n        amount += row.amount",
            id="tabs for spaces",
        ),
        pytest.param(
            "    amount = 0\n    for row in rows:\n        amount += row.amount",
            "    for row in rows:\n        amount += row.amount",
            id="the line before it once more",
        ),
        pytest.param(
            "    for row in rows:\n        amount += row.amount\n    return amount",
            "    for row in rows:\n        amount += row.amount",
            id="the line after it once more",
        ),
        pytest.param(
            "def total(rows):\n    amount = 0\n    for row in rows:\n        amount += row.amount\n    return amount",
            "    for row in rows:\n        amount += row.amount",
            id="the whole function",
        ),
    ],
)
def test_a_suggestion_of_several_lines_is_repaired(suggestion: str, kept: str) -> None:
    at = location("a.py", 3, 4)

    assert proved(_said(WRAPPED, at, suggestion), {"a.py": WRAPPED}).suggestion == kept


def test_a_repeated_line_that_cannot_be_taken_out_makes_it_prose() -> None:
    said = proved(
        _said(WRAPPED, location("a.py", 4), "        amount += row.amount\n    return amount,"), {"a.py": WRAPPED}
    )
    twice = proved(_said(WRAPPED, location("a.py", 4), "    for row in rows:\n        if row:"), {"a.py": WRAPPED})

    assert said.suggestion == "        amount += row.amount\n    return amount,"
    assert twice.suggestion is None
    assert "For example:" in twice.message


def test_a_file_with_tabs_gets_tabs() -> None:
    said = _said(TABBED, location("a.go", 4), "if row.open {\n    amount += row.amount\n}")

    assert proved(said, {"a.go": TABBED}).suggestion == "\t\tif row.open {\n\t\t\tamount += row.amount\n\t\t}"


def test_a_bracket_that_stands_below_already_goes() -> None:
    said = _said(TABBED, location("a.go", 4), "\t\tamount += row.amount\n\t}")

    assert proved(said, {"a.go": TABBED}).suggestion == "\t\tamount += row.amount"


def test_a_line_that_the_code_repeats_already_may_be_repeated() -> None:
    text = "pop()\npop()\nrest()\n"
    said = _said(text, location("a.py", 2), "pop()\npush()")

    assert proved(said, {"a.py": text}).suggestion == "pop()\npush()"


@pytest.mark.parametrize(
    ("path", "text", "good", "bad"),
    [
        pytest.param("a.ts", "const a = 1;\nconst b = a\n", "const b = a + 1;", "const b = (a;", id="TypeScript"),
        pytest.param("a.go", "package a\nvar b = 1\n", "var b = 2", "var b = {", id="Go"),
        pytest.param("A.java", "class A {\nint a = 1;\n}\n", "int a = 2;", "int a = 2; }", id="Java"),
        pytest.param("a.cs", "class A {\nint a = 1;\n}\n", "int a = 2;", "int a = ;", id="C#"),
        pytest.param("a.rb", "def a\n1\nend\n", "2", "if 2", id="Ruby"),
        pytest.param("a.rs", "fn a() -> u8 {\n1\n}\n", "2", "2 }", id="Rust"),
        pytest.param("a.json", '{\n"a": 1\n}\n', '"a": 2', '"a": }', id="JSON"),
        pytest.param("a.toml", "[a]\nb = 1\n", "b = 2", "b = ", id="TOML"),
        pytest.param("a.yml", "a:\n  b: 1\n", "  b: 2", "  b: [", id="YAML"),
        pytest.param("a.pyi", "a: int\nb: int\n", "b: str", "b: [", id="a stub"),
    ],
)
def test_it_must_parse_in_its_language(path: str, text: str, good: str, bad: str) -> None:
    at = location(path, 2)

    assert proved(_said(text, at, good), {path: text}).suggestion is not None
    assert proved(_said(text, at, bad), {path: text}).suggestion is None


def test_a_file_that_did_not_parse_before_may_parse_as_badly_and_no_worse() -> None:
    torn = "def add(:\n    return a - b\n"

    assert proved(_said(torn, AT, "    return a + b"), {"a.py": torn}).suggestion == "    return a + b"
    assert proved(_said(torn, AT, "    return ((a +"), {"a.py": torn}).suggestion is None


def test_a_language_without_a_grammar_is_taken_at_its_word() -> None:
    said = _said("one\ntwo\n", location("a.md", 2), "three (")

    assert proved(said, {"a.md": "one\ntwo\n"}).suggestion == "three ("


def test_removed_unplaced_partial_and_unknown_code_gets_prose() -> None:
    removed = finding(at=location("a.py", 2, side=Side.LEFT), suggestion="    return a + b")
    unplaced = finding(placed=False, suggestion="    return a + b")
    partial = _said(BEFORE, AT, "    return a + b")

    for said in (
        proved(removed, {"a.py": BEFORE}),
        proved(unplaced, {"a.py": BEFORE}),
        proved(partial, {"a.py": BEFORE}, whole=False),
        proved(partial, {}),
    ):
        assert said.suggestion is None
        assert said.message.endswith("\n\nFor example:\n\n```py\nreturn a + b\n```")


def test_an_address_that_was_not_there_is_prose() -> None:
    text = "fetch('https://a.example/x')\n# https://b.example\n"
    same = _said(text, location("a.py", 1), "fetch('https://a.example/y')")
    other = _said(text, location("a.py", 1), "fetch('https://b.example/y')")

    assert proved(same, {"a.py": text}).suggestion is not None
    assert proved(other, {"a.py": text}).suggestion is None


def test_prose_has_a_fence_longer_than_any_inside() -> None:
    said = proved(finding(at=location("a.md"), suggestion="````\nx\n````", message="See."), {})

    assert said.message == "See.\n\nFor example:\n\n`````md\n````\nx\n````\n`````"


def test_lines_keep_the_ending_of_their_file() -> None:
    assert applied("a\r\nb\r\nc\r\n", location("a.txt", 2), "x\ny") == "a\r\nx\r\ny\r\nc\r\n"
