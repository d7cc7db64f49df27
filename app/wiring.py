"""Where adapters are made: settings go in, things that reach the network, a process or a clock come out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from app.accounts import Account, shared_caps
from app.errors import Misconfigured
from app.notices import Notices
from app.recording import recording
from app.runtime_settings import parse_limits, parse_tiers
from llm_runtime.builder import LLMBuilder
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.caps import Cap
from llm_runtime.cost.ledgers.opening import open_accounts
from llm_runtime.credentials import Credential
from llm_runtime.errors import LedgerUnavailable, Misbuilt
from llm_runtime.events import Observer, Observers
from llm_runtime.fallback import FALLBACK_STRATEGIES, Figures
from llm_runtime.metrics.local import LocalMetrics
from llm_runtime.providers import PROVIDERS
from llm_runtime.runtime import Runtime, connect
from llm_runtime.scheduling.backoff import Backoff
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.scheduling.ledger import Priority, RateLedger
from llm_runtime.scheduling.ledgers.opening import open_ledger
from llm_runtime.scheduling.patience import BACKGROUND_WAIT_SECONDS
from llm_runtime.storage.kinds import MEMORY

if TYPE_CHECKING:
    from app.github.client import GitHubClient
    from app.settings import Settings
    from llm_runtime.analytics.recorder import Recorder
    from llm_runtime.llm import LLM, ModelSpec
    from llm_runtime.providers import ProviderLLM


def available(settings: Settings, provider: str) -> bool:
    """Whether a provider can be asked: there is a key, or an OpenAI-compatible server that may need none."""
    return bool(settings.api_key(provider)) or (provider == "openai" and bool(settings.base_url(provider)))


@functools.cache
def calculator() -> CostCalculator:
    """What turns tokens into dollars; one for all of a process, because it looks prices up slowly and keeps them."""
    return CostCalculator()


def github(settings: Settings, *, notify: Callable[[str], None]) -> closing[GitHubClient]:
    """A connection to GitHub for this thread, closed when its block ends; public repositories need no token."""
    from app.github.addresses import api_address  # noqa: PLC0415 - PyGithub is loaded for pull requests only
    from app.github.client import GitHubClient  # noqa: PLC0415

    token = settings.github_token.get_secret_value() if settings.github_token else None
    address = api_address(settings.github_api_url, settings.github_graphql_url)
    return closing(GitHubClient(token, address, notify=notify))


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who else has a part in the calls of a run.

    Attributes:
        priority: Whether a person waits.
        cancellation: Ends what waits, when nobody wants the answers any more.
        observers: Told of everything that happens to a call, beside those that the settings name.
        recorder: Keeps the books of the run; by default one is made for it and closed with it.
    """

    priority: Priority = Priority.INTERACTIVE
    cancellation: Cancellation | None = None
    observers: tuple[Observer, ...] = ()
    recorder: Recorder | None = None


ALONE = Company()


@contextmanager
def llms(
    models: Mapping[str, tuple[ModelSpec, ...]],
    settings: Settings,
    max_cost_usd: Decimal | None,
    account: Account,
    *,
    notify: Callable[[str], None],
    company: Company = ALONE,
) -> Iterator[dict[str, LLM]]:
    """For each reviewer's name the LLM that answers it: its first model, then its stand-ins, under common caps.

    Connections are closed when the block ends.

    Args:
        models: For each reviewer's name its models.
        settings: The environment.
        max_cost_usd: What this review may cost, or None.
        account: What it is.
        notify: Takes one line for people.
        company: Who else has a part in it.

    Raises:
        Misconfigured: A chain could not work, or the environment names a proxy or certificates that cannot be used.
    """
    with ExitStack() as stack:
        builder = stack.enter_context(runtime(settings, max_cost_usd, account, notify=notify, company=company))
        yield {name: chain(builder, specs) for name, specs in models.items()}


