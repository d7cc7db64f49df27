"""Kinds of text that stand in a configuration, each with its limits; they end in prompts, posts and patterns."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from reviewers.selection import PathFilter

MAX_STARS = 4
"""Stars of one part of a pattern: each multiplies the time that a long file name can cost."""


def _printed(value: str) -> str:
    if unprintable := [mark for mark in value if not mark.isprintable() and mark not in "\n\t"]:
        msg = f"the character U+{ord(unprintable[0]):04X} cannot be seen by who reads it here; leave it out"
        raise ValueError(msg)
    return value


def _single(value: str) -> str:
    if "\n" in value or "\t" in value:
        msg = "must be one line"
        raise ValueError(msg)
    return value


def _few_stars(value: str) -> str:
    for part in value.split("/"):
        if part.replace("**", "").count("*") > MAX_STARS:
            msg = f"a pattern may have {MAX_STARS} stars between two slashes"
            raise ValueError(msg)
    return value


def _glob(value: str) -> str:
    PathFilter((value,))  # raises the ValueError that pydantic turns into a fault
    return value


def _below_the_top(value: str) -> str:
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value or "*" in value or str(path) != value:
        msg = "must be the path of one file from the top of the repository, such as docs/style.md"
        raise ValueError(msg)
    return value


def _spoken(value: str) -> str:
    if not re.fullmatch(r"[^\W\d_]+(?:[ -](?:[^\W\d_]+|\([^\W\d_]+\)|\d+))*", value):
        msg = "must be the name or the tag of a language, such as German or pt-BR"
        raise ValueError(msg)
    return value


def _models(value: object) -> object:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printed),
    AfterValidator(_single),
]
"""One line."""

Instructions = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8_000), AfterValidator(_printed)
]
"""A page of text for reviewers."""

PathGlob = Annotated[Line, AfterValidator(_few_stars), AfterValidator(_glob)]
"""A pattern of paths, as in ``.gitignore``."""


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


PathGlobs = Annotated[tuple[PathGlob, ...], Field(max_length=200)]
_ONE_PATTERN = {"type": "string", "minLength": 1, "maxLength": 200}

Layer = Annotated[
    tuple[PathGlob, ...],
    Field(min_length=1, max_length=50),
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [_ONE_PATTERN, {"type": "array", "items": _ONE_PATTERN, "minItems": 1, "maxItems": 50}]}),
]
"""Paths that belong together, as one pattern or as a list of them."""

BranchGlobs = Annotated[tuple[Annotated[Line, AfterValidator(_few_stars)], ...], Field(max_length=50)]
Labels = Annotated[tuple[Line, ...], Field(max_length=50)]
Logins = Annotated[tuple[Line, ...], Field(max_length=200)]

FilePath = Annotated[Line, AfterValidator(_below_the_top)]
"""Where a file lies, from the top of the repository."""

Language = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40), AfterValidator(_spoken)
]
"""A language's name or tag. It stands in the instructions of the models, so it cannot be a sentence."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
"""A word of lower-case letters, joined by hyphens; part of a finding's identity."""

MODELS_SCHEMA = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
    ]
}

Models = Annotated[Line, BeforeValidator(_models), WithJsonSchema(MODELS_SCHEMA)]
"""``provider/name`` of a model, then of its stand-ins: as a list, or joined by commas, which is how it is kept."""
