"""A JSON schema comes in, the part of it that a vendor accepts goes out, and the words for a model without schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from llm_runtime.messages import JsonSchema

_MAPS_OF_SCHEMAS = frozenset({"properties", "$defs", "definitions"})
_VALUES = frozenset({"enum", "const", "required", "type"})


def without(schema: JsonSchema, refused: frozenset[str]) -> dict[str, Any]:
    """The schema without keywords that a vendor refuses. Names of properties are not keywords and stay.

    What is dropped here only constrains further; answers are validated against the whole schema by whoever asked.
    """
    kept: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in refused:
            continue
        if keyword in _MAPS_OF_SCHEMAS and isinstance(value, Mapping):
            kept[keyword] = {name: _narrowed(part, refused) for name, part in value.items()}
        elif keyword in _VALUES:
            kept[keyword] = value
        else:
            kept[keyword] = _narrowed(value, refused)
    return kept


def described(schema: JsonSchema) -> str:
    """What to tell a model that cannot be held to a schema."""
    return (
        "Answer with one JSON document and nothing else: no prose before or after it, no code fence. "
        "It must be valid against this JSON schema:\n" + json.dumps(schema, ensure_ascii=False)
    )


def _narrowed(value: object, refused: frozenset[str]) -> object:
    if isinstance(value, Mapping):
        return without(value, refused)
    if isinstance(value, (list, tuple)):
        return [_narrowed(part, refused) for part in value]
    return value
