"""A chain of models as it would be asked, and everything that is wrong with it, before anything is connected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from llm_runtime.catalog import find
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.credentials import Credential
from llm_runtime.errors import UnknownModel
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Usage
from llm_runtime.providers import PROVIDERS
from llm_runtime.scheduling.limits import LimitKey, RateLimits
from llm_runtime.scheduling.overrides import LimitOverride
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
    """

    models: Sequence[tuple[Role, str]]
    credentials: Mapping[str, Credential]
    tiers: Mapping[str, str]
    overrides: Mapping[str, RateLimits | LimitOverride]
    capped: bool


def inspect(wanted: Wanted, calculator: CostCalculator) -> Chain:
    """Look everything up and check it; nothing is connected and nothing is raised."""
    links: list[Link] = []
    faults: list[str] = []
    for role, name in wanted.models:
        try:
            links.append(_link(role, find(name), wanted, calculator))
        except (UnknownModel, ValueError) as error:
            faults.append(str(error))
    if not any(role is Role.PRIMARY for role, _ in wanted.models):
        faults.append("no model is named to be asked first; name one with with_primary('provider/model')")
    faults += [fault for link in links for fault in _faults(link, capped=wanted.capped)]
    faults += _useless(links)
    return Chain(
        links=tuple(links), faults=tuple(faults), remarks=tuple(remark for link in links for remark in _remarks(link))
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
        input_price=_per_million(calculator.cost(spec, Usage(input_tokens=1_000))),
        output_price=_per_million(calculator.cost(spec, Usage(output_tokens=1_000))),
    )


def _per_million(thousand: Decimal | None) -> Decimal | None:
    return None if thousand is None else thousand * 1_000


def _faults(link: Link, *, capped: bool) -> Iterator[str]:
    spec = link.spec
    if link.credential is None:
        provider = PROVIDERS[spec.provider]
        yield f"{spec.id}: there is no key for {provider.title}; set {provider.key_variables[0]}, or take another model"
    if capped and (link.input_price is None or link.output_price is None):
        yield (
            f"{spec.id}: no price is known, so a cap on the cost cannot be kept; take a model with a published price, "
            "or leave the cap out"
        )


def _useless(links: Sequence[Link]) -> Iterator[str]:
    """Fallbacks that could never serve: they would fail as what was asked before them."""
    asked: list[Link] = []
    for link in links:
        if any(link.spec.id == earlier.spec.id for earlier in asked):
            yield f"{link.spec.id} is named twice; a model that has failed is not asked again, so leave it out once"
        elif link.role is Role.LARGER and asked and link.spec.context_window <= asked[0].spec.context_window:
            yield (
                f"{link.spec.id} cannot take over what is too long: its window of {link.spec.context_window:,} tokens "
                f"is not larger than the {asked[0].spec.context_window:,} of {asked[0].spec.id}; take a larger one"
            )
        asked.append(link)


def _remarks(link: Link) -> Iterator[str]:
    if not link.limits.source and not link.limits.unlimited:
        yield f"{link.spec.id}: its limits are not known, so cautious ones are kept; set yours"
    if not link.spec.source:
        yield f"{link.spec.id}: nobody has described this model, so its window is a cautious guess"
    if link.input_price is None:
        yield f"{link.spec.id}: no price is known, so its cost is unknown"
