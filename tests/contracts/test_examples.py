"""Examples in docstrings and documentation are run, so that they stay true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
import docs
import llm_runtime
import reviewers


def _modules_with_examples() -> Iterator[str]:
    for package in (app, reviewers, llm_runtime, docs):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            spec = found.module_finder.find_spec(found.name, None)
            if spec and spec.loader and ">>> " in (spec.loader.get_source(found.name) or ""):  # type: ignore[attr-defined] # loaders of files have it
                yield found.name


PAGES = [page for page in (Path(__file__).parents[2] / "docs").rglob("*.md") if ">>> " in page.read_text("utf-8")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_are_true(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")

    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("name", sorted(_modules_with_examples()))
def test_the_examples_of_a_module_are_true(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))

    assert result.attempted > 0
    assert result.failed == 0
