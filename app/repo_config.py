"""A repository's own configuration, ``.quartet.yml``: the door to the parts in ``app.configuration``."""

from __future__ import annotations

from app.configuration.checks import CONFIG_PATH, guidance_of, parse_config
from app.configuration.effective import Effective, Source, effective
from app.configuration.faults import ConfigFault, ConfigRejected
from app.configuration.keys import RepoConfig
from app.configuration.people import all_reviewers, chosen_reviewers, house_rules, named_models, reviewers_of
from app.configuration.triggers import Decision, wants_review
from app.configuration.written import MAX_CONFIG_CHARACTERS

__all__ = [
    "CONFIG_PATH",
    "MAX_CONFIG_CHARACTERS",
    "ConfigFault",
    "ConfigRejected",
    "Decision",
    "Effective",
    "RepoConfig",
    "Source",
    "all_reviewers",
    "chosen_reviewers",
    "effective",
    "guidance_of",
    "house_rules",
    "named_models",
    "parse_config",
    "reviewers_of",
    "wants_review",
]
