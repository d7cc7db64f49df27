"""Python files in; the modules, classes and functions that others may use out, without importing anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGES = ("app", "reviewers", "llm_runtime")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


@dataclass(frozen=True)
class Module:
    """One file.

    Attributes:
        path: From the root of the project.
        name: As it is imported.
        tree: Its syntax.
    """

    path: str
    name: str
    tree: ast.Module

    @cached_property
    def imported(self) -> Mapping[str, str]:
        """Where names come from: ``{"Path": "pathlib.Path"}``; an import within a function counts."""
        names: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names |= {each.asname or each.name.partition(".")[0]: each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
        return names

    @cached_property
    def classes(self) -> Mapping[str, ast.ClassDef]:
        """The classes at its top level."""
        return {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}


def modules(root: Path) -> tuple[Module, ...]:
    """Every module of the three packages, in the order of their paths."""
    found = []
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            path = file.relative_to(root)
            parts = path.with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(path.as_posix(), name, ast.parse(file.read_text("utf-8"), str(path))))
    return tuple(found)


def public(module: Module) -> Iterator[tuple[ast.ClassDef | None, Definition]]:
    """What the module defines without a leading underscore, each with the class that it stands in.

    What a class nested in another holds, and what a function holds, is not told: nobody else calls it.
    """
    if any(part.startswith("_") and not part.startswith("__") for part in module.name.split(".")):
        return
    for node in module.tree.body:
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        yield None, node
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, Definition) and not inner.name.startswith("_"):
                    yield node, inner


def decorators(node: Definition) -> frozenset[str]:
    """What stands before a definition, by its last word: ``functools.cache`` is ``cache``."""
    calls = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
    return frozenset(ast.unparse(each).rpartition(".")[2] for each in calls)


def parameters(function: Function, *, bound: bool) -> tuple[str, ...]:
    """The names that a caller gives, ``*`` and ``**`` left off; a method's own object is not among them."""
    arguments = function.args
    placed = [each.arg for each in (*arguments.posonlyargs, *arguments.args)][1 if bound else 0 :]
    starred = [each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return (*placed, *(each.arg for each in arguments.kwonlyargs), *starred)
