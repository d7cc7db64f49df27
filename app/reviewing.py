"""A change goes in, a review comes out: the way that the command line, the Action and the App share."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from app.confidential import without_secrets
from app.errors import Misconfigured
from app.verifying import NOBODY, Room, Watch, verified, weighed
from llm_runtime.cost.calculator import CostCalculator
from reviewers.adjudication import ranked
from reviewers.architecture.layers import NO_LAYERS, Layers
from reviewers.base_texts import with_base_texts
from reviewers.calibration import DEFAULT_THRESHOLDS, NO_RECORD, Thresholds, TrackRecord
from reviewers.conclusion import conclude, conclude_without_models
from reviewers.context.retrieval import MAX_TOKENS
from reviewers.cost_cap import within
from reviewers.diff import Diff
from reviewers.evidence import EVIDENCE
from reviewers.firewall.guard import Guard, guarded
from reviewers.firewall.secrets import secret_values
from reviewers.floors import held_to_floors
from reviewers.gathering import gather
from reviewers.house_rules import NO_HOUSE_RULES, HouseRules
from reviewers.imported.facts import added_to, facts_of
from reviewers.incremental import NOTHING_REVIEWED, Reviewed
from reviewers.memory.learnings import Learning
from reviewers.memory.silencing import silenced
from reviewers.panel import MultiModelCodeReviewer, Outcome
from reviewers.plan import ReviewPlan, make_plan
from reviewers.quiet import without_low_reports
from reviewers.selection import Selection, select
from reviewers.suggestion_faults import without_new_faults
from reviewers.verification.choice import KEY

if TYPE_CHECKING:
    from llm_runtime.analytics.recorder import Recorder
    from llm_runtime.llm import LLM, ModelSpec
    from llm_runtime.scheduling.cancellation import Cancellation
    from reviewers.evidence import Source
    from reviewers.evidence_source import Evidence, Run
    from reviewers.imported.report import Entry
    from reviewers.review import Review
    from reviewers.reviewer import Reviewer
    from reviewers.snapshot import PullRequestSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is wanted of a review.

    Attributes:
        reviewers: Who looks, in the order in which money is spent on them.
        models: For each reviewer's name the model that is asked first and its stand-ins; empty to ask none.
        include: Globs of paths; only these, when there are any.
        ignore: Globs of paths; none of these.
        max_cost_usd: What the models may cost, or None for no cap.
        house_rules: What the repository asks of every reviewer.
        layers: Which parts of its code the repository declares to stand above which.
        secrets: What no report may tell.
        learnings: What people decided about findings before, the oldest first.
        verifiers: Models that look at findings a second time, the best first; empty for no second look.
        thresholds: How sure the review must be to tell a finding.
        record: How people judged findings so far.
        low_evidence: Whether what tools alone say at low severity is told too.
        ignored_evidence: Names of tools, in lower case, that are not asked nor heard.
        reports: What other tools wrote to files about this change.
        context_tokens: What is shown beside a question has so many tokens at most; 0 for none.
    """

    reviewers: tuple[Reviewer, ...]
    models: Mapping[str, tuple[ModelSpec, ...]]
    include: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    max_cost_usd: Decimal | None = None
    house_rules: HouseRules = NO_HOUSE_RULES
    layers: Layers = NO_LAYERS
    secrets: tuple[str, ...] = field(default=(), repr=False)
    learnings: tuple[Learning, ...] = ()
    verifiers: tuple[ModelSpec, ...] = ()
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    record: TrackRecord = NO_RECORD
    low_evidence: bool = False
    ignored_evidence: frozenset[str] = frozenset()
    reports: tuple[Entry, ...] = ()
    context_tokens: int = MAX_TOKENS

    @property
    def sources(self) -> tuple[Source, ...]:
        """The evidence sources that are asked."""
        return tuple(source for source in EVIDENCE if source.name.lower() not in self.ignored_evidence)

    @property
    def connections(self) -> Mapping[str, tuple[ModelSpec, ...]]:
        """For each name that ``review`` looks an LLM up by its models: the reviewers, and who looks a second time."""
        return {**self.models, **{f"{KEY}{model.id}": (model,) for model in self.verifiers}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """All that is known before a model is asked.

    Attributes:
        snapshot: The change.
        wishes: What is wanted.
        selection: Which files are looked at.
        evidence: What tools found.
        plan: What will be asked; None where no model will be.
        guard: Between this run and the models.
        fence: Delimiter of this run.
        calculator: Knows the prices.
        run_tools: Runs the evidence sources' programs.
    """

    snapshot: PullRequestSnapshot
    wishes: Wishes
    selection: Selection
    evidence: Evidence
    plan: ReviewPlan | None = None
    guard: Guard
    fence: str
    calculator: CostCalculator
    run_tools: Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A review, and whether it is worth going on with later.

    Attributes:
        review: All that the run has to say.
        parked_for: Seconds until the models' limits have room for what was not answered, where that alone is missing.
    """

    review: Review
    parked_for: float | None = None


def prepare(
    snapshot: PullRequestSnapshot,
    wishes: Wishes,
    *,
    run_tools: Run,
    calculator: CostCalculator,
    reviewed: Reviewed = NOTHING_REVIEWED,
    fence: str = "",
) -> Prepared:
    """Choose the files, run the tools, and plan the questions.

    Args:
        snapshot: The change.
        wishes: What is wanted of its review.
        run_tools: Runs the evidence sources' programs.
        calculator: Knows the prices.
        reviewed: What was answered before, and is not asked again.
        fence: Delimiter of the run, for one that is made again word for word; by default one that nobody can guess.

    Raises:
        Misconfigured: There is a cap on the cost, and a model without a known price.
    """
    selection = select(snapshot.diff, include=wishes.include, ignore=wishes.ignore, contents=snapshot.contents)
    snapshot = with_base_texts(snapshot)
    evidence = _evidence(snapshot, selection, wishes, run_tools)
    fence = fence or secrets.token_hex(12)
    guard = Guard.of(fence, (*wishes.secrets, *secret_values(snapshot.diff, evidence.facts)))
    prepared = Prepared(
        snapshot=snapshot,
        wishes=wishes,
        selection=selection,
        evidence=evidence,
        guard=guard,
        fence=fence,
        calculator=calculator,
        run_tools=run_tools,
    )
    if not wishes.models:
        return prepared
    plan = make_plan(
        snapshot,
        selection,
        wishes.reviewers,
        models={name: specs[0] for name, specs in wishes.models.items()},
        facts=evidence.facts,
        fence=fence,
        price=calculator.cost,
        house_rules=wishes.house_rules,
        reviewed=reviewed,
        context_tokens=wishes.context_tokens,
    )
    if wishes.max_cost_usd is not None:
        if plan.unpriced:
            msg = f"no price is known for {', '.join(plan.unpriced)}, so its cost cannot be capped; leave the cap out"
            raise Misconfigured(msg)
        plan = within(plan, wishes.max_cost_usd, price=calculator.cost)
    return replace(prepared, plan=plan)


def review(
    prepared: Prepared,
    llms: Mapping[str, LLM],
    *,
    on_end: Callable[[Outcome], None],
    without_models: str,
    cancellation: Cancellation | None = None,
    stopped: Callable[[], str] = lambda: "cancelled",
    watch: Watch = NOBODY,
    earlier_usd: Decimal = Decimal(0),
    recorder: Recorder | None = None,
) -> Made:
    """Ask the models, where there are any, and conclude.

    Args:
        prepared: What ``prepare`` made.
        llms: The LLM for each of ``Wishes.connections``.
        on_end: Called as each task ends.
        without_models: Why no model is asked, for people; used where there is no plan.
        cancellation: Ends it before all is answered.
        stopped: Why it was ended so, for the gaps.
        watch: Told of what happens after the first pass.
        earlier_usd: Dollars of earlier attempts at the same review, whose answers are kept.
        recorder: Keeps books of how each question ended.
    """
    names = _names(prepared.wishes.reviewers)
    if prepared.plan is None:
        done = conclude_without_models(
            prepared.snapshot,
            prepared.selection,
            prepared.evidence,
            reviewers=names,
            sources=prepared.wishes.sources,
            reason=without_models,
        )
        done = _heard(done, prepared.wishes, lambda review: weighed(review, prepared))
        return Made(review=_told(done, prepared))
    panel = MultiModelCodeReviewer(guarded(llms, prepared.guard), recorder=recorder)
    result = panel.run(prepared.plan.tasks, on_end, cancellation=cancellation, stopped=stopped)
    done = conclude(prepared.snapshot, prepared.plan, result, prepared.evidence, reviewers=names)
    proved = without_new_faults(done.findings, prepared.snapshot, prepared.run_tools)
    done = replace(done, findings=proved)
    room = Room(
        panel=panel,
        calculator=prepared.calculator,
        cancellation=cancellation,
        stopped=stopped,
        watch=watch,
        earlier_usd=earlier_usd,
    )
    plan = prepared.plan
    done = _heard(done, prepared.wishes, lambda review: verified(review, prepared, plan, result, room))
    return Made(review=_told(done, prepared), parked_for=result.parked_for)


def _evidence(snapshot: PullRequestSnapshot, selection: Selection, wishes: Wishes, run_tools: Run) -> Evidence:
    """What our tools find, and what others wrote down."""
    evidence = gather(snapshot, selection.files, run_tools, wishes.sources, layers=wishes.layers)
    imported = facts_of(wishes.reports, Diff(tuple(selection.files)), ignored=wishes.ignored_evidence)
    return replace(evidence, facts=added_to(evidence.facts, imported)) if imported else evidence


def _heard(done: Review, wishes: Wishes, weigh: Callable[[Review], Review]) -> Review:
    """The review weighed; what tools alone say at low severity stands beside it as it is, where it is asked for."""
    quiet = without_low_reports(done)
    if not wishes.low_evidence:
        return weigh(quiet)
    low = (each for each in done.findings if each not in quiet.findings)
    rest = weigh(replace(done, findings=quiet.findings))
    return replace(rest, findings=ranked((*rest.findings, *low)))


def _told(done: Review, prepared: Prepared) -> Review:
    wanted = silenced(
        held_to_floors(done, prepared.wishes.house_rules),
        diff=prepared.snapshot.diff,
        contents=prepared.snapshot.contents,
        learnings=prepared.wishes.learnings,
        today=datetime.now(UTC).date(),
    )
    return without_secrets(wanted, prepared.guard.values)


def _names(reviewers: Sequence[Reviewer]) -> tuple[str, ...]:
    return tuple(reviewer.name for reviewer in reviewers)
