"""What a repository declares for import-linter goes in; which imports it forbids comes out.

Read as data, from the base of a change; the three kinds of contract are those of
https://import-linter.readthedocs.io/en/stable/contract_types.html: layers, forbidden and independence.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract.

    Attributes:
        name: What the repository calls it.
        groups: Modules that belong together, each with its submodules. The members of one group may not import those
            of a group before it, and where ``apart``, those of no other group.
        apart: Whether the groups are independent of each other.
        forbidden: For a contract of that kind what the modules of the only group may not import.
        ignored: Imports that are allowed all the same, as (importer, imported), with wildcards.
        types: Whether imports for types only count.
    """

    name: str
    groups: tuple[tuple[str, ...], ...]
    apart: bool = False
    forbidden: tuple[str, ...] = ()
    ignored: tuple[tuple[str, str], ...] = ()
    types: bool = True

    def forbids(self, importer: str, imported: str) -> bool:
        """Whether one module, by its dotted name, must not import another.

        >>> house = Contract("house", (("app",), ("core",)))
        >>> house.forbids("core.orders", "app.web"), house.forbids("app.web", "core.orders")
        (True, False)
        """
        if any(fnmatchcase(importer, one) and fnmatchcase(imported, other) for one, other in self.ignored):
            return False
        own = self._group(importer)
        if own is None:
            return False
        if self.forbidden:
            return any(_within(imported, each) for each in self.forbidden)
        other = self._group(imported)
        return other is not None and (other != own if self.apart else other < own)

    def _group(self, module: str) -> int | None:
        groups = enumerate(self.groups)
        return next((number for number, group in groups if any(_within(module, each) for each in group)), None)


def declared(settings: Mapping[str, str]) -> tuple[Contract, ...]:
    """The contracts of a repository; none where it declares none, or in words that are not understood.

    Args:
        settings: Texts of the files that configure tools, by path.
    """
    if text := settings.get(".importlinter"):
        return tuple(_from_ini(text))
    if "importlinter" in (text := settings.get("setup.cfg", "")):
        return tuple(_from_ini(text))
    if "importlinter" in (text := settings.get("pyproject.toml", "")):
        return tuple(_from_toml(text))
    return ()


_MOST_CONTRACTS = 100


def _within(module: str, outer: str) -> bool:
    if "*" in outer:
        parts = module.split(".")
        return any(fnmatchcase(".".join(parts[:count]), outer) for count in range(1, len(parts) + 1))
    return module == outer or module.startswith(f"{outer}.")


def _from_toml(text: str) -> Iterator[Contract]:
    try:
        settings = tomllib.loads(text).get("tool", {}).get("importlinter", {})
    except (tomllib.TOMLDecodeError, AttributeError, RecursionError):
        return
    contracts = settings.get("contracts", []) if isinstance(settings, dict) else []
    types = not settings.get("exclude_type_checking_imports", False) if isinstance(settings, dict) else True
    for each in contracts[:_MOST_CONTRACTS] if isinstance(contracts, list) else []:
        if isinstance(each, dict):
            yield from _contracts(each, types=types)


def _from_ini(text: str) -> Iterator[Contract]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    own = dict(parser["importlinter"]) if parser.has_section("importlinter") else {}
    types = own.get("exclude_type_checking_imports", "").strip().lower() != "true"
    for name in parser.sections()[:_MOST_CONTRACTS]:
        if name.startswith("importlinter:contract:"):
            section: dict[str, Any] = dict(parser[name])
            yield from _contracts(section, types=types)


def _contracts(section: Mapping[str, Any], *, types: bool) -> Iterator[Contract]:
    name = str(section.get("name", ""))
    ignored = tuple(
        (one.strip(), other.strip())
        for row in _rows(section.get("ignore_imports", ()))
        for one, arrow, other in [row.partition("->")]
        if arrow
    )
    match section.get("type"):
        case "layers":
            layers = [_siblings(row) for row in _rows(section.get("layers", ()))]
            for outer in _rows(section.get("containers", ())) or [""]:
                groups = tuple(tuple(f"{outer}.{each}" if outer else each for each in layer) for layer in layers)
                yield Contract(name, groups, ignored=ignored, types=types)
        case "independence":
            groups = tuple((each,) for each in _rows(section.get("modules", ())))
            yield Contract(name, groups, apart=True, ignored=ignored, types=types)
        case "forbidden":
            sources = tuple(_rows(section.get("source_modules", ())))
            targets = tuple(_rows(section.get("forbidden_modules", ())))
            if targets:
                yield Contract(name, (sources,), forbidden=targets, ignored=ignored, types=types)
        case _:
            return


def _rows(value: Any) -> Sequence[str]:
    if isinstance(value, str):
        return [row.strip() for row in value.split("\n") if row.strip()]
    return [str(row) for row in value] if isinstance(value, list) else []


def _siblings(row: str) -> tuple[str, ...]:
    """The modules of one layer: several stand between bars or colons, one that may be absent in parentheses."""
    return tuple(each.strip().strip("()") for each in re.split(r"[|:]", row) if each.strip())
