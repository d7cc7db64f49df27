"""What jobs need is loaded and tried before a worker forks for the first one, so that no job waits for it."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Iterable
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from app import wiring
from app.errors import AppError
from app.github_access import key_of
from app.repo_config import RepoConfig
from app.review_wishes import wishes_of
from app.store.address import store_url
from app.store.store import open_store
from llm_runtime.cost.ledgers.opening import open_accounts
from llm_runtime.errors import LedgerUnavailable
from llm_runtime.messages import Usage
from llm_runtime.providers.loading import load
from llm_runtime.runtime import connect
from llm_runtime.scheduling.ledgers.opening import open_ledger

if TYPE_CHECKING:
    from app.settings import Settings
    from llm_runtime.llm import ModelSpec

# SDKs load their parts when these are first used, which would be in every fork anew.
_SDKS = {
    "openai": ("openai", "openai.resources.chat.completions.completions"),
    "anthropic": ("anthropic", "anthropic.resources.messages"),
    "gemini": ("google.genai",),
}
_OTHERS = ("app.comment_answers", "ast_grep_py", "llm_runtime.analytics.books")


def warm_up(settings: Settings) -> None:
    """Load all that jobs load, and keep what every job would make anew: the App's key and the models' prices.

    What cannot be used is left to the jobs: they say so where people see it, and it may have been mended by then.
    Nothing that is open is left behind, because a fork must not share it.
    """
    for provider in wiring.credentials(settings):
        for name in _SDKS[provider]:
            load(name)
    for name in _OTHERS:
        importlib.import_module(name)
    with suppress(AppError):
        _connect(settings, _asked(settings))
    with suppress(AppError):
        key_of(settings)
    with suppress(AppError), open_store(store_url(settings)):
        pass
    with suppress(LedgerUnavailable):
        address = wiring.shared_address(settings)
        open_ledger(address).close()
        open_accounts(address).close()
    # What is there now stays for ever: the collector need not look at it, and so forks need not copy it.
    gc.collect()
    gc.freeze()


def _asked(settings: Settings) -> set[ModelSpec]:
    """All models that a review may ask, and those that look a second time."""
    return {spec for specs in wishes_of(RepoConfig(), settings).connections.values() for spec in specs}


def _connect(settings: Settings, specs: Iterable[ModelSpec]) -> None:
    calculator, credentials = wiring.calculator(), wiring.credentials(settings)
    for spec in specs:
        calculator.cost(spec, Usage(input_tokens=1, output_tokens=1))
    for spec in {spec.provider: spec for spec in specs}.values():
        with suppress(OSError, ValueError), closing(connect(spec, credentials[spec.provider])):
            pass
