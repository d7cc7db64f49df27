from __future__ import annotations

from llm_runtime.providers.schemas import described, without

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "pattern": {"type": "string", "pattern": "^a", "maxLength": 3},
        "rows": {"type": "array", "items": {"anyOf": [{"type": "string", "maxLength": 3}, {"$ref": "#/$defs/row"}]}},
        "kind": {"enum": ["pattern", "maxLength"]},
    },
    "required": ["pattern", "rows", "kind"],
    "additionalProperties": False,
    "$defs": {"row": {"type": "object", "properties": {}, "additionalProperties": {"type": "string", "pattern": "x"}}},
}


def test_refused_keywords_are_dropped_at_every_depth_and_names_that_look_like_them_stay() -> None:
    kept = without(SCHEMA, frozenset({"$schema", "pattern", "maxLength"}))

    assert kept == {
        "type": "object",
        "properties": {
            "pattern": {"type": "string"},
            "rows": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/row"}]}},
            "kind": {"enum": ["pattern", "maxLength"]},
        },
        "required": ["pattern", "rows", "kind"],
        "additionalProperties": False,
        "$defs": {"row": {"type": "object", "properties": {}, "additionalProperties": {"type": "string"}}},
    }


def test_a_model_without_schema_mode_reads_the_schema() -> None:
    assert '"maxLength": 3' in described(SCHEMA)
