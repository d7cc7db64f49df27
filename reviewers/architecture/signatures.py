"""Two signatures of one function go in; why callers of the old one may fail on the new one comes out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum


class Passing(Enum):
    """How an argument reaches a parameter."""

    PLACE = "place"
    NAME = "name"
    REST = "rest"
    NAMED_REST = "named rest"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes:
        name: Its name; for a destructured one the empty string.
        passing: How it is passed.
        required: Whether a call without it fails.
    """

    name: str
    passing: Passing
    required: bool


def parameters(signature: str, language: str, *, method: bool) -> tuple[Parameter, ...] | None:
    """The parameters in a signature of Python, JavaScript or TypeScript; None where they cannot be told.

    Args:
        signature: One line, as ``Symbol.signature`` has it.
        language: A key of ``LANGUAGES``.
        method: Whether the first parameter of Python is the object or the class.

    Example:
        >>> [each.name for each in parameters("def total(self, cart, *, tax=0)", "python", method=True)]
        ['cart', 'tax']
    """
    return _python(signature, method=method) if language == "python" else _script(signature)


def breaks(old: Sequence[Parameter], new: Sequence[Parameter], *, by_name: bool) -> tuple[str, ...]:
    """Why calls that fit the old parameters may not fit the new ones, in words; empty where all of them do.

    Args:
        old: As they were.
        new: As they are.
        by_name: Whether callers may pass arguments by name, as in Python.
    """
    return tuple(_python_breaks(old, new) if by_name else _script_breaks(old, new))


def _python(signature: str, *, method: bool) -> tuple[Parameter, ...] | None:
    try:
        (function,) = ast.parse(f"{signature}:\n    pass").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    given = function.args
    places = [*given.posonlyargs, *given.args]
    needed = len(places) - len(given.defaults)
    found = [Parameter(each.arg, Passing.PLACE, number < needed) for number, each in enumerate(places)]
    found = found[1:] if method and found and found[0].name in {"self", "cls", "mcs"} else found
    found += [Parameter("", Passing.REST, required=False)] if given.vararg else []
    found += [
        Parameter(each.arg, Passing.NAME, default is None)
        for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    return (*found, Parameter("", Passing.NAMED_REST, required=False)) if given.kwarg else tuple(found)


def _script(signature: str) -> tuple[Parameter, ...] | None:
    start = signature.find("(")
    parts = _between_commas(signature[start + 1 :]) if start >= 0 else None
    if parts is None:
        return None
    found = []
    for part in parts:
        named = _SCRIPT.match(part.strip())
        if named is None:
            return None
        rest, name, optional, default = named.group("rest", "name", "optional", "default")
        passing = Passing.REST if rest else Passing.PLACE
        if name != "this":  # TypeScript's word for the type of the receiver
            found.append(Parameter(name or "", passing, not (rest or optional or default)))
    return tuple(found)


_SCRIPT = re.compile(
    r"(?:(?:public|private|protected|readonly|override)\s+)*(?P<rest>\.\.\.)?(?:(?P<name>[\w$]+)|[{\[].*[}\]])"
    r"(?P<optional>\?)?\s*(?::(?:[^=]|=>|==)*)?(?P<default>=(?!>).*)?$"
)
_OPENING, _CLOSING = "([{<", ")]}>"


def _between_commas(text: str) -> list[str] | None:
    """What stands between the commas up to the bracket that closes; None where none does."""
    parts: list[str] = []
    depth = start = 0
    for place, sign in enumerate(text):
        arrow = sign == ">" and text[place - 1 : place] == "="
        if sign == ")" and depth == 0:
            return [part for part in (*parts, text[start:place]) if part.strip()]
        if sign == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
        depth += (sign in _OPENING) - (sign in _CLOSING and not arrow)
    return None


def _python_breaks(old: Sequence[Parameter], new: Sequence[Parameter]) -> Iterator[str]:
    now = {each.name: each for each in new if each.name}
    was = {each.name: each for each in old if each.name}
    takes_all = any(each.passing in {Passing.REST, Passing.NAMED_REST} for each in new)
    fresh = [each.name for each in new if each.name and each.name not in was]
    for place, each in enumerate(old):
        if not each.name or each.name in now or takes_all:
            continue
        heir = new[place].name if place < len(new) else ""
        if heir in fresh and new[place].required <= each.required:
            fresh.remove(heir)
            yield f"{each.name} is now called {heir}"
        else:
            yield f"{each.name} is gone"
    yield from (f"{name} is new and required" for name in fresh if now[name].required)
    for name in (name for name in was if name in now):
        if now[name].required and not was[name].required:
            yield f"{name} is now required"
        elif was[name].passing is Passing.PLACE and now[name].passing is Passing.NAME:
            yield f"{name} is now passed by name only"
    yield from _moved(old, new)


def _script_breaks(old: Sequence[Parameter], new: Sequence[Parameter]) -> Iterator[str]:
    rest = any(each.passing is Passing.REST for each in new)
    if len(new) < len(old) and not rest:
        names = {each.name for each in new}
        yield from (f"{each.name or 'a parameter'} is gone" for each in old if each.name not in names)
    required = sum(each.required for each in new)
    if required > sum(each.required for each in old):
        names = {each.name for each in old if each.required}
        yield from (
            f"{each.name or 'a parameter'} is required" for each in new if each.required and each.name not in names
        )
    yield from _moved(old, new)


def _moved(old: Sequence[Parameter], new: Sequence[Parameter]) -> Iterator[str]:
    before = [each.name for each in old if each.name and each.passing is Passing.PLACE]
    after = [each.name for each in new if each.name and each.passing is Passing.PLACE]
    stayed = [name for name in before if name in after]
    if stayed != [name for name in after if name in before]:
        yield f"{', '.join(stayed)} are in another order"
        return
    # What comes before an old parameter pushes it one place on.
    first = next((name for name in after if name not in before), None)
    if first is not None and stayed and after.index(first) < after.index(stayed[-1]) and len(after) > len(before):
        yield f"{first} comes before {stayed[-1]}"
