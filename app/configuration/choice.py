"""Who looks, as a repository says it: by a list of names, or by switching single reviewers on and off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Discriminator, Tag, WithJsonSchema

from app.configuration.texts import MODELS_SCHEMA, Line


def _shape(value: object) -> str:
    return "switches" if isinstance(value, Mapping) else "names"


_CHOICE = {
    "anyOf": [
        {"type": "boolean"},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "enabled": {"type": "boolean"},
                "models": MODELS_SCHEMA,
            },
        },
    ]
}

Choice = Annotated[
    Annotated[tuple[Line, ...], Tag("names")] | Annotated[Mapping[str, bool], Tag("switches")],
    Discriminator(_shape),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "string"}},
                {"type": "object", "additionalProperties": _CHOICE},
            ]
        }
    ),
]
"""Who looks: names of those alone that do, or for some names whether they do."""

CHOICE_TAGS = frozenset({"names", "switches"})
"""What pydantic puts into the place of a fault for the two shapes of ``Choice``; nothing of it stands in the file."""
