"""A repository's own configuration, ``.quartet.yml``: text goes in, checked values or one line of error come out."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.errors import Misconfigured
from reviewers.selection import PathFilter

CONFIG_PATH = ".quartet.yml"

MAX_CONFIG_CHARACTERS = 100_000
"""A configuration is a page or two; anything near this is a mistake or an attack on the YAML reader."""


class Paths(BaseModel):
    """Which files are looked at; globs as in ``.gitignore``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    include: Annotated[tuple[str, ...], Field(description="Only these, when there are any.")] = ()
    ignore: Annotated[
        tuple[str, ...], Field(description="None of these; `!folder/` looks at one that is skipped for its name.")
    ] = ()

    @field_validator("include", "ignore")
    @classmethod
    def _patterns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        PathFilter(value)  # raises the ValueError that pydantic turns into a fault
        return value


class RepoConfig(BaseModel):
    """What a repository wants of its reviews; every key has a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reviewers: Annotated[tuple[str, ...], Field(description="Names of the reviewers that look; by default all.")] = ()
    models: Annotated[
        Mapping[str, str],
        Field(description="For a reviewer's name, or `default`, `provider/name` of a model, then of its stand-ins."),
    ] = {}
    paths: Paths = Paths()
    max_findings: Annotated[
        int, Field(ge=0, le=30, description="Inline comments of one review; the rest stands in the summary.")
    ] = 10
    max_cost: Annotated[Decimal | None, Field(gt=0, description="Dollars that one review may cost.")] = None
    fail_on: Annotated[
        Literal["critical", "high", "medium", "low"] | None,
        Field(description="Severity from which the command ends with status 1."),
    ] = None

    @field_validator("models")
    @classmethod
    def _named(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for key in value:
            if key not in {"default", *_reviewer_names()}:
                msg = f"{key!r} is neither 'default' nor a reviewer ({', '.join(_reviewer_names())})"
                raise ValueError(msg)
        return value

    @field_validator("reviewers")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in _reviewer_names():
                msg = f"no reviewer is called {name!r}; there are {', '.join(_reviewer_names())}"
                raise ValueError(msg)
        return value


def parse_config(text: str | None, source: str = CONFIG_PATH) -> RepoConfig:
    """The configuration in a text; all defaults for None and for an empty text.

    Args:
        text: YAML.
        source: Where it came from, for the message.

    Raises:
        Misconfigured: It is not YAML, has an unknown key or a wrong value; one line that names place and cure.
    """
    if not text:
        return RepoConfig()
    if len(text) > MAX_CONFIG_CHARACTERS:
        msg = f"{source} is larger than {MAX_CONFIG_CHARACTERS:,} characters; shorten it"
        raise Misconfigured(msg)
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problem = " ".join(str(getattr(error, "problem", None) or error).split())
        msg = f"{source}{where}: not valid YAML: {problem}"
        raise Misconfigured(msg) from error
    if data is None:
        return RepoConfig()
    if not isinstance(data, dict):
        msg = f"{source} line 1: expected keys and values, such as `reviewers: [security, bugs]`"
        raise Misconfigured(msg)
    try:
        return RepoConfig.model_validate(data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        msg = f"{source} line {_line(tree, fault['loc'])}: {_reason(fault['loc'], fault['type'], fault['msg'])}"
        raise Misconfigured(msg) from error


def _reviewer_names() -> tuple[str, ...]:
    from reviewers.perspectives import REVIEWERS  # noqa: PLC0415 - their texts are not needed to show the help

    return tuple(reviewer.name for reviewer in REVIEWERS)


def _reason(place: tuple[int | str, ...], kind: str, message: str) -> str:
    name = ".".join(str(part) for part in place)
    if kind != "extra_forbidden":
        return f"{name}: {message.removeprefix('Value error, ')}"
    keys = list((Paths if place[:-1] == ("paths",) else RepoConfig).model_fields)
    likely = difflib.get_close_matches(str(place[-1]), keys, n=1, cutoff=0.5)
    cure = f"did you mean {likely[0]!r}?" if likely else f"known are {', '.join(keys)}"
    return f"unknown key {str(place[-1])!r}; {cure}"


def _line(node: Any, place: tuple[int | str, ...]) -> int:
    """The line, from 1, of the innermost part of a place that stands in the text."""
    line = int(node.start_mark.line) + 1
    for part in place:
        match node:
            case yaml.MappingNode():
                found = [(key, value) for key, value in node.value if key.value == str(part)]
                if not found:
                    break
                line, node = found[0][0].start_mark.line + 1, found[0][1]
            case yaml.SequenceNode() if isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
            case _:
                break
    return line
