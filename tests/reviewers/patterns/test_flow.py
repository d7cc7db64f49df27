from __future__ import annotations

from collections.abc import Mapping

import pytest

from reviewers.patterns.carriers import Steps
from reviewers.patterns.flow import arrivals
from reviewers.syntax.tree import parse

FLOW = {
    "sources": [{"pattern": "source()"}],
    "sinks": [{"pattern": "sink($SINK, $$$)"}],
    "cleans": [{"pattern": "clean($$$)"}],
    "guards": [{"pattern": "allowed($X)"}],
    "passes": ["wrap"],
    "safe_start": "https?://[^/{$]+/",
}


def arrived(text: str, language: str, flow: Mapping[str, object] = FLOW) -> list[int]:
    root = parse(text, language)
    assert root is not None
    return sorted(node.range().start.line + 1 for node in arrivals(flow, Steps(root, language)))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("sink(source())", [1], id="at once"),
        pytest.param("sink(source(), 1)", [1], id="with further arguments"),
        pytest.param("x = source()\nsink(x)", [2], id="through a name"),
        pytest.param("x = source()\ny = f'a{x}'\nsink('b' + y)", [3], id="through text"),
        pytest.param("x = source()\nsink(x.name[0].strip())", [2], id="through members and methods"),
        pytest.param("x = source()\nsink({'a': [x]})", [2], id="inside a value"),
        pytest.param("a, b = source()\nsink(b)", [2], id="taken apart"),
        pytest.param("for x in source():\n    sink(x)", [2], id="one by one"),
        pytest.param("with source() as x:\n    sink(x)", [2], id="in a with statement"),
        pytest.param("parts = []\nparts.append(source())\nsink(''.join(parts))", [3], id="collected"),
        pytest.param("x = 'a'\nx += source()\nsink(x)", [3], id="added to a text"),
        pytest.param("sink(wrap(source()))", [1], id="handed on by a known function"),
        pytest.param("sink(unknown(source()))", [], id="not through an unknown function"),
        pytest.param("sink(clean(source()))", [], id="made harmless"),
        pytest.param("x = source()\nx = clean(x)\nsink(x)", [], id="made harmless under the same name"),
        pytest.param("x = source()\nif bad(x):\n    x = 'a'\nsink(x)", [4], id="replaced only in a branch"),
        pytest.param("x = source()\nif not allowed(x):\n    stop()\nsink(x)", [], id="checked"),
        pytest.param("x = source()\nsink(x == 1)", [], id="only compared"),
        pytest.param("sink('https://example.com/' + source())", [], id="behind a fixed beginning"),
        pytest.param("u = f'https://example.com/{source()}'\nsink(u)", [], id="a name for a fixed beginning"),
        pytest.param("sink('https://' + source())", [1], id="behind too short a beginning"),
        pytest.param("def f():\n    x = source()\n\ndef g(x):\n    sink(x)", [], id="another function's name"),
        pytest.param("def f(x):\n    sink(x)\n\nf(source())", [2], id="handed to a function of the file"),
        pytest.param("def f(y, x):\n    sink(x)\n\nf(source(), 1)", [], id="handed in another place"),
        pytest.param("def g(x):\n    sink(x)\n\ndef f(x):\n    g(x)\n\nf(source())", [2], id="handed twice"),
        pytest.param(
            "class A:\n    def f(self, x):\n        sink(x)\n    def g(self):\n        self.f(source())",
            [3],
            id="own method",
        ),
        pytest.param("sink(" + "[" * 90 + "source()" + "]" * 90 + ")", [], id="nested too deep to be followed"),
    ],
)
def test_values_are_followed_through_python(text: str, lines: list[int]) -> None:
    assert arrived(text, "python") == lines


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "const { a } = source();\nconst f = (x) => {\n  sink(`a${x}`);\n};\nf(a);"),
        ("typescript", "const a: string = source() as string;\nlet b = a!;\nsink(b);"),
        ("tsx", "const a = source();\nconst b = c ? a : d;\nsink(<p>{b}</p>);"),
        ("go", 'package m\nfunc f() {\n\tx := source()\n\ty := x + "a"\n\tsink(y)\n}'),
        ("java", 'class A { void f() {\n String x = source();\n String y = "a" + x;\n sink(y);\n} }'),
        ("csharp", 'class A { void F() {\n var x = source();\n var y = "a" + x;\n sink(y);\n} }'),
        ("ruby", 'def f\n  x = source()\n  y = "a#{x}"\n  sink(y)\nend'),
        ("php", '<?php\n$x = source();\n$y = "a" . $x;\nsink($y);'),
        ("cpp", "void f() {\n auto x = source();\n sink(x);\n}"),
    ],
)
def test_values_are_followed_in_every_language(language: str, text: str) -> None:
    (line,) = arrived(text, language)

    assert "sink(" in text.split("\n")[line - 1]


def test_values_are_followed_in_c_whose_calls_have_to_be_shown_in_a_function() -> None:
    source, sink = (
        {"context": f"void f() {{ {call}; }}", "selector": "call_expression"} for call in ("source()", "sink($SINK)")
    )
    flow = {"sources": [{"pattern": source}], "sinks": [{"pattern": sink}]}

    assert arrived("void f() {\n char *x = source();\n sink(x);\n}", "c", flow) == [3]


def test_the_condition_of_a_choice_is_no_part_of_its_value() -> None:
    assert arrived("const x = source();\nsink(x ? 1 : 2);", "javascript") == []


def test_a_source_can_be_a_parameter() -> None:
    flow = {**FLOW, "sources": [{"kind": "identifier", "pattern": "$NAME", "inside": {"kind": "parameters"}}]}

    assert arrived("def f(x):\n    sink(x)\n\nsink(x)", "python", flow) == [2]


def test_a_value_that_is_handed_on_without_end_is_followed_to_an_end() -> None:
    text = "def f(x):\n    g(x)\n\ndef g(x):\n    f(x)\n    sink(x)\n\nf(source())"

    assert arrived(text, "python") == [6]
