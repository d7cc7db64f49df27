"""The keys of ``.quartet.yml``: the models come in, one table for each key at the top goes out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.configuration.schema import config_schema
from docs.generate.tables import code, table

PAGE = "configuration.md"
_SINGLE = ""
"""The group of keys that have none beside them."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Attributes:
        path: Where it stands, as ``caps.findings``; ``[]`` is an entry of a list.
        kind: What may stand there, in words.
        default: What holds where it is left out, as YAML on one line; a word in brackets where it has to be said.
        example: A value from the page's own example, as YAML on one line.
        text: What it does.
    """

    path: str
    kind: str
    default: str
    example: str
    text: str


def keys(shown: Mapping[str, Any]) -> tuple[Key, ...]:
    """Every key, in the order of the models.

    Args:
        shown: A configuration with every key, from which each takes its example.
    """
    schema = config_schema()
    return tuple(_keys(schema, schema, "", shown))


def example(docs: Path) -> Mapping[str, Any]:
    """The page's own example, which has every key; a test of the configuration sees to that."""
    (text,) = re.findall(r"```yaml\n(.*?)```", (docs / PAGE).read_text(encoding="utf-8"), flags=re.DOTALL)
    read: Mapping[str, Any] = yaml.safe_load(text)
    return read


def rendered(docs: Path) -> str:
    """The tables, one for each key at the top that has keys below it, and one for those that have none."""
    found = keys(example(docs))
    groups: dict[str, list[Key]] = {}
    for key in found:
        top = re.split(r"[.\[]", key.path)[0]
        nested = any(other.path != key.path and re.split(r"[.\[]", other.path)[0] == top for other in found)
        groups.setdefault(top if nested else _SINGLE, []).append(key)
    groups = {_SINGLE: groups.pop(_SINGLE), **groups}
    return "\n\n".join(
        f"### Single keys\n\n{_table(group)}" if top == _SINGLE else f"### Keys of `{top}`\n\n{_table(group)}"
        for top, group in groups.items()
    )


def _table(group: list[Key]) -> str:
    return table(
        ["key", "type", "default", "example", "meaning"],
        [[code(key.path), key.kind, _cell(key.default), _cell(key.example), key.text] for key in group],
    )


def _cell(value: str) -> str:
    return value if not value or value.startswith("(") else code(value)


def _keys(schema: Mapping[str, Any], part: Mapping[str, Any], prefix: str, shown: Any) -> Iterator[Key]:
    required = part.get("required", ())
    for name, raw in part["properties"].items():
        below = _resolved(schema, raw)
        # Earlier names have a section of their own in the page.
        if raw.get("deprecated"):
            continue
        value = shown[name] if isinstance(shown, Mapping) and name in shown else None
        path = f"{prefix}{name}"
        if "properties" in below:
            yield from _keys(schema, below, f"{path}.", value)
            continue
        default = "(required)" if name in required else _default(raw)
        yield Key(
            path, _kind(schema, raw), default, _shown(value), raw.get("description", below.get("description", ""))
        )
        entry = _resolved(schema, below.get("items", {}))
        if "properties" in entry:
            yield from _keys(schema, entry, f"{path}[].", _fullest(value))


def _fullest(entries: Any) -> Any:
    merged: dict[str, Any] = {}
    for entry in reversed(entries or []):
        merged.update(entry)
    return merged


def _resolved(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in part:
        return {**_resolved(schema, schema["$defs"][part["$ref"].rsplit("/", 1)[1]]), **part}
    return part


def _default(part: Mapping[str, Any]) -> str:
    if part.get("default") in (None, ""):
        return "(none)"
    return _shown(part["default"])


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "(above)"
    if isinstance(value, str) and "\n" in value:
        return "(above)"
    if isinstance(value, str | bool | int | float):
        return value if isinstance(value, str) else json.dumps(value)
    return yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False).strip()


def _kind(schema: Mapping[str, Any], raw: Mapping[str, Any]) -> str:
    part = _resolved(schema, raw)
    if "anyOf" in part:
        kinds = [_kind(schema, each) for each in part["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in part:
        return ", ".join(code(str(word)) for word in part["enum"])
    if part.get("type") == "array":
        most = f", at most {part['maxItems']}" if "maxItems" in part else ""
        return f"list of {_plural(_kind(schema, part.get('items', {})))}{most}"
    if part.get("type") == "object":
        return "mapping"
    words = {"string": "text", "boolean": "`true` or `false`", "integer": "whole number", "number": "number"}
    return words[part["type"]] + _bounds(part)


def _plural(kind: str) -> str:
    return {
        "text": "texts",
        "mapping": "mappings",
        "text or list of texts, at most 50": "texts or of lists of texts",
    }.get(kind, kind)


def _bounds(part: Mapping[str, Any]) -> str:
    least, most = part.get("minimum"), part.get("maximum")
    if "exclusiveMinimum" in part:
        return f" above {part['exclusiveMinimum']:,}, at most {most:,}"
    if least is not None and most is not None:
        return f", {least:,} to {most:,}"
    return ""