@contextmanager
def runtime(
    settings: Settings,
    max_cost_usd: Decimal | None,
    account: Account,
    *,
    notify: Callable[[str], None],
    company: Company = ALONE,
) -> Iterator[LLMBuilder]:
    """The builder that all chains of a run are made from; closed at the end, with what was built.

    Raises:
        Misconfigured: Tier, limits or the place where they are accounted for cannot be used.
    """
    with ExitStack() as stack:
        metrics = LocalMetrics()
        recorder = company.recorder or stack.enter_context(recording(settings, account, notify=notify))
        observer = Observers([Notices(notify), metrics, *company.observers, recorder])
        shared = Runtime(
            credentials(settings),
            ledger=_ledger(settings, observer, notify),
            observer=observer,
            calculator=calculator(),
            connect=functools.partial(_connect, settings),
        )
        stack.callback(shared.close)
        builder = LLMBuilder(runtime=shared)
        for provider, tier in parse_tiers(settings.quartet_tier).items():
            builder = builder.with_tier(tier, provider=provider)
        figures = Figures(estimate=shared.calculator.estimate, p50=metrics.p50)
        wait = settings.quartet_max_wait_seconds
        yield (
            _with_budget(builder, settings, max_cost_usd, account, stack)
            .with_fallback_strategy(FALLBACK_STRATEGIES[settings.quartet_fallback](figures))
            .with_scheduling(
                priority=company.priority,
                # A gap in the review is worse than a wait, even where somebody looks on.
                max_wait_seconds=BACKGROUND_WAIT_SECONDS if wait is None else wait,
                backoff=Backoff(max_retries=settings.quartet_max_retries),
                limits=parse_limits(settings.quartet_limits),
                cancellation=company.cancellation,
            )
            .with_deadline(settings.quartet_deadline_seconds)
        )


def with_models(builder: LLMBuilder, specs: Sequence[ModelSpec]) -> LLMBuilder:
    """The builder with the first model as primary and the others as stand-ins."""
    return builder.with_primary(specs[0].id).with_fallback(*(spec.id for spec in specs[1:]))


def chain(builder: LLMBuilder, specs: Sequence[ModelSpec]) -> LLM:
    """An LLM that asks the first model, and the others when it fails.

    Raises:
        Misconfigured: It could not work; in one line, with the cure.
    """
    try:
        return with_models(builder, specs).build()
    except Misbuilt as error:
        raise Misconfigured(error.faults[0]) from error


def credentials(settings: Settings) -> dict[str, Credential]:
    """How each provider that can be asked is reached."""
    return {
        provider: Credential(api_key=settings.api_key(provider) or "", base_url=settings.base_url(provider))
        for provider in PROVIDERS
        if available(settings, provider)
    }


def shared_address(settings: Settings) -> str:
    """Where limits and caps are accounted for: Redis, else the database, else a file of this machine."""
    for url in (settings.redis_url, settings.database_url):
        if url is not None and url.get_secret_value().strip():
            return url.get_secret_value().strip()
    return f"sqlite:///{settings.state_dir.absolute() / 'limits.db'}"


def _ledger(settings: Settings, observer: Observer, notify: Callable[[str], None]) -> RateLedger:
    address = shared_address(settings)
    try:
        if address.startswith("sqlite:") and settings.database_url is None:
            settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return open_ledger(address, observer=observer)
    except LedgerUnavailable as error:
        raise Misconfigured(str(error)) from error
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        where = settings.state_dir
        notify(f"{where} cannot be used ({reason}), so limits are kept by this run alone; set QUARTET_STATE_DIR")
        return open_ledger(MEMORY)


def check_ledger(settings: Settings) -> None:
    """Do nothing, if limits and caps can be accounted for where the settings say.

    Raises:
        LedgerUnavailable: They cannot.
    """
    with closing(open_accounts(shared_address(settings))) as ledger:
        ledger.balance("doctor")


def _with_budget(
    builder: LLMBuilder, settings: Settings, max_cost_usd: Decimal | None, account: Account, stack: ExitStack
) -> LLMBuilder:
    caps = [Cap(scope="review", limit_usd=max_cost_usd)] if max_cost_usd is not None else []
    shared = shared_caps(settings, account)
    if not shared and not (caps and account.lasting):
        return builder.with_budget(*caps) if caps else builder
    # One ledger holds all caps of a call; in a shared one this review's own needs a name that no other review has.
    caps = [replace(cap, name=account.job) for cap in caps] + shared
    try:
        ledger = stack.enter_context(closing(open_accounts(shared_address(settings))))
    except LedgerUnavailable as error:
        raise Misconfigured(str(error)) from error
    return builder.with_budget(*caps, ledger=ledger)


def _connect(settings: Settings, spec: ModelSpec, credential: Credential) -> ProviderLLM:
    settings.check_proxies()
    try:
        return connect(spec, credential, timeout=settings.quartet_timeout_seconds)
    except (OSError, ValueError) as error:
        msg = (
            f"no connection to {spec.provider} can be prepared ({type(error).__name__}); check SSL_CERT_FILE, "
            "SSL_CERT_DIR and the proxies in the environment"
        )
        raise Misconfigured(msg) from error
