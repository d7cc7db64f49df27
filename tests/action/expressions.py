"""Expressions of GitHub's workflows, as far as ours use them; a test holds them equal to GitHub's own evaluator.

Source of the rules: docs.github.com/en/actions/reference/workflows-and-actions/expressions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w-]*)"
    r"|(?P<sign>==|!=|&&|\|\||[()!.,]))"
)
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)

Functions = Mapping[str, Callable[..., Any]]


def evaluate(expression: str, contexts: Mapping[str, Any], status: Functions | None = None) -> Any:
    """The value of one expression.

    Args:
        expression: Without the braces around it.
        contexts: By their names; what is not there is null.
        status: ``always``, ``success`` and the like, where there is a job.
    """
    reader = _Reader(_tokens(expression), contexts, {**_FUNCTIONS, **(status or {})})
    value = reader.either()
    if reader.rest:
        msg = f"{expression!r} goes on after its end: {reader.rest}"
        raise ValueError(msg)
    return value


def filled(text: str, contexts: Mapping[str, Any]) -> str:
    """A text with its expressions put in."""
    return _EXPRESSION.sub(lambda found: as_text(evaluate(found[1], contexts)), text)


def expressions_in(text: str) -> list[str]:
    """The expressions between braces."""
    return [found.strip() for found in _EXPRESSION.findall(text)]


def as_text(value: Any) -> str:
    """A value as it is put into a text."""
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def truth(value: Any) -> bool:
    """Whether a value counts as true."""
    return value not in (None, False, 0, "")


@dataclass
class _Reader:
    rest: list[tuple[str, str]]
    contexts: Mapping[str, Any]
    functions: Functions

    def either(self) -> Any:
        value = self.both()
        while self.takes("||"):
            other = self.both()
            value = value if truth(value) else other
        return value

    def both(self) -> Any:
        value = self.equal()
        while self.takes("&&"):
            other = self.equal()
            value = other if truth(value) else value
        return value

    def equal(self) -> Any:
        value = self.single()
        while self.rest and self.rest[0][1] in {"==", "!="}:
            _, sign = self.rest.pop(0)
            value = _same(value, self.single()) == (sign == "==")
        return value

    def single(self) -> Any:
        if self.takes("!"):
            return not truth(self.single())
        if self.takes("("):
            value = self.either()
            self.must(")")
            return value
        kind, word = self.rest.pop(0)
        if kind == "text":
            return word[1:-1].replace("''", "'")
        if kind == "number":
            return float(word) if "." in word else int(word)
        if kind != "word":
            msg = f"{word!r} begins nothing"
            raise ValueError(msg)
        return self.named(word)

    def named(self, word: str) -> Any:
        if word in {"true", "false", "null"}:
            return {"true": True, "false": False, "null": None}[word]
        if self.takes("("):
            given = []
            while not self.takes(")"):
                given.append(self.either())
                self.takes(",")
            return self.functions[word.lower()](*given)
        value = self.contexts.get(word)
        while self.takes("."):
            _, key = self.rest.pop(0)
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def takes(self, sign: str) -> bool:
        found = bool(self.rest) and self.rest[0] == ("sign", sign)
        if found:
            self.rest.pop(0)
        return found

    def must(self, sign: str) -> None:
        if not self.takes(sign):
            msg = f"{sign} is missing before {self.rest}"
            raise ValueError(msg)


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    expression = expression.rstrip()
    while position < len(expression):
        found = _TOKEN.match(expression, position)
        if found is None or found.lastgroup is None:
            msg = f"{expression!r} cannot be read at {position}"
            raise ValueError(msg)
        tokens.append((found.lastgroup, found[found.lastgroup]))
        position = found.end()
    return tokens


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    if type(one) is type(other):
        return bool(one == other)
    return _number(one) == _number(other)


def _number(value: Any) -> float:
    if value is None or value == "":
        return 0.0
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _contains(where: Any, what: Any) -> bool:
    if isinstance(where, list):
        return any(_same(each, what) for each in where)
    return as_text(what).casefold() in as_text(where).casefold()


_FUNCTIONS: Functions = {
    "contains": _contains,
    "startswith": lambda text, start: as_text(text).casefold().startswith(as_text(start).casefold()),
    "format": lambda text, *values: str(text).format(*map(as_text, values)),
    "fromjson": json.loads,
}
