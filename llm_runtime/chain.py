"""A chain of models as it would be asked, and everything that is wrong with it, before anything is connected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from llm_runtime.addresses import leads_somewhere
from llm_runtime.catalog import find
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.credentials import Credential
from llm_runtime.errors import UnknownModel
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Usage
from llm_runtime.providers import PROVIDERS
from llm_runtime.scheduling.limits import LimitKey, RateLimits
from llm_runtime.scheduling.overrides import LimitOverride
from llm_runtime.scheduling.patience import Patience
from llm_runtime.scheduling.scheduled import DEADLINE_SECONDS
from llm_runtime.scheduling.tiers import DEFAULT_TIER, find_limits

_MILLION = 1_000_000


class Role(StrEnum):
    """When a model of a chain is asked."""

    PRIMARY = "primary"
    FALLBACK = "fallback"
    LARGER = "larger window"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One model of a chain.

    Attributes:
        role: When it is asked.
        spec: The model.
        tier: The tier that they are of, unless they are configured.
        limits: What is kept of its limits.
        credential: How it is reached; None where there is no key.
        input_price: Dollars for a million tokens of input, or None if unknown.
        output_price: Dollars for a million tokens of output, or None if unknown.
    """

    role: Role
    spec: ModelSpec
    tier: str
    limits: RateLimits
    credential: Credential | None
    input_price: Decimal | None
    output_price: Decimal | None

    @property
    def key(self) -> LimitKey:
        """Whose limits its calls count against."""
        return LimitKey(
            provider=self.spec.provider,
            credential=self.credential.fingerprint if self.credential else "",
            model=self.limits.pool or self.spec.name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Models in the order in which they are configured, and what is wrong with them.

    Attributes:
        links: The primary first.
        faults: One line each, with the cure; a chain with a fault is not built.
        remarks: One line each: what works, but not as well as it could.
    """

    links: tuple[Link, ...]
    faults: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a chain is to be made of.

    Attributes:
        models: Names and roles, the primary first.
        credentials: For each provider how it is reached.
        tiers: For each provider the tier of the account there; under the empty name that of all others.
        overrides: For ``provider/model`` or ``provider`` limits that replace or change the tier's.
        capped: Whether there is a cap on the cost.
        patience: How calls wait.
        deadline_seconds: In which there is an answer or an error.
    """

    models: Sequence[tuple[Role, str]]
    credentials: Mapping[str, Credential]
    tiers: Mapping[str, str]
    overrides: Mapping[str, RateLimits | LimitOverride]
    capped: bool
    patience: Patience = field(default_factory=Patience)
    deadline_seconds: float = DEADLINE_SECONDS


def inspect(wanted: Wanted, calculator: CostCalculator) -> Chain:
    """Look everything up and check it; nothing is connected and nothing is raised."""
    named: list[tuple[Role, ModelSpec]] = []
    links: list[Link] = []
    faults: list[str] = []
    for role, name in wanted.models:
        try:
            named.append((role, find(name)))
        except UnknownModel as error:
            faults.append(str(error))
    for role, spec in named:
        try:
            links.append(_link(role, spec, wanted, calculator))
        except ValueError as error:
            faults.append(str(error))
    if not any(role is Role.PRIMARY for role, _ in wanted.models):
        faults.append("no model is named to be asked first; name one with with_primary('provider/model')")
    faults += [fault for _, spec in named for fault in _faults(spec, wanted, calculator)]
    faults += [*_useless(named), *_unknown_providers(wanted), *_impossible_times(wanted)]
    return Chain(
        links=tuple(links),
        # What is wrong with a provider is found with each of its models.
        faults=tuple(dict.fromkeys(faults)),
        remarks=tuple(remark for link in links for remark in _remarks(link)),
    )


def _link(role: Role, spec: ModelSpec, wanted: Wanted, calculator: CostCalculator) -> Link:
    credential = wanted.credentials.get(spec.provider)
    # Behind another address, a model that no vendor has described is one's own.
    own_server = credential is not None and credential.base_url is not None and not spec.source
    tier = wanted.tiers.get(spec.provider, wanted.tiers.get("", DEFAULT_TIER))
    limits = find_limits(spec, tier, wanted.overrides, own_server=own_server)
    return Link(
        role=role,
        spec=spec,
        tier=tier,
        limits=limits,
        credential=credential,
        input_price=_per_million(calculator, spec, Usage(input_tokens=1_000)),
        output_price=_per_million(calculator, spec, Usage(output_tokens=1_000)),
    )


def _per_million(calculator: CostCalculator, spec: ModelSpec, thousand: Usage) -> Decimal | None:
    cost = calculator.cost(spec, thousand)
    return None if cost is None else cost * 1_000


def _faults(spec: ModelSpec, wanted: Wanted, calculator: CostCalculator) -> Iterator[str]:
    provider, credential = PROVIDERS[spec.provider], wanted.credentials.get(spec.provider)
    # A server of one's own may want no key; every vendor does.
    if credential is None or (credential.base_url is None and not credential.api_key.strip()):
        yield f"{spec.id}: there is no key for {provider.title}; set {provider.key_variables[0]}, or take another model"
    elif credential.base_url is not None and not leads_somewhere(credential.base_url):
        yield (
            f"{spec.id}: the address for {provider.title} leads nowhere; set {provider.base_url_variable} to one such "
            "as http://127.0.0.1:8080/v1, and write special characters of a password as %XX"
        )
    if wanted.capped and not all(
        calculator.cost(spec, usage) is not None for usage in (Usage(input_tokens=1), Usage(output_tokens=1))
    ):
        yield (
            f"{spec.id}: no price is known, so a cap on the cost cannot be kept; take a model with a published price, "
            "or leave the cap out"
        )


def _useless(named: Sequence[tuple[Role, ModelSpec]]) -> Iterator[str]:
    """Fallbacks that could never serve: they would fail as what was asked before them."""
    asked: list[ModelSpec] = []
    for role, spec in named:
        if any(spec.id == earlier.id for earlier in asked):
            yield f"{spec.id} is named twice; a model that has failed is not asked again, so leave it out once"
        elif role is Role.LARGER and asked and spec.context_window <= asked[0].context_window:
            yield (
                f"{spec.id} cannot take over what is too long: its window of {spec.context_window:,} tokens "
                f"is not larger than the {asked[0].context_window:,} of {asked[0].id}; take a larger one"
            )
        asked.append(spec)


def _unknown_providers(wanted: Wanted) -> Iterator[str]:
    """Tiers and limits that nobody would ever keep."""
    known = ", ".join(PROVIDERS)
    for provider in wanted.tiers:
        if provider and provider not in PROVIDERS:
            yield f"a tier is set for {provider!r}, which is no provider; there are {known}"
    for name in wanted.overrides:
        if name.partition("/")[0] not in PROVIDERS:
            yield f"limits are set for {name!r}, which names no provider; write provider/model, of {known}"


def _impossible_times(wanted: Wanted) -> Iterator[str]:
    # Asked this way round, what is not a number is none of them, either.
    if not wanted.deadline_seconds > 0:
        yield f"a deadline of {wanted.deadline_seconds:g} seconds leaves no time for an answer; allow more than 0"
    if not wanted.patience.seconds >= 0:
        yield f"nobody can wait {wanted.patience.seconds:g} seconds for a limit; set max_wait_seconds to 0 or more"
    if not wanted.patience.hurry_seconds >= 0:
        yield f"nobody can hurry within {wanted.patience.hurry_seconds:g} seconds; set hurry_seconds to 0 or more"
    if not wanted.patience.quota_seconds >= 0:
        yield (f"no quota stays used up for {wanted.patience.quota_seconds:g} seconds; set quota_seconds to 0 or more")


def _remarks(link: Link) -> Iterator[str]:
    if not link.limits.source and not link.limits.unlimited:
        yield f"{link.spec.id}: its limits are not known, so cautious ones are kept; set yours"
    if not link.spec.source:
        yield f"{link.spec.id}: nobody has described this model, so its window is a cautious guess"
    if link.input_price is None:
        yield f"{link.spec.id}: no price is known, so its cost is unknown"
