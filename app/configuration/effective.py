"""What is in force: a repository's file over its organisation's over the defaults, and which of them says what.

Mappings merge key by key, own reviewers by their names; every other list replaces the one below it. An organisation's
file that is wrong must not stop its repositories: each top-level key that is wrong is left out and told, the others,
caps among them, go on counting. A repository's own file that is wrong stops its reviews, and its owners can mend it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.configuration.checks import CONFIG_PATH, present_words, quarrels
from app.configuration.earlier import Canonical
from app.configuration.faults import ConfigFault, ConfigRejected
from app.configuration.keys import RepoConfig
from app.configuration.own_reviewers import MAX_OWN_REVIEWERS
from app.configuration.rows import leaves, shown
from app.configuration.written import read

ORGANISATION_CONFIG = "the organisation's .github/.quartet.yml"
"""Its file for people: ``.quartet.yml`` in the repository ``.github``."""


class Source(StrEnum):
    """Where a value comes from."""

    DEFAULT = "default"
    ORGANISATION = "organisation"
    REPOSITORY = "repository"
    WORKFLOW = "workflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """The configuration in force.

    Attributes:
        config: Its values.
        sources: For each key that a file sets, such as ``caps.findings``, which file that is.
        faults: What is wrong without keeping anybody from a review: in the organisation's file, or hanging on it.
    """

    config: RepoConfig
    sources: Mapping[str, Source] = field(default_factory=dict)
    faults: tuple[ConfigFault, ...] = ()

    def rows(self) -> tuple[tuple[str, str, Source], ...]:
        """Every key, its value for people, and where that comes from; in the order of the documentation."""
        return tuple((key, shown(value), self.sources.get(key, Source.DEFAULT)) for key, value in leaves(self.config))


def effective(
    organisation_text: str | None,
    repository_text: str | None,
    *,
    organisation_source: str = ORGANISATION_CONFIG,
    repository_source: str = CONFIG_PATH,
) -> Effective:
    """The configuration that two files make together.

    Args:
        organisation_text: Of the organisation's file, or None where there is none.
        repository_text: Of the repository's file, or None.
        organisation_source: What people call the first.
        repository_source: What people call the second.

    Raises:
        ConfigRejected: The repository's file cannot be used.

    Example:
        >>> both = effective("language: Deutsch", "guidance: [STYLE.md]")
        >>> both.config.language, both.config.guidance
        ('Deutsch', ('STYLE.md',))
        >>> both.sources["language"].value, both.sources["guidance"].value
        ('organisation', 'repository')
    """
    below, faults = _tolerated(organisation_text, organisation_source)
    own = present_words(read(repository_text, repository_source))
    if wrong := own.faults or _faults_of_own_reviewers(own):
        raise ConfigRejected(wrong)
    if faults:
        # What the file below says is not all known, and a name of its own reviewers may be among it.
        faults += _prune(own, below)
    data = _merged(below, own.data)
    if len(data.get("own_reviewers", ())) > MAX_OWN_REVIEWERS:
        message = f"own_reviewers: more than {MAX_OWN_REVIEWERS} with the organisation's; leave some out"
        raise ConfigRejected([own.fault(("own_reviewers",), message)])
    if wrong := [own.fault(place, message) for place, message in quarrels(data)]:
        raise ConfigRejected(wrong)
    sources = dict.fromkeys(_said(below), Source.ORGANISATION) | dict.fromkeys(_said(own.data), Source.REPOSITORY)
    return Effective(config=RepoConfig.model_validate(data), sources=sources, faults=tuple(faults))


def _faults_of_own_reviewers(words: Canonical) -> list[ConfigFault]:
    """Those that merging by name would hide."""
    return [words.fault(place, message) for place, message in quarrels(words.data) if place[0] == "own_reviewers"]


def _tolerated(text: str | None, source: str) -> tuple[dict[str, Any], list[ConfigFault]]:
    """What can be used of a file, and what is wrong with the rest."""
    try:
        words = present_words(read(text, source))
    except ConfigRejected as error:
        return {}, list(error.faults)
    faults = list(words.faults)
    data = {key: value for key, value in words.data.items() if str(key) not in words.wrong}
    # A key that is left out may be what another one hangs on, so this goes on until the rest fits together.
    while found := list(quarrels(data)):
        faults += [words.fault(place, message) for place, message in found]
        wrong = {place[0] for place, _ in found}
        data = {key: value for key, value in data.items() if key not in wrong}
    return data, faults


def _prune(own: Canonical, below: Mapping[str, Any]) -> list[ConfigFault]:
    """Leave out names that nobody has while the file below is wrong, and say so."""
    told: list[ConfigFault] = []
    hanging = [found for found in quarrels(_merged(below, own.data)) if found[0][0] in {"reviewers", "models"}]
    # From behind, so that the places of a list stay what they are.
    for place, message in reversed(hanging):
        part = own.data.get(str(place[0]))
        if len(place) == 1 or part is None:
            continue
        told.append(own.fault(place, f"{message} (left out while the organisation's file is wrong)"))
        if isinstance(part, Mapping):
            own.data[str(place[0])] = {key: value for key, value in part.items() if key != place[1]}
        else:
            own.data[str(place[0])] = [value for index, value in enumerate(part) if index != place[1]]
    return told


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        there = merged.get(key)
        if isinstance(there, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(there, value)
        elif key == "own_reviewers" and there:
            merged[key] = list(
                ({each["name"]: each for each in there} | {each["name"]: each for each in value}).values()
            )
        else:
            merged[key] = value
    return merged


def _said(data: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Keys of the values that a file sets, joined by dots."""
    for key, value in data.items():
        if key == "own_reviewers" and not before:
            yield from (f"{key}.{each['name']}" for each in value)
        elif isinstance(value, Mapping):
            yield from _said(value, f"{before}{key}.")
        else:
            yield f"{before}{key}"
