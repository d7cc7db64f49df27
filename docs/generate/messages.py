"""What the program may tell a person when something goes wrong: source code comes in, templates of messages go out.

A template is the text of a ``raise``, or of a line of ``quartet doctor``, with an ellipsis in place of each value that
is filled in. ``docs.generate.troubleshooting`` writes the page with a cure for each.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOTS = frozenset({"AppError", "LLMError", "ReviewError"})
"""Classes whose subclasses carry a line for a person."""
PACKAGES = ("app", "reviewers", "llm_runtime")
FILLED_IN = "…"

_TELLERS = {
    "llm_runtime/providers/failures.py": ("_cure", f"{FILLED_IN}: "),
    "llm_runtime/logged.py": ("told", ""),
    "app/cli/main.py": ("_refusal", ""),
}
"""Functions whose answer is a message, though no ``raise`` stands beside them, and what stands before it."""
_CHECKED = ("app/configuration/", "app/settings.py")
"""Where a ``ValueError`` becomes a message: pydantic turns it into one."""
_LEAST_WORDS = 2
_DEEPEST = 3


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One thing that may be told.

    Attributes:
        text: Its template.
        path: The file that tells it, from the top of the repository.
        error: The class that carries it; ``Line`` for a line of the doctor's.
    """

    text: str
    path: str
    error: str


@dataclass(slots=True)
class _Names:
    """What names stand for in one module or function, as far as it is text."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)


@functools.cache
def collected(top: Path) -> tuple[Message, ...]:
    """Every message of the packages below ``top``, in the order of files and lines, each once in a file."""
    paths = [path for package in PACKAGES for path in sorted((top / package).rglob("*.py"))]
    sources = {path.relative_to(top).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    errors = error_classes(sources.values())
    return tuple(dict.fromkeys(each for path, source in sources.items() for each in messages(source, path, errors)))


def error_classes(sources: Iterable[str]) -> frozenset[str]:
    """Names of the classes that carry a line for a person, wherever they are defined and whatever is imported.

    >>> written = ["class Lost(AppError): ...", "class Gone(errors.Lost): ...", "class Bad(OSError): ..."]
    >>> sorted(error_classes(written))
    ['AppError', 'Gone', 'LLMError', 'Lost', 'ReviewError']
    """
    classes = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    bases = {node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases} for node in classes}
    known: set[str] = set()
    more = set(ROOTS)
    while more:
        known |= more
        more = {name for name, above in bases.items() if not above.isdisjoint(known)} - known
    return frozenset(known)


def messages(source: str, path: str, errors: Iterable[str]) -> Iterator[Message]:
    """The messages in one file.

    Args:
        source: The file's text.
        path: Its name, from the top of the repository.
        errors: Names of the classes whose first argument is told to a person.

    >>> [each.text for each in messages("def f(x):\\n msg = f'no {x} here; go'\\n raise Bad(msg)", "f.py", ["Bad"])]
    ['no … here; go']
    """
    known = frozenset((*errors, *(["ValueError"] if path.startswith(_CHECKED) else [])))
    tree = ast.parse(source)
    module = _Names(functions={node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)})
    for statement in tree.body:
        _remember(statement, module, module)
    for name, function in module.functions.items():
        local = _Names(functions=module.functions)
        teller, before = _TELLERS.get(path, ("", ""))
        if teller == name:
            yield from (Message(f"{before}{text}", path, name) for text in _returned(function, module, 0))
        for node in _own_nodes(function):
            _remember(node, local, module)
            for text, error in _told(node, known, local, module):
                # What only hands on another's words is told where that is raised.
                if sum(word.isalpha() for word in text.split()) >= _LEAST_WORDS:
                    # What is a paragraph in a comment is one line of a table.
                    yield Message(" ".join(text.split()), path, error)


def _told(node: ast.AST, known: frozenset[str], local: _Names, module: _Names) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_])):
            if name in known:
                yield from ((text, name) for text in _templates(first, local, module))
        case ast.Call(func=ast.Name(id="Line"), args=[first, *_]):
            texts = (text.strip() for text in _templates(first, local, module))
            yield from ((text, "Line") for text in texts if text.startswith(("✗", "!")))


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """All below, in the order of the source; what a function inside does is its own."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef):
            yield from _own_nodes(child)


def _remember(node: ast.AST, names: _Names, module: _Names) -> None:
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            # Calls are followed where a text is told, not wherever one is given a name.
            if found := list(_templates(value, names, module, _DEEPEST)):
                names.texts[name] = found


def _returned(function: ast.FunctionDef, module: _Names, depth: int) -> Iterator[str]:
    local = _Names(functions=module.functions)
    for node in _own_nodes(function):
        _remember(node, local, module)
        if isinstance(node, ast.Return) and node.value is not None:
            yield from _templates(node.value, local, module, depth + 1)


def _templates(node: ast.expr, local: _Names, module: _Names, depth: int = 0) -> Iterator[str]:
    """The texts that an expression may be; none where nothing of it is written there."""

    def inner(*nodes: ast.expr) -> Iterator[str]:
        return (text for each in nodes for text in _templates(each, local, module, depth))

    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else FILLED_IN for part in parts)
        case ast.Name(id=name):
            yield from local.texts.get(name, module.texts.get(name, []))
        case ast.IfExp() | ast.BoolOp() | ast.Dict() | ast.Subscript():
            yield from inner(*_choices(node))
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            ends = list(inner(right)) or [FILLED_IN]
            yield from (start + end for start in inner(left) for end in ends)
        case ast.Call(func=ast.Attribute(value=ast.Name() as mapping, attr="get"), args=[_, default]):
            yield from inner(mapping, default)
        case ast.Call(func=ast.Name(id=name)) if name in module.functions and depth < _DEEPEST:
            yield from _returned(module.functions[name], module, depth)


def _choices(node: ast.IfExp | ast.BoolOp | ast.Dict | ast.Subscript) -> list[ast.expr]:
    """The expressions of which one is taken."""
    match node:
        case ast.IfExp(body=one, orelse=other):
            return [one, other]
        case ast.BoolOp(values=values) | ast.Dict(values=values):
            return values
        case ast.Subscript(value=value):
            return [value]
