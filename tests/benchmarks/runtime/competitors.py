"""Who takes part: each client with its environment and the ledgers that it can share a limit in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.benchmarks.runtime.environments import Environment

_CLIENTS = "tests.benchmarks.runtime.clients"
_SDK = "openai>=3.52,<4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Competitor:
    """One client.

    Attributes:
        name: How it is asked for on the command line.
        title: How it is shown.
        module: Where its ``Client`` is.
        environment: What it needs.
        ledger: What its processes share; empty for nothing.
        one_process: Whether it takes part with one process.
        many_processes: Whether it takes part with several.
        real_minute: Whether it cannot be told of a shorter minute.
    """

    name: str
    title: str
    module: str
    environment: Environment = field(default=Environment())
    ledger: str = ""
    one_process: bool = True
    many_processes: bool = True
    real_minute: bool = False


_OURS = tuple(
    Competitor(
        name=f"quartet-{ledger}",
        title=f"Quartet, {title}",
        module=f"{_CLIENTS}.quartet",
        ledger=ledger,
        many_processes=ledger != "memory",
    )
    for ledger, title in (("memory", "memory"), ("sqlite", "SQLite"), ("redis", "Redis"), ("postgres", "PostgreSQL"))
)
_PYRATE = Environment(("pyrate-limiter>=4.5", "redis>=8.1", _SDK))
_LITELLM = Environment(("litellm>=1.106", "redis>=8.1"))

COMPETITORS: Mapping[str, Competitor] = {
    competitor.name: competitor
    for competitor in (
        *_OURS,
        Competitor(name="sdk", title="OpenAI SDK, its own retries", module=f"{_CLIENTS}.raw_sdk"),
        Competitor(
            name="tenacity",
            title="tenacity around the SDK",
            module=f"{_CLIENTS}.tenacity_sdk",
            environment=Environment(("tenacity>=9.1", _SDK)),
        ),
        Competitor(
            name="pyrate-memory",
            title="pyrate-limiter, memory",
            module=f"{_CLIENTS}.pyrate",
            environment=_PYRATE,
            many_processes=False,
        ),
        Competitor(
            name="pyrate-redis",
            title="pyrate-limiter, Redis",
            module=f"{_CLIENTS}.pyrate",
            environment=_PYRATE,
            ledger="redis",
        ),
        Competitor(
            name="langchain",
            title="LangChain InMemoryRateLimiter",
            module=f"{_CLIENTS}.langchain_limiter",
            environment=Environment(("langchain-openai>=1.7", "langchain-core>=1.7")),
        ),
        Competitor(
            name="litellm-memory",
            title="LiteLLM Router, memory",
            module=f"{_CLIENTS}.litellm_router",
            environment=_LITELLM,
            many_processes=False,
            real_minute=True,
        ),
        Competitor(
            name="litellm-redis",
            title="LiteLLM Router, Redis",
            module=f"{_CLIENTS}.litellm_router",
            environment=_LITELLM,
            ledger="redis",
            real_minute=True,
        ),
    )
}
