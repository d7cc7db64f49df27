"""What is wanted of a review: a configuration, the environment and what a person asked for, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from app import wiring
from app.errors import Misconfigured
from app.model_choice import DEFAULT, choose_models, choose_verifiers, default_models, parse_models
from app.repo_config import RepoConfig, chosen_reviewers, house_rules, named_models
from app.reviewing import Wishes
from reviewers.architecture.layers import Layers
from reviewers.calibration import Thresholds
from reviewers.diff import Diff, FileDiff
from reviewers.errors import UnknownReviewer
from reviewers.memory.record import record_of
from reviewers.perspectives import by_name
from reviewers.selection import select

if TYPE_CHECKING:
    from app.settings import Settings
    from llm_runtime.llm import ModelSpec
    from reviewers.findings import Finding
    from reviewers.imported.report import Entry
    from reviewers.memory.learnings import Learning
    from reviewers.reviewer import Reviewer

NO_KEY = (
    "No model was asked: there is no key in the environment (OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY); "
    "evidence sources reviewed alone"
)

NOT_WANTED = "No model was asked, as --no-llm says; evidence sources reviewed alone"

_LOOKS_CLOSELY = "bugs"
"""Whose models suit a second look."""


def wishes_of(
    config: RepoConfig,
    settings: Settings,
    *,
    names: Sequence[str] = (),
    models: Iterable[str] = (),
    no_llm: bool = False,
    max_cost: Decimal | None = None,
    learnings: Sequence[Learning] = (),
    outcomes: Iterable[tuple[Finding, bool]] = (),
    low_evidence: bool = False,
    reports: Sequence[Entry] = (),
) -> Wishes:
    """What a review is to be like.

    Args:
        config: What the repository wants.
        settings: The environment, which may name models for all repositories.
        names: Reviewers that a person asked for; by default those of the configuration.
        models: As ``parse_models`` takes them, what a person named over everything else.
        no_llm: Whether no model is to be asked.
        max_cost: Dollars, over those of the configuration.
        learnings: What people decided about findings before.
        outcomes: Findings of earlier reviews of which something became, and whether they were right.
        low_evidence: Whether what tools alone say at low severity is told, whatever the configuration says.
        reports: What other tools wrote to files about the change.

    Raises:
        Misconfigured: A reviewer or a model is unknown, or its provider cannot be used.
    """
    reviewers = _chosen(config, names)
    named = {
        **named_models(config),
        **parse_models(settings.quartet_models.split(";")),
        **parse_models(models),
    }
    _chosen(config, [name for name in named if name != DEFAULT])
    asked = (
        {} if no_llm else choose_models(reviewers, named=named, available=lambda name: wiring.available(settings, name))
    )
    free = not all(reviewer.name in named or DEFAULT in named for reviewer in reviewers)
    return Wishes(
        reviewers=reviewers,
        models=asked,
        verifiers=_verifiers(config, asked, free=free, available=lambda name: wiring.available(settings, name)),
        thresholds=Thresholds(**config.thresholds.model_dump()),
        include=config.paths.include,
        ignore=config.paths.ignore,
        max_cost_usd=config.max_cost if max_cost is None else max_cost,
        house_rules=house_rules(config),
        layers=Layers(config.architecture.layers),
        secrets=settings.secrets,
        learnings=tuple(learnings),
        record=record_of(outcomes, learnings),
        context_tokens=config.context.max_tokens,
        low_evidence=low_evidence or config.evidence.low,
        ignored_evidence=frozenset(name.lower() for name in config.evidence.ignore),
        reports=tuple(reports),
    )


def as_if_with_keys(wishes: Wishes, config: RepoConfig) -> Wishes:
    """What a review would be like if there were a key for every provider."""
    models = default_models(wishes.reviewers)
    return replace(wishes, models=models, verifiers=_verifiers(config, models, free=True, available=lambda _: True))


def worth_fetching(file: FileDiff) -> bool:
    """Whether a file will be reviewed, as far as its name and its hunks tell."""
    return bool(select(Diff((file,))).files)


def _verifiers(
    config: RepoConfig,
    asked: Mapping[str, tuple[ModelSpec, ...]],
    *,
    free: bool,
    available: Callable[[str], bool],
) -> tuple[ModelSpec, ...]:
    if not config.verification.enabled:
        return ()
    suited, named = by_name(_LOOKS_CLOSELY), config.verification.model
    return choose_verifiers(asked, suited=suited, free=free, named=named, available=available)


def _chosen(config: RepoConfig, names: Sequence[str]) -> tuple[Reviewer, ...]:
    try:
        return chosen_reviewers(config, names)
    except UnknownReviewer as error:
        raise Misconfigured(str(error)) from error
