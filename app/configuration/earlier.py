"""One way to say a thing: values as they were read go in; the same under the names that the model knows come out.

``max_findings``, ``max_cost`` and ``fail_on`` came before ``caps`` and ``check`` and go on working. A reviewer's models
may stand with its switch, and are kept with the other models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.configuration.faults import ConfigFault, did_you_mean
from app.configuration.written import Written

EARLIER: Mapping[str, tuple[str, str]] = {
    "max_findings": ("caps", "findings"),
    "max_cost": ("caps", "cost_per_review"),
    "fail_on": ("check", "fail_on"),
}
"""Keys of earlier versions, and what they are called now."""

_OF_A_CHOICE = ("enabled", "models")


@dataclass(slots=True)
class Canonical:
    """The values of a file under their present names.

    Attributes:
        written: The file.
        data: The values.
        moved: For the present place of a value the place at which it was written.
        faults: What is wrong with them one by one.
        wrong: Top-level keys, by their present names, that have a fault.
    """

    written: Written
    data: dict[str, Any]
    moved: dict[tuple[int | str, ...], tuple[int | str, ...]] = field(default_factory=dict)
    faults: list[ConfigFault] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)

    def fault(self, place: tuple[int | str, ...], message: str) -> ConfigFault:
        """A fault of a value that goes by a present place, told at the line on which it was written."""
        return self.written.fault(self.written_at(place), message)

    def written_at(self, place: tuple[int | str, ...]) -> tuple[int | str, ...]:
        """Where in the file a value was written that is now at ``place``."""
        for present, before in self.moved.items():
            if place[: len(present)] == present:
                return (*before, *place[len(present) :])
        return place


def canonical(written: Written) -> Canonical:
    """The values of a file under their present names; the file's own are left as they are.

    A top-level key with nothing behind it says nothing: often all that it held is commented out.
    """
    result = Canonical(written, {key: value for key, value in written.data.items() if value is not None})
    for name, (part, key) in EARLIER.items():
        if name in result.data:
            _move(result, (name,), result.data.pop(name), to=(part, key))
    choices = result.data.get("reviewers")
    if isinstance(choices, Mapping):
        result.data["reviewers"] = _switches(choices, result)
    return result


def _switches(choices: Mapping[Any, Any], result: Canonical) -> dict[Any, Any]:
    switches: dict[Any, Any] = {}
    for name, choice in choices.items():
        if not isinstance(choice, Mapping):
            switches[name] = choice
            continue
        for key in choice:
            if key not in _OF_A_CHOICE:
                message = f"unknown key {str(key)!r}; {did_you_mean(str(key), _OF_A_CHOICE)}"
                result.faults.append(result.written.fault(("reviewers", str(name), str(key)), message))
                result.wrong.add("reviewers")
        if "models" in choice:
            _move(result, ("reviewers", name, "models"), choice["models"], to=("models", name))
        if "enabled" in choice:
            switches[name] = choice["enabled"]
            result.moved["reviewers", name] = ("reviewers", name, "enabled")
    return switches


def _move(result: Canonical, place: tuple[int | str, ...], value: Any, *, to: tuple[str, str]) -> None:
    part, key = to
    there = result.data.get(part) or {}
    if not isinstance(there, Mapping):
        return  # a fault of its own, which the model tells
    if key in there:
        message = f"{'.'.join(map(str, place))} says the same as {part}.{key}; keep one of them"
        result.faults.append(result.written.fault(place, message))
        result.wrong.add(part)
        return
    result.data[part] = {**there, key: value}
    result.moved[to] = place
