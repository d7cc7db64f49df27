"""The text of a configuration file goes in; plain values come out, and for each of them the line it stands on.

Read is what YAML 1.2's core schema has: ``on``, ``off``, ``yes``, ``no`` and dates are text here, so that a language
``no`` is Norwegian and a branch ``2026-01-01`` is a branch. What nobody needs to say how a review goes is refused, for
it is a door to attacks on the reader: tags, keys that stand twice, deep nesting, and aliases that grow beyond reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from app.configuration.faults import ConfigFault, ConfigRejected, one_line

MAX_CONFIG_CHARACTERS = 100_000
"""A configuration is a page or two; anything near this is a mistake or an attack on the YAML reader."""

MAX_DEPTH = 16
"""Lists and mappings in one another; the keys need five."""

MAX_VALUES = 20_000
"""Values of a file with its aliases written out. A hundred thousand characters cannot hold many more themselves."""

Place = Sequence[int | str]
"""The way to a value: keys, and numbers in lists from 0."""


@dataclass(frozen=True, slots=True)
class Written:
    """A configuration file as it was read.

    Attributes:
        data: Its values; empty where it says nothing.
        source: Where the text came from, for people.
        root: The YAML tree, which knows the lines; None where there is no text.
    """

    data: dict[str, Any]
    source: str
    root: yaml.Node | None = None

    def line(self, place: Place) -> int:
        """The line, from 1, of the innermost part of a place that stands in the text."""
        node = self.root
        line = 1
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

    def fault(self, place: Place, message: str) -> ConfigFault:
        """A fault at a place."""
        return ConfigFault(self.source, self.line(place), one_line(message))


def read(text: str | None, source: str) -> Written:
    """What a text says.

    Args:
        text: YAML, or None where there is no file.
        source: Where it came from, for people.

    Raises:
        ConfigRejected: It cannot be read, or holds something else than keys and values.
    """
    if not text:
        return Written({}, source)
    if len(text) > MAX_CONFIG_CHARACTERS:
        raise _rejected(source, 1, f"it is larger than {MAX_CONFIG_CHARACTERS:,} characters; shorten it")
    try:
        root, data = _load(text, source)
    except yaml.YAMLError as error:
        raise _rejected(source, _marked_line(error), f"not valid YAML: {_problem(error)}") from error
    except (ValueError, OverflowError) as error:  # the reader turns "\\U99999999" into a character unseen
        raise _rejected(source, 1, "not valid YAML: an escape in it stands for no character") from error
    if data is None:
        return Written({}, source)
    if not isinstance(data, dict):
        raise _rejected(source, 1, "expected keys and values, such as `reviewers: [security, bugs]`")
    return Written(data, source, root)


class _Loader(yaml.SafeLoader):
    """The safe loader, with the limits of this module."""

    def __init__(self, text: str, source: str) -> None:
        super().__init__(text)
        self._source = source
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]  # not in its stubs
        if getattr(event, "tag", None) is not None:
            raise self._at(event, "tags such as !!str and !python are not understood here; leave it out")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._at(event, f"lists and keys are nested more than {MAX_DEPTH} deep; no key needs that")
        node = super().compose_node(parent, index)
        self._depth -= 1
        if isinstance(node, yaml.MappingNode):
            self._check_keys(node)
        return node

    def _check_keys(self, node: yaml.MappingNode) -> None:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._at(key, "a key must be a word, not a list or a mapping")
            line = key.start_mark.line + 1
            if key.value in seen:
                raise self._at(key, f"{key.value!r} stands here for a second time, first on line {seen[key.value]}")
            seen[key.value] = line

    def _at(self, where: yaml.Event | yaml.Node, message: str) -> ConfigRejected:
        return _rejected(self._source, where.start_mark.line + 1 if where.start_mark else 1, message)


# YAML 1.2.2 §10.3.2, without numbers in base 8 and 16; an integer of more digits than 18 is a float.
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?(?:0|[1-9][0-9]{0,17})$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
    ("merge", r"^<<$", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def _load(text: str, source: str) -> tuple[yaml.Node | None, Any]:
    loader = _Loader(text, source)
    try:
        root = loader.get_single_node()
        if root is None:
            return None, None
        _count(root, source)
        return root, loader.construct_document(root)
    finally:
        loader.dispose()


def _count(root: yaml.Node, source: str) -> None:
    """Refuse what grows too large, or never ends, when its aliases are written out."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: yaml.Node) -> int:
        if id(node) in open_nodes:
            raise _rejected(source, node.start_mark.line + 1, "an alias stands inside of what it means; write it out")
        if id(node) not in sizes:
            open_nodes.add(id(node))
            sizes[id(node)] = 1 + sum(map(size, _children(node)))
            open_nodes.remove(id(node))
            if sizes[id(node)] > MAX_VALUES:
                line = node.start_mark.line + 1
                raise _rejected(source, line, f"more than {MAX_VALUES:,} values with its aliases; shorten it")
        return sizes[id(node)]

    size(root)


def _children(node: yaml.Node) -> list[yaml.Node]:
    match node:
        case yaml.MappingNode():
            return [part for pair in node.value for part in pair]
        case yaml.SequenceNode():
            return list(node.value)
        case _:
            return []


def _rejected(source: str, line: int, message: str) -> ConfigRejected:
    return ConfigRejected([ConfigFault(source, line, one_line(message))])


def _marked_line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error)
