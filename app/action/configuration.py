"""What a workflow says of its step, over the configuration that is in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.errors import Misconfigured
from app.model_choice import DEFAULT, parse_models
from app.repo_config import Effective, Source, chosen_reviewers
from reviewers.errors import UnknownReviewer

if TYPE_CHECKING:
    from app.action.inputs import Inputs
    from app.repo_config import RepoConfig


def laid_over(found: Effective, inputs: Inputs) -> Effective:
    """The configuration with the inputs over it.

    Args:
        found: As the files in the base branch make it.
        inputs: What the workflow says; what it leaves out stays as it is.

    Raises:
        Misconfigured: An input names a reviewer that there is not.
    """
    config = found.config
    _check_names("reviewers", inputs.reviewers, config)
    _check_names("models", [name for name in parse_models(inputs.models) if name != DEFAULT], config)
    said: dict[str, Any] = {}
    if inputs.reviewers:
        said["reviewers"] = inputs.reviewers
    if inputs.fail_on:
        said["check"] = config.check.model_copy(update={"fail_on": inputs.fail_on})
    if inputs.max_cost is not None:
        said["caps"] = config.caps.model_copy(update={"cost_per_review": inputs.max_cost})
    if inputs.paths or inputs.ignore_paths:
        include, ignore = inputs.paths or config.paths.include, (*config.paths.ignore, *inputs.ignore_paths)
        said["paths"] = config.paths.model_copy(update={"include": include, "ignore": ignore})
    if not said:
        return found
    keys = {
        "reviewers": inputs.reviewers,
        "check.fail_on": inputs.fail_on,
        "caps.cost_per_review": inputs.max_cost,
        "paths.include": inputs.paths,
        "paths.ignore": inputs.ignore_paths,
    }
    sources: Mapping[str, Source] = {key: Source.WORKFLOW for key, value in keys.items() if value}
    return replace(found, config=config.model_copy(update=said), sources={**found.sources, **sources})


def _check_names(name: str, words: Sequence[str], config: RepoConfig) -> None:
    try:
        chosen_reviewers(config, words)
    except UnknownReviewer as error:
        raise Misconfigured(f"the input {name} cannot be used: {error}") from error
