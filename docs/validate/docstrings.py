"""Modules in; what their docstrings leave out, or tell of things that are not there, out.

Sections are those of Google's style (https://google.github.io/styleguide/pyguide.html#383-functions-and-methods).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence

from docstring_parser import Docstring, DocstringStyle, ParseError, parse

from docs.validate.faults import Fault
from docs.validate.sources import Definition, Function, Module, decorators, parameters, public

_SILENT = frozenset({"overload", "override", "setter", "deleter"})
"""What such a definition says is said where the first of its name stands."""


def docstring_faults(modules: Sequence[Module]) -> Iterator[Fault]:
    """What is missing, and what is not as the code has it."""
    tree = _Tree(modules)
    for module in modules:
        if ast.get_docstring(module.tree) is None:
            yield Fault(module.path, 1, "the module has no docstring")
        for owner, node in public(module):
            for what in tree.wrong(module, owner, node):
                yield Fault(module.path, node.lineno, what)


class _Tree:
    """All modules, for what a class inherits and where an error is from."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self._modules = {module.name: module for module in modules}
        self._errors = {name for module in modules for name in module.classes} | set(dir(builtins))

    def wrong(self, module: Module, owner: ast.ClassDef | None, node: Definition) -> Iterator[str]:
        name = f"{owner.name}.{node.name}" if owner else node.name
        text = ast.get_docstring(node)
        if text is None:
            if not _SILENT & decorators(node):
                yield f"{name} has no docstring"
            return
        try:
            told = parse(text, DocstringStyle.GOOGLE)
        except ParseError as error:
            yield f"{name}: its docstring cannot be read: {error}"
            return
        yield from (f"{name}: {what}" for what in self._disagreements(module, owner, node, told))

    def _disagreements(
        self, module: Module, owner: ast.ClassDef | None, node: Definition, told: Docstring
    ) -> Iterator[str]:
        if isinstance(node, ast.ClassDef):
            fields = self._fields(module, node)
            yield from _differences("Attributes", _told(told, "attribute"), fields.own, fields.all)
            takes = self._constructor(module, node)
            yield from _differences("Args", _told(told, "param"), takes, (*takes, *fields.all))
        else:
            takes = parameters(node, bound=owner is not None and "staticmethod" not in decorators(node))
            yield from _differences("Args", _told(told, "param"), takes, takes)
        for raised in told.raises:
            if not self._known(module, raised.type_name or ""):
                yield f"Raises names {raised.type_name or 'nothing'}, which is no error of ours nor imported here"

    def _constructor(self, module: Module, node: ast.ClassDef) -> tuple[str, ...]:
        for _, each in self._with_bases(module, node):
            for inner in each.body:
                if isinstance(inner, Function) and inner.name in {"__init__", "__new__"}:
                    return parameters(inner, bound=True)
        return ()

    def _fields(self, module: Module, node: ast.ClassDef) -> _Fields:
        everything = [_named(each) for _, each in self._with_bases(module, node)]
        return _Fields(everything[0].own, tuple(name for each in everything for name in each.all))

    def _with_bases(self, module: Module, node: ast.ClassDef) -> Iterator[tuple[Module, ast.ClassDef]]:
        yield module, node
        for base in node.bases:
            name = ast.unparse(base).partition("[")[0]
            if name in module.classes:
                yield from self._with_bases(module, module.classes[name])
                continue
            where, _, bare = module.imported.get(name, "").rpartition(".")
            if (found := self._modules.get(where)) and bare in found.classes:
                yield from self._with_bases(found, found.classes[bare])

    def _known(self, module: Module, name: str) -> bool:
        return name.rpartition(".")[2] in self._errors or name.partition(".")[0] in module.imported


class _Fields:
    """The names of a class.

    Attributes:
        own: What its docstring should tell of.
        all: What it may tell of: what is computed or inherited, too.
    """

    def __init__(self, own: tuple[str, ...], everything: tuple[str, ...]) -> None:
        self.own = own
        self.all = everything


def _named(node: ast.ClassDef) -> _Fields:
    own, more = [], []
    for inner in node.body:
        if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name):
            if not inner.target.id.startswith("_") and "ClassVar" not in ast.unparse(inner.annotation):
                own.append(inner.target.id)
        elif isinstance(inner, ast.Assign):
            more += [target.id for target in inner.targets if isinstance(target, ast.Name)]
        elif isinstance(inner, Function):
            more.append(inner.name)
            more += _set_on_self(inner)
    return _Fields(tuple(own), (*own, *more))


def _set_on_self(function: Function) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            yield node.attr


def _told(told: Docstring, kind: str) -> tuple[str, ...]:
    names = [each.arg_name for each in told.params if each.args and each.args[0] == kind]
    return tuple(part.strip().lstrip("*") for name in names for part in name.split(","))


def _differences(section: str, told: Sequence[str], due: Sequence[str], allowed: Sequence[str]) -> Iterator[str]:
    """A section need not be there; one that is there is whole and true."""
    if not told:
        return
    for name in told:
        if name not in allowed:
            yield f"{section} tells of {name}, which is not there"
    for name in due:
        if name not in told:
            yield f"{section} does not tell of {name}"
