from __future__ import annotations

import re
from pathlib import Path

from app.repo_config import Paths, RepoConfig, parse_config
from app.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


def test_every_variable_is_documented_and_no_other() -> None:
    page = (DOCS / "environment.md").read_text()

    documented = set(re.findall(r"^\| `([A-Z_]+)`", page, flags=re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_the_example_of_the_configuration_is_complete_and_valid() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "configuration.md").read_text(), flags=re.DOTALL)

    config = parse_config(example)

    assert config.model_fields_set == set(RepoConfig.model_fields)
    assert config.paths.model_fields_set == set(Paths.model_fields)
