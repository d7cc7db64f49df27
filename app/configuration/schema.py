"""The JSON schema of ``.quartet.yml``, for editors: made of the model, so that the two cannot differ.

``python -m app.configuration.schema > docs/schema/quartet.schema.json`` writes the published one.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from app.configuration.earlier import EARLIER
from app.configuration.keys import RepoConfig

SCHEMA_ID = "quartet.configuration/1"


def config_schema() -> dict[str, Any]:
    """The schema; earlier names of keys are part of it, as deprecated ones."""
    schema = _without_titles(RepoConfig.model_json_schema())
    properties: dict[str, Any] = schema["properties"]
    for name, (part, key) in EARLIER.items():
        inner = schema["$defs"][part.capitalize()]["properties"][key]
        properties[name] = {**inner, "description": f"Earlier name of `{part}.{key}`.", "deprecated": True}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "How a repository wants to be reviewed by Quartet: .quartet.yml",
        **schema,
        "description": "The file of the base branch is in force.",
    }


def render_schema() -> str:
    """The schema as the file holds it."""
    return json.dumps(config_schema(), indent=2, ensure_ascii=False) + "\n"


def _without_titles(node: Any) -> Any:
    """The schema without the headings that pydantic makes of names; a key that is called ``title`` stays."""
    match node:
        case dict():
            return {
                key: _without_titles(value)
                for key, value in node.items()
                if not (key == "title" and isinstance(value, str))
            }
        case list():
            return [_without_titles(each) for each in node]
        case _:
            return node


if __name__ == "__main__":
    sys.stdout.write(render_schema())
