"""What ``quartet doctor`` reports: whether everything that a review needs is there, and what to do about each fault."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from app import wiring
from app.accounts import Account
from app.cli import doctor_analytics, doctor_app, doctor_tools
from app.cli.diff_input import current_folder
from app.cli.doctor_config import Found, find_config
from app.cli.doctor_line import Line
from app.cli.exit_status import INCOMPLETE, OK
from app.cli.progress import say
from app.errors import Misconfigured
from app.model_choice import choose_models, parse_models
from app.repo_config import CONFIG_PATH, RepoConfig, named_models, reviewers_of
from app.settings import Settings, read_settings
from llm_runtime.analytics.recorder import Recorder
from llm_runtime.analytics.records import Source
from llm_runtime.errors import LedgerUnavailable, LLMError
from llm_runtime.scheduling.tiers import CONFIGURED
from reviewers.report.visibility import visible

if TYPE_CHECKING:
    from llm_runtime.builder import LLMBuilder
    from llm_runtime.chain import Chain, Link
    from llm_runtime.llm import ModelSpec

_ACCOUNT = Account(repository="doctor", review="doctor")


def run(*, offline: bool) -> int:
    """Write the report.

    Args:
        offline: Whether no vendor is asked.

    Returns:
        The exit status (design §6.1).

    Raises:
        Misconfigured: Something in the environment cannot be used at all.
    """
    settings = read_settings()
    found = find_config(current_folder())
    faults = 0
    # Nothing is asked, so there is nothing to keep books of; who keeps them is looked at by itself.
    nobody = wiring.Company(recorder=Recorder(_ACCOUNT.trace(Source.CLI, datetime.now(UTC)), sinks=()))
    with wiring.runtime(settings, found.config.max_cost, _ACCOUNT, notify=say, company=nobody) as builder:
        for line in _report(settings, found, builder, offline=offline):
            sys.stdout.write(visible(line.text) + "\n")
            faults += line.fault
    if doctor_app.is_wanted(settings):
        for line in doctor_app.report(settings, offline=offline):
            sys.stdout.write(visible(line.text) + "\n")
            faults += line.fault
    ending = f"{faults} to mend; each ✗ says how" if faults else "all is well"
    sys.stdout.write(f"\n{ending}\n")
    return INCOMPLETE if faults else OK


def _report(settings: Settings, found: Found, builder: LLMBuilder, *, offline: bool) -> Iterator[Line]:
    yield _ledger(settings)
    yield from _config(found)
    yield from _rules(settings, found.config)
    yield from doctor_tools.report()
    yield from doctor_analytics.report(settings, offline=offline)
    try:
        models = _models(settings, found.config)
    except Misconfigured as error:
        yield Line(f"✗ {error}", fault=True)
        return
    if not models:
        keys = "OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY"
        yield Line(f"✗ no key is set, so only tools review; set {keys}", fault=True)
        return
    chains = {name: wiring.with_models(builder, specs).inspect() for name, specs in models.items()}
    links = {link.spec.id: link for chain in chains.values() for link in chain.links}
    wrong = {} if offline else {name: _verify(builder, link) for name, link in links.items() if link.credential}
    yield Line("")
    yield Line("models, not asked whether they take the key" if offline else "models")
    for name, link in links.items():
        yield from _model(link, wrong.get(name, ""))
    yield Line("")
    yield Line("who asks whom, and who stands in")
    for name, chain in chains.items():
        yield from _chain(name, chain, wrong)


def _ledger(settings: Settings) -> Line:
    engine, _, place = wiring.shared_address(settings).partition("://")
    try:
        wiring.check_ledger(settings)
    except LedgerUnavailable as error:
        return Line(f"✗ limits and caps: {error}", fault=True)
    return Line(f"✓ limits and caps are accounted for in {engine} at {place.rpartition('@')[2].removeprefix('/')}")


def _config(found: Found) -> Iterator[Line]:
    if found.fault:
        yield Line(f"✗ {found.fault}", fault=True)
    if found.there:
        yield Line(f"✓ {CONFIG_PATH} is in force")
    if found.changed:
        yield Line(f"! {CONFIG_PATH} is changed here; until that is merged, the one of the base branch is in force")


def _models(settings: Settings, config: RepoConfig) -> dict[str, tuple[ModelSpec, ...]]:
    """For each reviewer that looks its models: the environment's, else the repository's, else what suits it."""
    named = {
        **named_models(config),
        **parse_models(settings.quartet_models.split(";")),
    }
    return choose_models(reviewers_of(config), named=named, available=lambda name: wiring.available(settings, name))


def _rules(settings: Settings, config: RepoConfig) -> Iterator[Line]:
    yield Line(f"✓ stand-ins are asked in the order {settings.quartet_fallback!r}")
    yield Line(f"✓ every question ends within {settings.quartet_deadline_seconds:g} s")
    for cap, what in (
        (config.max_cost, "a review"),
        (_smaller(settings.quartet_max_cost_per_day, config.max_cost_per_day), "a repository's reviews of a day"),
        (settings.quartet_max_cost_per_month, "all reviews of a month"),
    ):
        yield Line(f"✓ {what} may cost ${_amount(cap)}" if cap is not None else f"! nothing caps the cost of {what}")
    if config.max_cost_per_month is not None:
        yield Line(f"✓ this repository's reviews of a month may cost ${_amount(config.max_cost_per_month)}")


def _smaller(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return min((cap for cap in (one, other) if cap is not None), default=None)


def _model(link: Link, wrong: str) -> Iterator[Line]:
    spec = link.spec
    priced = (
        f"${_plain(link.input_price)} and ${_plain(link.output_price)} a million tokens in and out"
        if link.input_price is not None and link.output_price is not None
        else "price unknown"
    )
    yield Line(f"{'✗' if wrong or link.credential is None else '✓'} {spec.id}")
    yield Line(f"    window {spec.context_window:,}, output {spec.max_output_tokens:,}; {priced}")
    yield Line(f"    {_limits(link)}")
    if wrong:
        yield Line(f"    ✗ {wrong}", fault=True)


def _limits(link: Link) -> str:
    limits = link.limits
    parts = [
        f"{value:,} {what}"
        for value, what in (
            (limits.requests_per_minute, "requests a minute"),
            (
                limits.input_tokens_per_minute,
                "tokens a minute" if limits.shape.larger_counts else "input tokens a minute",
            ),
            (limits.output_tokens_per_minute, "output tokens a minute"),
            (limits.requests_per_day, "requests a day"),
        )
        if value is not None
    ]
    if not parts:
        return "no limits"
    known = {"": "a cautious guess", CONFIGURED: CONFIGURED}
    return f"{', '.join(parts)} ({known.get(limits.source, link.tier)})"


def _chain(name: str, chain: Chain, wrong: Mapping[str, str]) -> Iterator[Line]:
    names = [link.spec.id for link in chain.links]
    usable = [link.credential is not None and not wrong.get(link.spec.id) for link in chain.links]
    mark = "✗" if chain.faults or not any(usable) else "✓" if all(usable) else "!"
    yield Line(f"{mark} {name:<13}{' → '.join(names)}")
    for text in chain.faults:
        yield Line(f"    ✗ {text}", fault=True)
    for text in chain.remarks:
        yield Line(f"    ! {text}")


def _amount(dollars: Decimal) -> str:
    """Dollars and cents, and what is below a cent where there is such."""
    return f"{dollars:.2f}" if dollars == round(dollars, 2) else _plain(dollars)


def _plain(dollars: Decimal) -> str:
    return f"{dollars.normalize():f}"


def _verify(builder: LLMBuilder, link: Link) -> str:
    """What is wrong with asking a model; empty if nothing is known to be."""
    try:
        builder.runtime.provider(link.spec).verify()
    except LLMError as error:
        return str(error)
    return ""
