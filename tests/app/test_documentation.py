from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.configuration.keys import PathRules
from app.configuration.own_reviewers import OwnReviewer, OwnRule
from app.repo_config import RepoConfig, parse_config
from app.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


def test_every_variable_is_documented_and_no_other() -> None:
    page = (DOCS / "environment.md").read_text()

    documented = set(re.findall(r"^\| `([A-Z_]+)`", page, flags=re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


@pytest.fixture
def example() -> RepoConfig:
    (text,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "configuration.md").read_text(), flags=re.DOTALL)
    return parse_config(text)


def test_the_example_of_the_configuration_has_every_key(example: RepoConfig) -> None:
    parts = list(_parts(example))

    kinds: set[type[BaseModel]] = {type(part) for part in parts}
    said = {(type(part), name) for part in parts for name in part.model_fields_set}
    assert said == {(kind, name) for kind in kinds for name in kind.model_fields}
    assert {OwnReviewer, OwnRule, PathRules} <= kinds


def test_the_example_of_the_configuration_shows_what_is_not_the_default_anyhow(example: RepoConfig) -> None:
    same = {name for name in RepoConfig.model_fields if getattr(example, name) == getattr(RepoConfig(), name)}

    assert not same


def _parts(part: BaseModel) -> Iterator[BaseModel]:
    yield part
    for name in type(part).model_fields:
        value = getattr(part, name)
        for inner in value if isinstance(value, tuple) else [value]:
            if isinstance(inner, BaseModel):
                yield from _parts(inner)
