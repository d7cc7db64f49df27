"""Blocks of YAML and JSON on the pages in; those that are not what they stand for out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from app.learnings import parse_learnings
from app.repo_config import ConfigRejected, RepoConfig, parse_config
from docs.validate.faults import Fault
from docs.validate.known import OTHERS_YAML
from docs.validate.pages import Fence, Page

_ACTION = "OWNER/quartet@"
_DOTTED = re.compile(r"(?P<key>(?P<top>[a-z_]+)(?:\.[a-z_]+)+)(?:: .*)?")


def _keys(part: type[BaseModel], above: str = "") -> Iterator[str]:
    """Every key with those that it stands below: ``caps.findings``."""
    for name, field in part.model_fields.items():
        yield f"{above}{name}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _keys(field.annotation, f"{above}{name}.")


_KEYS = frozenset(_keys(RepoConfig))


def configuration_faults(pages: Sequence[Page], root: Path) -> Iterator[Fault]:
    """What is no YAML or JSON, no ``.quartet.yml`` nor anything else, or gives the Action what it does not take."""
    inputs = frozenset(yaml.safe_load((root / "action.yml").read_text("utf-8"))["inputs"])
    for page in pages:
        for fence in page.fences:
            for what in _wrong(fence, inputs):
                yield Fault(page.path, fence.line, what)
        for word in page.words:
            found = _DOTTED.fullmatch(word.text)
            if found and found["top"] in RepoConfig.model_fields and not _is_key_or_module(found["key"], root):
                yield Fault(page.path, word.line, f".quartet.yml has no key {found['key']}")


def _wrong(fence: Fence, inputs: frozenset[str]) -> Iterator[str]:
    try:
        if fence.language == "json" and "…" not in fence.text:
            json.loads(fence.text)
        if fence.language in {"yaml", "yml"}:
            documents = list(yaml.safe_load_all(fence.text))
            yield from _unknown_inputs(documents, inputs)
            first = documents[0] if documents and isinstance(documents[0], Mapping) else {}
            if "learnings" in first:
                yield from (str(fault) for fault in parse_learnings(fence.text)[1])
            elif first and not any(_key(name) in OTHERS_YAML for name in first):
                parse_config(fence.text)
    except json.JSONDecodeError as error:
        yield f"this is no JSON: {error}"
    except yaml.YAMLError as error:
        yield f"this is no YAML: {_in_a_line(error)}"
    except ConfigRejected as error:
        yield f"this is no .quartet.yml, nor anything that docs/validate/known.py tells of: {_in_a_line(error)}"


def _is_key_or_module(name: str, root: Path) -> bool:
    module = root.joinpath(*name.split("."))
    return name in _KEYS or module.is_dir() or module.with_suffix(".py").is_file()


def _unknown_inputs(documents: Sequence[Any], inputs: frozenset[str]) -> Iterator[str]:
    for document in documents:
        for step in _mappings(document):
            if str(step.get("uses", "")).startswith(_ACTION):
                for name in sorted((step.get("with") or {}).keys() - inputs):
                    yield f"action.yml has no input {name}"


def _key(name: object) -> object:
    """A key as it is written: YAML 1.1, which is read here, takes ``on`` for true."""
    return "on" if name is True else name


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _mappings(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
        for inner in node.values():
            yield from _mappings(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _mappings(inner)
