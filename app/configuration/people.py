"""A configuration goes in; who looks, with which models, and what the house asks of them comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reviewers.findings import Severity
from reviewers.house_rules import HouseRules, PathRule
from reviewers.perspectives import REVIEWERS, by_name

if TYPE_CHECKING:
    from app.configuration.keys import RepoConfig
    from reviewers.reviewer import Reviewer

_ENGLISH = frozenset({"english", "en", "en-us", "en-gb"})
_LIKENESS = "bugs"
"""An own reviewer reads code closely and knows no speciality of ours; the models of this one suit it."""


def all_reviewers(config: RepoConfig) -> tuple[Reviewer, ...]:
    """The four in the order of their registry, then those that the repository wrote; whether they look or not."""
    likeness = by_name(_LIKENESS)
    return (*REVIEWERS, *(own.reviewer(likeness) for own in config.own_reviewers))


def reviewers_of(config: RepoConfig) -> tuple[Reviewer, ...]:
    """Those of them that look when nobody is named."""
    chosen = config.reviewers
    there = all_reviewers(config)
    if isinstance(chosen, Mapping):
        return tuple(reviewer for reviewer in there if chosen.get(reviewer.name, True))
    return tuple(reviewer for reviewer in there if reviewer.name in chosen or not chosen)


def chosen_reviewers(config: RepoConfig, names: Sequence[str]) -> tuple[Reviewer, ...]:
    """Those that somebody names, whether they look by themselves or not; without names, those that do.

    Raises:
        UnknownReviewer: Nobody is called that; the message names who is, and the likeliest one.
    """
    if not names:
        return reviewers_of(config)
    there = all_reviewers(config)
    wanted = {by_name(name, among=there).name for name in names}
    return tuple(reviewer for reviewer in there if reviewer.name in wanted)


def named_models(config: RepoConfig) -> dict[str, tuple[str, ...]]:
    """For a reviewer's name, or ``default``, the models that the configuration names; the first one is asked."""
    own = {each.name: each.models for each in config.own_reviewers if each.models}
    return {
        name: tuple(model.strip() for model in models.split(",") if model.strip())
        for name, models in {**own, **config.models}.items()
    }


def house_rules(config: RepoConfig) -> HouseRules:
    """What the repository asks of every reviewer."""
    return HouseRules(
        language="" if config.language.casefold() in _ENGLISH else config.language,
        paths=tuple(
            PathRule(
                paths=rule.paths,
                instructions=rule.instructions or "",
                floor=Severity.of(rule.floor) if rule.floor else None,
            )
            for rule in config.rules
        ),
    )
