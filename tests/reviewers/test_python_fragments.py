from __future__ import annotations

import ast

import pytest

from reviewers.evidence_source import Piece
from reviewers.python_fragments import completed


def piece(text: str) -> Piece:
    lines = text.count("\n")
    return Piece(path="a.py", name="module.py", text=text, numbers=tuple(range(11, 11 + lines)), whole=False)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1\n", id="complete"),
        pytest.param("    return x\n", id="a body"),
        pytest.param("        return x\n    y = 2\nz = 3\n", id="three levels"),
        pytest.param("        x()\n    except OSError:\n        y()\n", id="the end of a try"),
        pytest.param("        x()\n    finally:\n        y()\n", id="the end of a try that must run"),
        pytest.param("        x()\n    elif y:\n        z()\n    else:\n        z()\n", id="further branches"),
        pytest.param("    else:\n        x()\n", id="a branch first"),
        pytest.param("    except OSError as error:\n        raise X from error\n", id="a handler first"),
        pytest.param("    await x\n", id="a coroutine"),
        pytest.param("    async with x:\n        pass\n", id="a coroutine that waits otherwise"),
        pytest.param("def f(x):\n", id="a head without a body"),
        pytest.param("\n# only a remark\n", id="nothing to run"),
        pytest.param("\tif x:\n\t\treturn y\n", id="tabs"),
    ],
)
def test_lines_cut_out_of_a_file_can_be_parsed(text: str) -> None:
    whole = completed(piece(text)).text

    assert text in whole
    assert ast.parse(whole).body is not None


def test_made_up_lines_have_no_number_in_the_file() -> None:
    made = completed(piece("    os.remove(path)\n    if path:\n"))

    assert list(zip(made.text.split("\n"), made.numbers, strict=False)) == [
        ("import os", 0),
        ("import os.path", 0),
        ("def _():", 0),
        ("    os.remove(path)", 11),
        ("    if path:", 12),
        ("        pass", 0),
    ]


def test_a_function_is_no_coroutine_unless_it_waits() -> None:
    assert "async" not in completed(piece("    return x\n")).text
