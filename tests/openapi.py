"""Requests and answers in; what GitHub's published descriptions say against them out.

Faults of requests fail a test. Faults of answers are only reported, because the description has its own (nulls).
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from graphql import GraphQLSchema, build_schema, parse, validate
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.fakes.server import Incoming, Reply
from tests.fetch_openapi import GRAPHQL, REST

ABSENT = "GitHub's descriptions are not there (python tests/fetch_openapi.py needs npm)"
_ROOT = "urn:github"


def available() -> bool:
    return REST.exists() and GRAPHQL.exists()


def request_faults(request: Incoming, *, prefix: str = "") -> list[str]:
    """What is wrong with a request; ``prefix`` is what an Enterprise server has before its paths."""
    name = f"{request.method} {request.path}"
    if request.path.endswith("/graphql"):
        refused = validate(_graphql_schema(), parse(request.json["query"]))
        return [f"{name}: {fault.message}" for fault in refused]
    found = _operation(request, prefix)
    if found is None:
        return [f"{name}: GitHub describes no such request"]
    operation, pointer, values = found
    described = {parameter["name"]: parameter for parameter in map(_resolved, operation.get("parameters", ()))}
    faults = [f"{name}: no parameter {query}" for query in request.query if query not in described]
    for parameter, value in {**request.query, **values}.items():
        if parameter in described:
            faults += [f"{name}: {parameter}: {said}" for said in _parameter_faults(described[parameter], value)]
    if "requestBody" in operation:
        place = f"{pointer}/requestBody/content/application~1json/schema"
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        faults += [f"{name}: {said}" for said in (*_faults(place, request.json), *_unknown(schema, request.json))]
    elif request.body:
        faults.append(f"{name}: GitHub describes no body")
    return faults


def answer_faults(request: Incoming, reply: Reply, *, prefix: str = "") -> list[str]:
    """What the description says against an answer."""
    found = _operation(request, prefix)
    if found is None or "json" not in reply.headers.get("content-type", ""):
        return []
    operation, pointer, _ = found
    answers = operation["responses"].get(str(reply.status))
    if answers is None:
        return [f"{request.method} {request.path}: answers no {reply.status}"]
    if "application/json" not in _resolved(answers).get("content", {}):
        return []
    place = f"{pointer}/responses/{reply.status}"
    if "$ref" in answers:
        place = answers["$ref"].removeprefix("#")
    faults = _faults(f"{place}/content/application~1json/schema", json.loads(reply.body))
    return [f"{request.method} {request.path}: {said}" for said in faults]


def _operation(request: Incoming, prefix: str) -> tuple[dict[str, Any], str, dict[str, str]] | None:
    path = request.path.removeprefix(prefix)
    for template, pattern in _templates():
        if match := pattern.fullmatch(path):
            operation = _description()["paths"][template].get(request.method.lower())
            if operation is not None:
                escaped = template.replace("~", "~0").replace("/", "~1")
                values = {name: unquote(value) for name, value in match.groupdict().items()}
                return operation, f"/paths/{escaped}/{request.method.lower()}", values
    return None


def _parameter_faults(parameter: Mapping[str, Any], value: str) -> list[str]:
    schema = parameter["schema"]
    typed = int(value) if schema.get("type") == "integer" and value.isdecimal() else value
    return [error.message for error in OAS30Validator(schema, registry=_registry()).iter_errors(typed)]


def _faults(pointer: str, value: Any) -> list[str]:
    validator = OAS30Validator({"$ref": f"{_ROOT}#{pointer}"}, registry=_registry())
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def _unknown(schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    """Names that the description does not have: GitHub would ignore them without a word."""
    if isinstance(value, list):
        for item in value:
            yield from _unknown(schema.get("items", {}), item)
    if isinstance(value, dict) and "properties" in schema:
        for name, part in value.items():
            if name not in schema["properties"]:
                yield f"no property {name}"
            else:
                yield from _unknown(schema["properties"][name], part)


def _resolved(item: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in item:
        place: Any = _description()
        for part in item["$ref"].removeprefix("#/").split("/"):
            place = place[part]
        item = place
    return item


@functools.cache
def _templates() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Path templates as patterns, those with the fewest placeholders first."""
    templates = sorted(_description()["paths"], key=lambda template: template.count("{"))
    return tuple((template, _pattern(template)) for template in templates)


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{([^}]+)\}", template)
    literals = [re.escape(part) if index % 2 == 0 else "" for index, part in enumerate(parts)]
    names = [f"(?P<{part.replace('-', '_')}>{'.+' if part == 'path' else '[^/]+'})" for part in parts[1::2]]
    return re.compile("".join(a + b for a, b in zip(literals[::2], [*names, ""], strict=True)))


@functools.cache
def _description() -> dict[str, Any]:
    description: dict[str, Any] = json.loads(REST.read_bytes())
    return description


@functools.cache
def _registry() -> Registry[Any]:
    registry: Registry[Any] = Registry().with_resource(_ROOT, DRAFT4.create_resource(_description()))
    return registry


@functools.cache
def _graphql_schema() -> GraphQLSchema:
    return build_schema(GRAPHQL.read_text(encoding="utf-8"), assume_valid=True)
