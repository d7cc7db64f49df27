"""A configuration goes in; each of its keys with its value, and the value as people read it, come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from app.configuration.keys import PathRules, RepoConfig
from app.configuration.own_reviewers import OwnReviewer


def leaves(config: RepoConfig) -> Iterator[tuple[str, Any]]:
    """Every key down to single values, joined by dots, with its value; own reviewers by their names."""
    yield from _leaves(config, "")


def shown(value: Any) -> str:
    """A value for people, on one line."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case OwnReviewer():
            names = ", ".join(rule.name for rule in value.rules)
            return f"{names} in {', '.join(value.paths) or 'all files'}"
        case PathRules():
            told = ["instructions"] if value.instructions else []
            told += [f"from {value.floor} on"] if value.floor else []
            return f"{', '.join(value.paths)}: {' and '.join(told)}"
        case tuple() | list():
            return "; ".join(shown(each) for each in value) if _long(value) else f"[{', '.join(map(shown, value))}]"
        case _:
            return str(value)


def _leaves(part: BaseModel, before: str) -> Iterator[tuple[str, Any]]:
    for name in type(part).model_fields:
        value, key = getattr(part, name), f"{before}{name}"
        if isinstance(value, BaseModel):
            yield from _leaves(value, f"{key}.")
        elif isinstance(value, Mapping) and value:
            yield from ((f"{key}.{inner}", each) for inner, each in value.items())
        elif name == "own_reviewers" and value:
            yield from ((f"{key}.{each.name}", each) for each in value)
        else:
            yield key, () if isinstance(value, Mapping) else value


def _long(values: tuple[Any, ...] | list[Any]) -> bool:
    return any(isinstance(each, BaseModel) for each in values)
