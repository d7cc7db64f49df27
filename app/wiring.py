"""Where adapters are made: settings go in, things that reach the network, a process or a clock come out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from app.errors import Misconfigured
from llm_runtime.builder import get_llm
from llm_runtime.clock import SystemClock
from llm_runtime.cost.budget import BudgetEnforcingTracker
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.caps import Cap
from llm_runtime.providers import PROVIDERS
from llm_runtime.providers.deferred import DeferredLLM

if TYPE_CHECKING:
    from app.github.client import GitHubClient
    from app.settings import Settings
    from llm_runtime.llm import LLM, ModelSpec


def available(settings: Settings, provider: str) -> bool:
    """Whether a provider can be asked: there is a key, or an OpenAI-compatible server that may need none."""
    return bool(settings.api_key(provider)) or (provider == "openai" and bool(settings.base_url(provider)))


def calculator() -> CostCalculator:
    """What turns tokens into dollars."""
    return CostCalculator()


def github(settings: Settings, *, notify: Callable[[str], None]) -> closing[GitHubClient]:
    """A connection to GitHub for this thread, closed when its block ends; public repositories need no token."""
    from app.github.addresses import api_address  # noqa: PLC0415 - PyGithub is loaded for pull requests only
    from app.github.client import GitHubClient  # noqa: PLC0415

    token = settings.github_token.get_secret_value() if settings.github_token else None
    address = api_address(settings.github_api_url, settings.github_graphql_url)
    return closing(GitHubClient(token, address, notify=notify))


@contextmanager
def llms(
    models: Mapping[str, tuple[ModelSpec, ...]], settings: Settings, max_cost_usd: Decimal | None
) -> Iterator[dict[str, LLM]]:
    """For each reviewer's name the LLM that answers it: its first model, then its stand-ins, under one common cap.

    Their connections are closed when the block ends.

    Raises:
        Misconfigured: The environment names a proxy or certificates that cannot be used.
    """
    clock, prices = SystemClock(), calculator()
    budget = None
    if max_cost_usd is not None:
        budget = BudgetEnforcingTracker([Cap(scope="review", limit_usd=max_cost_usd)], clock=clock)
    with ExitStack() as stack:

        @functools.cache
        def built(spec: ModelSpec) -> LLM:
            settings.check_proxies()
            try:
                llm = PROVIDERS[spec.provider].build(
                    spec,
                    api_key=settings.api_key(spec.provider) or "",
                    base_url=settings.base_url(spec.provider),
                    timeout=settings.quartet_timeout_seconds,
                )
            except (OSError, ValueError) as error:
                msg = (
                    f"no connection to {spec.provider} can be prepared ({type(error).__name__}); check SSL_CERT_FILE, "
                    "SSL_CERT_DIR and the proxies in the environment"
                )
                raise Misconfigured(msg) from error
            stack.callback(llm.close)
            return llm

        def chain(specs: Sequence[ModelSpec]) -> LLM:
            stand_ins = [DeferredLLM(spec, functools.partial(built, spec)) for spec in specs[1:]]
            return get_llm([built(specs[0]), *stand_ins], prices, clock, budget)

        yield {name: chain(specs) for name, specs in models.items()}
