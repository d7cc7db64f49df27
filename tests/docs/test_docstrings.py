"""What the check of docstrings finds in a small tree of modules."""

from __future__ import annotations

import ast

import pytest

from docs.validate.docstrings import docstring_faults
from docs.validate.sources import Module


def told(*texts: str) -> list[str]:
    """What is wrong with modules ``app.one``, and so on."""
    names = ["one", "two", "three"]
    modules = [
        Module(f"app/{name}.py", f"app.{name}", ast.parse(text)) for name, text in zip(names, texts, strict=False)
    ]
    return [fault.what for fault in docstring_faults(modules)]


def test_a_module_without_a_docstring_is_told() -> None:
    assert told("X = 1\n") == ["the module has no docstring"]


@pytest.mark.parametrize(
    ("definition", "name"),
    [
        pytest.param("def run(): pass", "run", id="a function"),
        pytest.param("class Run: pass", "Run", id="a class"),
        pytest.param('class Run:\n    """Runs."""\n    def go(self): pass', "Run.go", id="a method"),
        pytest.param('class Run:\n    """Runs."""\n    @property\n    def go(self): pass', "Run.go", id="a property"),
    ],
)
def test_what_others_may_call_needs_a_docstring(definition: str, name: str) -> None:
    assert told(f'"""Runs."""\n{definition}\n') == [f"{name} has no docstring"]


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param("def _run(): pass", id="a helper"),
        pytest.param('class Run:\n    """Runs."""\n    def _go(self): pass', id="a method of a class's own"),
        pytest.param(
            'class Run:\n    """Runs."""\n    @override\n    def go(self): pass', id="what is told by the base"
        ),
        pytest.param("@overload\ndef run(): ...", id="one form of a function of several"),
        pytest.param('def run():\n    """Runs."""\n    def inner(): pass', id="a function in a function"),
    ],
)
def test_what_nobody_else_calls_needs_none(definition: str) -> None:
    assert told(f'"""Runs."""\n{definition}\n') == []


def function(signature: str, *sections: str) -> str:
    body = "\n".join(f"    {line}" for section in ("", *sections) for line in section.splitlines() or [""])
    return f'"""Runs."""\ndef run({signature}):\n    """Run.\n{body}\n    """\n'


def test_a_section_of_arguments_is_whole() -> None:
    assert told(function("path, *, limit", "Args:\n    path: Where.")) == ["run: Args does not tell of limit"]


def test_an_argument_that_is_not_there_is_told() -> None:
    assert told(function("path", "Args:\n    path: Where.\n    depth: How far.")) == [
        "run: Args tells of depth, which is not there"
    ]


def test_stars_and_types_in_a_section_do_no_harm() -> None:
    assert told(function("*paths, **more", "Args:\n    *paths (str): Where.\n    **more: What else.")) == []


def test_a_function_need_not_have_a_section() -> None:
    assert told(function("path, limit")) == []


def test_an_error_that_nobody_knows_is_told() -> None:
    assert told(function("", "Raises:\n    RanAway: It ran.")) == [
        "run: Raises names RanAway, which is no error of ours nor imported here"
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("OSError", id="one of Python's"),
        pytest.param("Ours", id="one of ours from another module"),
        pytest.param("jwt.InvalidTokenError", id="one of an imported library"),
    ],
)
def test_an_error_that_is_known_is_not_told(name: str) -> None:
    one = "import jwt\n" + function("", f"Raises:\n    {name}: It failed.")
    two = '"""Errors."""\nclass Ours(Exception):\n    """Ours."""\n'

    assert told('"""Runs."""\n' + one, two) == []


CLASS = '''\
"""Values."""
from app.two import Base


class Run(Base):
    """Runs.

    Attributes:
{attributes}
    """

    path: str
    _held: int = 0

    @property
    def whole(self):
        """Whether it is."""
'''
BASE = '"""Bases."""\nclass Base:\n    """A base."""\n    above: str\n'


def test_attributes_are_the_fields_of_the_class() -> None:
    text = CLASS.format(attributes="        road: Where.")

    assert sorted(told(text, BASE)) == [
        "Run: Attributes does not tell of path",
        "Run: Attributes tells of road, which is not there",
    ]


def test_what_is_inherited_or_computed_may_be_told() -> None:
    text = CLASS.format(attributes="        path: Where.\n        above: More.\n        whole: Whether.")

    assert told(text, BASE) == []


def test_arguments_of_a_class_are_those_of_its_constructor() -> None:
    docstring = '"""Runs.\n\n    Args:\n        path: Where.\n    """'
    text = f'"""Values."""\nclass Run:\n    {docstring}\n    def __init__(self, path, limit): ...\n'

    assert told(text) == ["Run: Args does not tell of limit"]
