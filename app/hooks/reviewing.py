"""A change goes in, a review that is ready in time comes out: evidence, and one small model with two questions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from app import wiring
from app.accounts import Account
from app.analytics.brought import brought
from app.hooks.budget import InTime, OutOfTime
from app.hooks.small_models import not_waiting, small_models
from app.learnings import parse_learnings
from app.model_choice import DEFAULT, parse_models
from app.recording import recording
from app.repo_config import named_models, parse_config, reviewers_of
from app.review_wishes import NO_KEY, wishes_of
from app.reviewing import prepare, review
from app.tools import run_tools
from reviewers.review import Gap

if TYPE_CHECKING:
    from app.hooks.budget import Budget
    from app.local_changes import Change
    from app.repo_config import RepoConfig
    from app.reviewing import Prepared, Wishes
    from app.settings import Settings
    from llm_runtime.analytics.recorder import Recorder
    from llm_runtime.llm import LLM
    from reviewers.review import Review

REVIEWERS = ("security", "bugs")
"""Who is asked: what they find is wrong already, and mostly visible in the changed lines. Structure and speed need
more context and time than there is before a commit; a pull request's review looks at them."""

MAX_COST_USD = Decimal("0.10")
"""For one hook, where the repository does not say less and nobody has chosen the models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookWishes:
    """What the hook's options say of the review.

    Attributes:
        models: As behind ``--model``; empty for the cheapest that there is a key for.
        no_llm: Whether no model is asked.
    """

    models: tuple[str, ...] = ()
    no_llm: bool = False


def review_in_time(
    change: Change,
    settings: Settings,
    wanted: HookWishes,
    budget: Budget,
    *,
    repository: str,
    notify: Callable[[str], None],
) -> Review:
    """Review a change within a budget; what is not ready by then is a gap.

    Args:
        change: What is to be reviewed.
        settings: The environment.
        wanted: The hook's options.
        budget: The time.
        repository: What a cap goes by.
        notify: Takes one line for people.

    Raises:
        Misconfigured: The configuration or the environment cannot be used.
    """
    config = parse_config(change.config, change.config_source)
    wishes = _wishes(change, config, settings, wanted, notify)
    account = Account(
        repository=repository,
        review=change.snapshot.target.name,
        max_cost_per_day=config.max_cost_per_day,
        max_cost_per_month=config.max_cost_per_month,
        head=change.snapshot.target.head,
    )
    with ExitStack() as stack:
        recorder = stack.enter_context(recording(settings, account, notify=notify))
        company = wiring.Company(recorder=recorder)
        built = wiring.llms(wishes.connections, settings, wishes.max_cost_usd, account, notify=notify, company=company)
        llms = functools.cache(lambda: stack.enter_context(built))
        tools = budget.shortened(run_tools)
        # The SDK loads while the tools work.
        meanwhile = functools.partial(tools, meanwhile=llms) if wishes.models else tools
        prepared = prepare(change.snapshot, wishes, run_tools=meanwhile, calculator=wiring.calculator())
        asked = {name: InTime(llm, budget) for name, llm in llms().items()} if wishes.models else {}
        prepared = replace(prepared, run_tools=tools)
        try:
            done = _asked(prepared, asked, recorder if asked else None)
        except OutOfTime as error:
            # What evidence found is there; it is worth more than an apology.
            gap = Gap(reviewer=", ".join(wishes.models), path="", reason=str(error))
            done = replace(_asked(replace(prepared, plan=None), {}, None), gaps=(gap,))
        if prepared.plan is not None:
            recorder.brought(brought(done, recorder.trace.id))
        return done


def _asked(prepared: Prepared, llms: Mapping[str, LLM], recorder: Recorder | None) -> Review:
    return review(prepared, llms, on_end=lambda _: None, without_models=NO_KEY, recorder=recorder).review


def _wishes(
    change: Change, config: RepoConfig, settings: Settings, wanted: HookWishes, notify: Callable[[str], None]
) -> Wishes:
    learnings, faults = parse_learnings(change.learnings)
    for fault in faults:
        notify(str(fault))
    there = {reviewer.name for reviewer in reviewers_of(config)}
    wishes = wishes_of(
        config,
        settings,
        names=[name for name in REVIEWERS if name in there],
        models=wanted.models,
        no_llm=wanted.no_llm,
        learnings=learnings,
    )
    chosen = _chosen_by_somebody(wishes, config, settings, wanted)
    available = functools.partial(wiring.available, settings)
    small = small_models(available, wiring.calculator()) if wishes.models else ()
    models = {
        name: tuple(map(not_waiting, specs if name in chosen or not small else small))
        for name, specs in wishes.models.items()
    }
    # What somebody has chosen may be dearer than what we would hold it to.
    caps = [wishes.max_cost_usd, None if chosen else MAX_COST_USD]
    cap = min((each for each in caps if each is not None), default=None)
    # A second look takes as long as the first, and there is time for one.
    return replace(wishes, models=models, verifiers=(), max_cost_usd=cap)


def _chosen_by_somebody(wishes: Wishes, config: RepoConfig, settings: Settings, wanted: HookWishes) -> frozenset[str]:
    """The reviewers whose models somebody named, so that code goes nowhere else."""
    named = {
        **named_models(config),
        **parse_models(settings.quartet_models.split(";")),
        **parse_models(wanted.models),
    }
    return frozenset(name for name in wishes.models if name in named or DEFAULT in named)
