"""Which models answer for which reviewer: those the user names, else what suits the reviewer and has a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from app.errors import Misconfigured
from llm_runtime.catalog import find
from llm_runtime.errors import UnknownModel
from reviewers.verification.choice import choose

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec
    from reviewers.reviewer import Reviewer

DEFAULT = "default"
"""In place of a reviewer's name: all reviewers that are not named themselves."""


def parse_models(entries: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Named models out of ``[REVIEWER=]PROVIDER/MODEL[,PROVIDER/MODEL…]``; the first is asked, the others fall back.

    An empty entry names nothing.

    Raises:
        Misconfigured: An entry has an equals sign and no model.

    >>> parse_models(["openai/gpt-6.1-sol", "security=anthropic/claude-opus-5-5,gemini/gemini-4-argon"])
    {'default': ('openai/gpt-6.1-sol',), 'security': ('anthropic/claude-opus-5-5', 'gemini/gemini-4-argon')}
    """
    chosen: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        name, equals, models = entry.rpartition("=")
        listed = tuple(model.strip() for model in models.split(",") if model.strip())
        if equals and not listed:
            msg = f"{entry.strip()!r} names no model; write REVIEWER=PROVIDER/MODEL, or leave it out"
            raise Misconfigured(msg)
        if listed:
            chosen[name.strip().lower() if equals else DEFAULT] = listed
    return chosen


def choose_models(
    reviewers: Sequence[Reviewer], *, named: Mapping[str, tuple[str, ...]], available: Callable[[str], bool]
) -> dict[str, tuple[ModelSpec, ...]]:
    """For each reviewer's name the model that is asked first and those that stand in for it.

    A reviewer whose models are named gets these and no others, so that code goes nowhere unexpected. For the others,
    the first vendor that suits the reviewer and can be used serves it; the best models of the other usable vendors
    stand in, or, with one vendor, its next best.

    Args:
        reviewers: Who needs a model.
        named: Models by reviewer's name, or ``default``.
        available: Whether a provider can be used: there is a key for it, or an address that needs none.

    Returns:
        An empty mapping when no provider can be used and no model is named.

    Raises:
        Misconfigured: A named model or reviewer is unknown, or its provider cannot be used.
    """
    chosen: dict[str, tuple[ModelSpec, ...]] = {}
    for reviewer in reviewers:
        names = named.get(reviewer.name) or named.get(DEFAULT)
        if names:
            chosen[reviewer.name] = tuple(named_model(name, available) for name in names)
        else:
            vendors = [vendor for vendor in reviewer.vendors if available(vendor)]
            found = [f"{vendor}/{reviewer.models[vendor][0]}" for vendor in vendors]
            found += [f"{vendor}/{model}" for vendor in vendors[:1] for model in reviewer.models[vendor][1:]]
            if found:
                chosen[reviewer.name] = tuple(find(name) for name in found)
    missing = [reviewer.name for reviewer in reviewers if reviewer.name not in chosen]
    if chosen and missing:
        msg = f"no model for {', '.join(missing)}; set a vendor's key, name a model, or leave them out with --reviewers"
        raise Misconfigured(msg)
    return chosen


def choose_verifiers(
    asked: Mapping[str, tuple[ModelSpec, ...]],
    *,
    suited: Reviewer,
    free: bool,
    named: str | None,
    available: Callable[[str], bool],
) -> tuple[ModelSpec, ...]:
    """The models that look at findings a second time, the best first; no more than these findings' authors need.

    Args:
        asked: For each reviewer's name the models of the first pass.
        suited: Whose models are taken where the choice is free: one that reads code closely.
        free: Whether it is; else no model looks but those that are asked anyhow, so that code goes nowhere unexpected.
        named: The one model that is to look, as ``provider/name``, whoever the author is.
        available: Whether a provider can be used.

    Raises:
        Misconfigured: The named model is unknown, or its provider cannot be used.
    """
    authors = [model for specs in asked.values() for model in specs]
    if named is not None:
        return (named_model(named, available),) if authors else ()
    vendors = [vendor for vendor in suited.vendors if free and available(vendor)]
    pool = [find(f"{vendor}/{suited.models[vendor][0]}") for vendor in vendors]
    pool += authors
    pool += [find(f"{vendor}/{model}") for vendor in vendors for model in suited.models[vendor][1:]]
    firsts = [specs[0] for specs in asked.values()]
    needed = [choose((author.id,), pool) for author in (*firsts, *authors)]
    return tuple({each.model.id: each.model for each in needed if each is not None}.values())


def default_models(reviewers: Sequence[Reviewer]) -> dict[str, tuple[ModelSpec, ...]]:
    """What ``choose_models`` would choose if there were a key for every provider."""
    return choose_models(reviewers, named={}, available=lambda _: True)


def named_model(name: str, available: Callable[[str], bool]) -> ModelSpec:
    """The model that a person names.

    Raises:
        Misconfigured: It is unknown, or its provider cannot be used.
    """
    try:
        spec = find(name)
    except UnknownModel as error:
        raise Misconfigured(str(error)) from error
    if not available(spec.provider):
        msg = f"{spec.id} is asked for, but there is no key for {spec.provider}; set {spec.provider.upper()}_API_KEY"
        raise Misconfigured(msg)
    return spec
